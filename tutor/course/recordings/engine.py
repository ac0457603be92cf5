"""The engine that stands in for a live one: it plays what was recorded, and can do nothing else."""

# ruff: noqa: ARG002 - the protocol's arguments are of no use to what can't be done

from __future__ import annotations

from collections.abc import Iterator

from tutor.builds.contents import ImageContents, ImageRead
from tutor.builds.engine import (
    BuildRequest,
    Container,
    EngineFacts,
    Exited,
    FileEntry,
    ImageInfo,
    OutputLine,
    RunSpec,
)
from tutor.builds.events import BuildCancelled, BuildEvent, PullProgress
from tutor.builds.layers import Layer
from tutor.course.actions import Action, BuildImage
from tutor.course.recordings.player import Player
from tutor.course.recordings.recording import NotRecorded, RecordedAction, Recordings
from tutor.course.seen import ActionEvent
from tutor.errors import NoEngine, TutorError


class RecordedEngine:
    """Implements `Engine`; `run_action` has it play a lesson's actions. `player` holds the pace.

    `missing` says why there is no live engine and what to do, None where nobody looked for one.
    """

    def __init__(self, recordings: Recordings, player: Player | None = None, missing: NoEngine | None = None) -> None:
        self.player = player or Player()
        self.missing = missing
        self._recordings = recordings

    def facts(self) -> EngineFacts:
        """The engine of the recordings. Raises NoEngine where there are none: what is missing, if that is known."""
        try:
            return self._recordings.facts()
        except NotRecorded as error:
            raise self.missing or error from None

    def play(self, action: Action, play_id: str = "") -> Iterator[ActionEvent]:
        """What the action told when it was recorded, and its failure. Raises NotRecorded."""
        recorded = self._recordings.find(action)
        ended = yield from self.player.play(recorded.moments, play_id)
        if not ended:
            if isinstance(action, BuildImage):
                yield BuildCancelled()
        elif recorded.failure is not None:
            raise TutorError(recorded.failure.message, recorded.failure.hint)

    def recorded(self, action: Action) -> RecordedAction:
        """All that the action told, at once. Raises NotRecorded."""
        return self._recordings.find(action)

    def cancel(self, build_id: str) -> None:
        self.player.cancel(build_id)

    # Nothing was ever made here

    def containers(self) -> tuple[Container, ...]:
        return ()

    def networks(self) -> tuple[str, ...]:
        return ()

    def inspect(self, container: str) -> Container | None:
        return None

    # What only a live engine can do

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        raise NotRecorded

    def pull(self, image: str) -> Iterator[PullProgress]:
        raise NotRecorded

    def image(self, reference: str) -> ImageInfo | None:
        raise NotRecorded

    def images(self, references: tuple[str, ...] = ()) -> tuple[ImageInfo, ...]:
        raise NotRecorded

    def layers(self, image: str) -> tuple[Layer, ...]:
        raise NotRecorded

    def files(self, image: str) -> Iterator[FileEntry]:
        raise NotRecorded

    def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
        raise NotRecorded

    def remove_image(self, reference: str) -> None:
        raise NotRecorded

    def run(self, spec: RunSpec) -> Iterator[OutputLine | Exited]:
        raise NotRecorded

    def start(self, spec: RunSpec) -> Container:
        raise NotRecorded

    def logs(self, container: str, tail: int = 100) -> tuple[str, ...]:
        raise NotRecorded

    def remove_container(self, container: str) -> None:
        raise NotRecorded

    def create_network(self, name: str) -> str:
        raise NotRecorded

    def remove_network(self, name: str) -> None:
        raise NotRecorded
