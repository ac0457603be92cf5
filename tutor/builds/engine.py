"""The Engine protocol: all that lessons, grading and screens may ask of a place where builds run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tutor.builds.builder import Builder
from tutor.builds.layers import Layer
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.builds.contents import ImageContents, ImageRead
    from tutor.builds.events import BuildEvent, PullProgress

SOCKETS = ("unix://", "npipe://")
"""Begin the addresses of engines on this machine, whose published ports are reached from here."""

LABEL = "diamol.tutor"
"""Everything the tutor creates carries this label; only what carries it is ever removed."""

NAME_PREFIX = "diamol-tutor-"
"""Begins the name of every container and network of the tutor's, so that none meets a learner's own."""

STAND_IN_LABEL = "diamol.tutor.stand-in"
"""Marks a base image that was built here in place of the published one; its value is the name it stands in for.

An image takes over the labels of the one it is built on, so this label alone doesn't make a stand-in: its value has
to be the image's own name too. Stand-ins don't carry `LABEL`, or a learner's images built on them would look like
the tutor's.
"""

OWNER_LABEL = "diamol.tutor.owner"
"""Names the tutor that made a container (`tutor.alive`): what a tutor that was killed left can be told from what
another one still uses.
"""


class CannotStart(TutorError):
    """The image's own program can't be started: it isn't there, can't be executed, or there is none.

    `reason` is what the engine said of it.
    """

    def __init__(self, image: str, reason: str) -> None:
        super().__init__(
            "The container of {image} can't start: {reason}",
            "Check the image's CMD or ENTRYPOINT: the program it names must be in the image and executable.",
            image=image,
            reason=reason,
        )
        self.reason = reason


@dataclass(frozen=True)
class EngineFacts:
    """What is known of an engine. `store` is `overlay2`, `containerd`, …; `live` is False for recorded builds.

    `recorded_on` is the day of the recording (YYYY-MM-DD), "" on a live engine.
    """

    version: str
    builder: Builder
    store: str
    host: str
    live: bool = True
    recorded_on: str = ""


@dataclass(frozen=True)
class BuildRequest:
    """One `docker image build`. `dockerfile` is relative to the context folder, `labels` what the image is given.

    `offline`: nothing is pulled, and RUN steps have no network.
    """

    context: Path
    tag: str = ""
    dockerfile: str = "Dockerfile"
    target: str = ""
    build_args: Mapping[str, str] = field(default_factory=dict)
    no_cache: bool = False
    build_id: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: {LABEL: "build"})
    offline: bool = False


@dataclass(frozen=True)
class Limits:
    """What a container may use; beyond it, it is ended (memory) or refused (processes). Its log is cut short too."""

    memory_bytes: int = 512 * 1024 * 1024
    processes: int = 256


@dataclass(frozen=True)
class RunSpec:
    """One `docker container run`. `ports` maps container ports to wanted host ports, 0 for any free one.

    Ports are published on 127.0.0.1. `alias` is the name other containers on `network` find it by.
    `command` replaces CMD; `name` is prefixed by the engine, so that it never meets a learner's own container.
    `isolated`: no network but the container's own loopback; `joins` is the id of a container whose network it
    shares instead. With `limits`, the program can't gain privileges either.
    """

    image: str
    name: str = ""
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[int, int] = field(default_factory=dict)
    network: str = ""
    alias: str = ""
    isolated: bool = False
    joins: str = ""
    limits: Limits | None = None


@dataclass(frozen=True)
class Container:
    """A container of the tutor's. `ports` maps container ports to the host ports they really got.

    `owner` is the tutor that made it, "" when that isn't known.
    """

    id: str
    name: str
    image: str
    state: str
    ports: Mapping[int, int] = field(default_factory=dict)
    exit_code: int | None = None
    owner: str = ""


@dataclass(frozen=True)
class OutputLine:
    """One line a container printed, free of control sequences. `stream` is `stdout` or `stderr`."""

    text: str
    stream: str = "stdout"


@dataclass(frozen=True)
class Exited:
    """The last event of a container run to completion."""

    exit_code: int


@dataclass(frozen=True)
class ImageInfo:
    """One image. `size_bytes` is the sum of its layers."""

    id: str
    tags: tuple[str, ...]
    size_bytes: int
    labels: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_stand_in(self) -> bool:
        return self.labels.get(STAND_IN_LABEL) in {repository_of(tag) for tag in self.tags}


def repository_of(tag: str) -> str:
    """The name of an image reference without its tag: `host:5000/diamol/base:2e` gives `host:5000/diamol/base`."""
    name, _, last = tag.rpartition("/")
    return f"{name}/{last.partition(':')[0]}" if name else last.partition(":")[0]


@dataclass(frozen=True)
class FileEntry:
    """One file of an image. `path` is absolute; `kind` is `file`, `folder`, `link` or `other`."""

    path: str
    kind: str
    size_bytes: int
    mode: int


class Engine(Protocol):
    """Where builds run. Every method raises `TutorError` (or `NoEngine`) with a next step, never an SDK's error.

    Methods block; call them from a worker thread. `cancel` may be called from another thread.
    """

    def facts(self) -> EngineFacts: ...

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        """Build an image: BuildStarted first, then as it happens, one of the three ends last.

        A Dockerfile that can't be parsed raises DockerfileError before anything is sent.
        """
        ...

    def cancel(self, build_id: str) -> None:
        """End the build with this id; its iterator then yields BuildCancelled. Unknown ids do nothing."""
        ...

    def pull(self, image: str) -> Iterator[PullProgress]: ...

    def image(self, reference: str) -> ImageInfo | None: ...

    def images(self, references: tuple[str, ...] = ()) -> tuple[ImageInfo, ...]:
        """Images by `reference=` filters, as `docker image ls -f reference=…` lists them; labelled ones for `()`."""
        ...

    def layers(self, image: str) -> tuple[Layer, ...]:
        """The image's history from the bottom up."""
        ...

    def files(self, image: str) -> Iterator[FileEntry]:
        """All files of an image, without running anything in it."""
        ...

    def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
        """What each layer of an image adds: how far it has been read, and the layers last.

        Reads the whole image: seconds for a large one. Closing the iterator early ends that.
        """
        ...

    def remove_image(self, reference: str) -> None: ...

    def run(self, spec: RunSpec) -> Iterator[OutputLine | Exited]:
        """Run to completion, then remove the container; closing the iterator early removes it too."""
        ...

    def start(self, spec: RunSpec) -> Container:
        """Run detached. A taken port is replaced by a free one: read `Container.ports`."""
        ...

    def inspect(self, container: str) -> Container | None: ...

    def logs(self, container: str, tail: int = 100) -> tuple[str, ...]: ...

    def containers(self) -> tuple[Container, ...]:
        """The tutor's containers, running or not."""
        ...

    def remove_container(self, container: str) -> None: ...

    def create_network(self, name: str) -> str:
        """Make sure the tutor's network of this name is there; gives the real (prefixed) name."""
        ...

    def networks(self) -> tuple[str, ...]: ...

    def remove_network(self, name: str) -> None: ...
