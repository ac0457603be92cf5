"""What of a recording may be shipped: bounded, and with nothing of the machine that it was recorded on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tutor.builds.engine import STAND_IN_LABEL, Container, ImageInfo, OutputLine, repository_of
from tutor.builds.events import BuildFailed, BuildStarted, PullProgress, StepFinished, StepOutput
from tutor.course.actions import Action, CallHttp, EditFile, ListImages
from tutor.course.recordings.recording import Moment
from tutor.course.seen import (
    ActionEvent,
    ContainerStarted,
    FileEdited,
    HttpAnswer,
    ImageInspected,
    ImagesListed,
    LayersListed,
)

LINES_KEPT = 400
"""Lines of output kept of a step or a container: half from its beginning, half from its end."""

HIDDEN = "…"
"""Stands where something of the machine stood."""

_HOST_OF_URL = re.compile(r"(?<=://)[^/\s\"'<>()]+")
_IPV4 = re.compile(r"(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)")
_OF_EVERY_MACHINE = frozenset({"127.0.0.1", "0.0.0.0", "localhost"})


class Publisher:
    """Makes an action's moments fit to ship. `workspace` is the one folder of this machine that they could name."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = str(workspace)

    def publishable(self, action: Action, moments: Iterable[Moment]) -> tuple[Moment, ...]:
        """The moments as they may be shipped; none of an edit, which needs no engine to be made again."""
        if isinstance(action, EditFile):
            return ()
        told = (Moment(m.at_ms, self._event(action, m.event)) for m in moments if not isinstance(m.event, PullProgress))
        return tuple(_bounded(tuple(told)))

    def text(self, text: str) -> str:
        """Without addresses and folders of this machine."""
        text = text.replace(self._workspace, HIDDEN)
        return _IPV4.sub(lambda found: found[0] if found[0] in _OF_EVERY_MACHINE else HIDDEN, text)

    def _build_text(self, text: str) -> str:
        """What a build printed or an engine keeps of it: where it got its packages is of this machine too."""
        return self.text(_HOST_OF_URL.sub(lambda found: found[0] if _is_here(found[0]) else HIDDEN, text))

    def _event(self, action: Action, event: ActionEvent) -> ActionEvent:
        match event:
            case BuildStarted():
                return replace(event, build_id="")
            case StepOutput(text=text):
                return replace(event, text=self._build_text(text))
            case StepFinished(seconds=seconds):
                return replace(event, seconds=round(seconds, 3))
            case OutputLine(text=text):
                return replace(event, text=self.text(text))
            case BuildFailed(message=message):
                return replace(event, message=self._build_text(message))
            case LayersListed(layers=layers):
                return replace(
                    event, layers=tuple(replace(e, created_by=self._build_text(e.created_by)) for e in layers)
                )
            case ImageInspected(lines=lines):
                return replace(event, lines=tuple(map(self._build_text, lines)))
            case HttpAnswer(lines=lines) if isinstance(action, CallHttp):
                return replace(event, address=action.address, lines=tuple(map(self.text, lines)))
            case ImagesListed(images) if isinstance(action, ListImages):
                return ImagesListed(tuple(_image(image, action) for image in images))
            case ContainerStarted(container, moved):
                return ContainerStarted(_container(container, {got: wanted for wanted, got in moved.items()}))
            case FileEdited():
                raise TypeError("an edit is made again, not recorded")
            case _:
                return event


def _is_here(authority: str) -> bool:
    """Whether the host of a URL is any machine itself, or a container by its short name."""
    return authority.partition(":")[0] in _OF_EVERY_MACHINE or not set(".:@") & set(authority)


def _image(image: ImageInfo, action: ListImages) -> ImageInfo:
    """By the names that were asked for, whatever else it is called on this engine."""
    asked = tuple(tag for tag in image.tags if not action.references or repository_of(tag) in action.references)
    labels = {name: value for name, value in image.labels.items() if name == STAND_IN_LABEL}
    return replace(image, tags=asked, labels=labels, config={})


def _container(container: Container, wanted: dict[int, int]) -> Container:
    """With the ports that the lesson asks for, even if they were taken here."""
    ports = {inside: wanted.get(got, got) for inside, got in container.ports.items()}
    return replace(container, id="", owner="", ports=ports)


def _bounded(moments: tuple[Moment, ...]) -> Iterator[Moment]:
    """Of each step's output (and a container's) only the first lines, how many are left out, and the last ones."""
    totals = Counter(source for moment in moments if (source := _source(moment.event)) is not None)
    seen: Counter[object] = Counter()
    head = LINES_KEPT // 2
    for moment in moments:
        source = _source(moment.event)
        if source is None or totals[source] <= LINES_KEPT:
            yield moment
            continue
        place, seen[source] = seen[source], seen[source] + 1
        left_out = totals[source] - 2 * head
        if place < head or place >= head + left_out:
            yield moment
        elif place == head:
            yield Moment(moment.at_ms, _marker(moment.event, left_out))


def _source(event: ActionEvent) -> object:
    """What printed this line, or None for an event of another kind."""
    match event:
        case StepOutput(step):
            return ("step", step)
        case OutputLine():
            return "container"
        case _:
            return None


def _marker(event: ActionEvent, left_out: int) -> ActionEvent:
    text = f"[… {left_out} lines are left out of this recording …]"
    match event:
        case StepOutput() | OutputLine():
            return replace(event, text=text)
        case _:
            return event
