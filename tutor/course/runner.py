"""How each kind of action is carried out, through the Engine protocol and nothing else."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Generator, Iterator
from urllib.parse import urlsplit

from tutor.builds.engine import BuildRequest, Engine, ImageInfo, RunSpec
from tutor.builds.events import BuildEvent
from tutor.course import edits, patterns
from tutor.course.actions import (
    Action,
    BuildImage,
    CallHttp,
    CreateNetwork,
    EditFile,
    InspectImage,
    ListImages,
    LookInside,
    RemoveContainer,
    RunContainer,
    ShowHistory,
)
from tutor.course.recordings.engine import RecordedEngine
from tutor.course.seen import (
    ActionEvent,
    ContainerRemoved,
    ContainerStarted,
    FileEdited,
    FilesSeen,
    HttpAnswer,
    ImageInspected,
    ImagesListed,
    LayersListed,
    NetworkReady,
)
from tutor.course.session import LessonSession
from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line, clean_text
from tutor.visit import visit

HTTP_DEADLINE_S = 60.0
"""How long an address may take to answer: a Java program on a slow machine needs a while to start."""

CONTAINERS_LOOK_S = 1.0
"""How often the engine is asked, while an address doesn't answer, whether its container still runs."""

BODY_LINES_SHOWN = 200

_HERE = frozenset({"localhost", "127.0.0.1"})


def run_action(
    session: LessonSession, action: Action, engine: Engine, build_id: str = ""
) -> Generator[ActionEvent, None, None]:
    """Carry out one action, telling what happens. Raises TutorError when it can't be done.

    A recorded engine plays it; only an edit, which needs no engine, is made all the same. Closing the iterator early
    ends what it runs. `build_id` names the run for `LessonSession.cancel`.
    """
    with session.running(build_id, engine):
        if isinstance(engine, RecordedEngine) and not isinstance(action, EditFile):
            yield from engine.play(action, build_id)
        else:
            yield from _Run(session, engine, build_id).carry_out(action)


def build_request(session: LessonSession, action: BuildImage, build_id: str = "") -> BuildRequest:
    """What a build action asks of the engine, the learner's copy made ready. Raises UsageError."""
    folder = session.workspace.prepare(action.folder)
    context = folder / action.context
    return BuildRequest(
        context,
        tag=action.tag,
        dockerfile=os.path.relpath(folder / action.dockerfile, context),
        target=action.target,
        build_args=action.build_args,
        no_cache=action.no_cache,
        build_id=build_id,
    )


class _Run:
    """One run of one action."""

    def __init__(self, session: LessonSession, engine: Engine, build_id: str) -> None:
        self._session = session
        self._engine = engine
        self._build_id = build_id

    def carry_out(self, action: Action) -> Iterator[ActionEvent]:
        match action:
            case BuildImage():
                yield from self._build(action)
            case RunContainer(detach=True):
                yield from self._start(action)
            case RunContainer():
                yield from self._run(action)
            case RemoveContainer(name=name):
                self._engine.remove_container(self._named(name))
                yield ContainerRemoved(name)
            case CreateNetwork(name=name):
                yield NetworkReady(name, self._engine.create_network(name))
            case ListImages(references=references):
                yield ImagesListed(self._engine.images(references))
            case ShowHistory(image=image):
                yield LayersListed(image, tuple(reversed(self._engine.layers(image))))
            case InspectImage():
                yield self._inspect(action)
            case CallHttp():
                yield self._call(action)
            case LookInside(image=image, patterns=wanted):
                yield FilesSeen(image, patterns.find(wanted, self._engine.files(image)))
            case EditFile():
                yield self._edit(action)
            case _:
                raise TypeError(f"no way to carry out {action}")

    def _build(self, action: BuildImage) -> Iterator[BuildEvent]:
        return self._engine.build(build_request(self._session, action, self._build_id))

    def _run(self, action: RunContainer) -> Iterator[ActionEvent]:
        name = action.name or (f"run-{self._build_id}" if self._build_id else "")
        yield from self._network(action)
        yield from self._engine.run(_spec(action, name))

    def _start(self, action: RunContainer) -> Iterator[ActionEvent]:
        yield from self._network(action)
        for old in self._session.containers_of(self._engine, action.image, set(action.ports.values())):
            # the same command once more: its container from before holds the port
            self._engine.remove_container(old.id)
            yield ContainerRemoved(old.name)
        container = self._engine.start(_spec(action, action.name))
        moved = {
            wanted: container.ports[inside]
            for inside, wanted in action.ports.items()
            if container.ports.get(inside, wanted) != wanted
        }
        for wanted in action.ports.values():
            self._session.moved_ports.pop(wanted, None)
        self._session.moved_ports |= moved
        yield ContainerStarted(container, moved)

    def _network(self, action: RunContainer) -> Iterator[NetworkReady]:
        """Have the network that a container asks for, also when the lesson's step that makes it was left out."""
        if action.network:
            real_name = self._engine.create_network(action.network)
            yield NetworkReady(action.network, real_name)

    def _named(self, name: str) -> str:
        """The real name of the container that a lesson calls `name`."""
        found = [c.name for c in self._engine.containers() if c.name == name or c.name.endswith(f"-{name}")]
        if not found:
            raise TutorError("No container {name} is there.", "Run the step that starts it first.", name=name)
        return min(found, key=len)

    def _inspect(self, action: InspectImage) -> ImageInspected:
        info = self._engine.image(action.image)
        if info is None:
            raise TutorError("There is no image {image}.", "Build it first.", image=action.image)
        if action.fields:
            shown = [json.dumps(info.config.get(name), ensure_ascii=False) for name in action.fields]
        else:
            shown = json.dumps(_metadata(info), indent=2, ensure_ascii=False).split("\n")
        return ImageInspected(action.image, tuple(clean_line(row) for row in shown))

    def _call(self, action: CallHttp) -> HttpAnswer:
        address = self._real_address(action.address)
        answer = visit(
            address,
            HTTP_DEADLINE_S,
            method=action.method,
            data=action.data,
            headers=action.headers,
            give_up=self._nobody_answers(urlsplit(address).port or 80),
        )
        body = clean_text(answer.body).rstrip("\n").split("\n")[:BODY_LINES_SHOWN]
        return HttpAnswer(address, answer.status, tuple(body), clean_line(answer.problem))

    def _real_address(self, address: str) -> str:
        """The address with the port that the container really got, and without IPv6: ports are on 127.0.0.1."""
        parts = urlsplit(address)
        if parts.hostname not in _HERE:
            return address
        port = self._session.moved_ports.get(parts.port or 80, parts.port or 80)
        return parts._replace(netloc=f"127.0.0.1:{port}").geturl()

    def _nobody_answers(self, port: int) -> Callable[[], bool]:
        """Tells between two tries whether to give up: the run is cancelled, or no container of ours holds the port."""
        next_look = 0.0

        def give_up() -> bool:
            nonlocal next_look
            if self._session.is_cancelled(self._build_id):
                return True
            if time.monotonic() < next_look:
                return False
            next_look = time.monotonic() + CONTAINERS_LOOK_S
            return not any(c.state == "running" and port in c.ports.values() for c in self._engine.containers())

        return give_up

    def _edit(self, action: EditFile) -> FileEdited:
        file = self._session.file_of(action)
        try:
            text = file.read_text("utf-8")
            edited = edits.make(text, action, time.strftime(edits.STAMP_FORMAT))
            if edited is None:
                raise TutorError(
                    "Your copy of {file} doesn't have the lines that this step changes.",
                    _get_back(action),
                    file=action.file,
                )
            self._session.remember(action)
            file.write_text(edited.text, "utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TutorError("{file} can't be edited: {reason}.", _get_back(action), file=file, reason=error) from error
        return FileEdited(file, edited.line, action.find, edited.replace)


def _get_back(action: EditFile) -> Phrase:
    name = action.folder.partition("/")[0]
    return Phrase("Get the shipped files back: diamol-tutor reset-exercise {name}", name=name)


def _spec(action: RunContainer, name: str) -> RunSpec:
    """`name` names the container; other containers on its network find it by the name that the learner gave."""
    return RunSpec(
        action.image,
        name=name,
        command=action.arguments,
        env=action.env,
        ports=action.ports,
        network=action.network,
        alias=action.name,
    )


def _metadata(info: ImageInfo) -> dict[str, object]:
    config = {name: value for name, value in info.config.items() if value}
    return {"Id": info.id, "RepoTags": list(info.tags), "Size": info.size_bytes, "Config": config}
