"""What a running action shows: the engine's own events, and those of lessons; and each as lines of plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutor.builds.engine import Container, Exited, FileEntry, ImageInfo, OutputLine
from tutor.builds.events import BuildEvent, BuildFailed, StepOutput
from tutor.builds.layers import Layer
from tutor.language import Words

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ImagesListed:
    images: tuple[ImageInfo, ...]


@dataclass(frozen=True)
class LayersListed:
    """An image's history, from the top down, as `docker image history` prints it."""

    image: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class ImageInspected:
    """The image's metadata as lines of JSON."""

    image: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class HttpAnswer:
    """What an address answered; `address` is the one really asked. `status` is 0 when nothing did: see `problem`.

    `lines` are the body's, each safe to show.
    """

    address: str
    status: int
    lines: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class PatternFound:
    """The files of an image that a pattern matches; `more` counts those that are left out of `files`."""

    pattern: str
    files: tuple[FileEntry, ...]
    more: int = 0


@dataclass(frozen=True)
class FilesSeen:
    image: str
    found: tuple[PatternFound, ...]


@dataclass(frozen=True)
class FileEdited:
    """A change in the learner's copy, from line `line` on; `find` became `replace`, its stamp filled in."""

    file: Path
    line: int
    find: str
    replace: str


@dataclass(frozen=True)
class NetworkReady:
    """`real_name` is what the engine calls it: prefixed, so that it isn't the learner's own."""

    name: str
    real_name: str


@dataclass(frozen=True)
class ContainerStarted:
    """`moved` maps the ports that were wanted but taken to those the container got."""

    container: Container
    moved: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ContainerRemoved:
    name: str


ActionEvent = (
    BuildEvent
    | OutputLine
    | Exited
    | ImagesListed
    | LayersListed
    | ImageInspected
    | HttpAnswer
    | FilesSeen
    | FileEdited
    | NetworkReady
    | ContainerStarted
    | ContainerRemoved
)


def lines(event: ActionEvent, words: Words) -> tuple[str, ...]:
    """The event as text for where there is no screen; nothing for those that only a screen can show well."""
    match event:
        case OutputLine(text=text) | StepOutput(text=text):
            return (text,)
        case BuildFailed(message=message):
            return (words.told(message),)
        case ImagesListed(()):
            return (words("course.seen.no_images"),)
        case ImagesListed(images):
            return tuple(row for image in images for row in _image_rows(image, words))
        case LayersListed(_, layers):
            return tuple(f"{_megabytes(layer.size_bytes):>10}  {layer.created_by}" for layer in layers)
        case ImageInspected(_, shown):
            return shown
        case HttpAnswer(_, 0, _, problem):
            return (words("course.seen.no_answer", problem=problem),)
        case HttpAnswer(_, status, body):
            return (f"HTTP {status}", *body)
        case FilesSeen(_, found):
            return tuple(row for pattern in found for row in _file_rows(pattern, words))
        case FileEdited(file, line, find, replace):
            return (
                f"{file.name}:{line}",
                *(f"- {r}" for r in find.split("\n")),
                *(f"+ {r}" for r in replace.split("\n")),
            )
        case NetworkReady(name, real_name):
            return (words("course.seen.network", name=name, real_name=real_name),)
        case ContainerStarted(container, moved):
            return (words("course.seen.started", name=container.name), *_moved_rows(moved, words))
        case ContainerRemoved(name):
            return (words("course.seen.removed", name=name),)
        case _:
            return ()


def _image_rows(image: ImageInfo, words: Words) -> list[str]:
    note = f"  {words('course.seen.stand_in')}" if image.is_stand_in else ""
    return [f"{tag:<30} {_megabytes(image.size_bytes):>10}{note}" for tag in image.tags]


def _file_rows(found: PatternFound, words: Words) -> list[str]:
    if not found.files:
        return [words("course.seen.no_file", pattern=found.pattern)]
    rows = [f"{_megabytes(entry.size_bytes):>10}  {entry.path}" for entry in found.files]
    return [*rows, words("course.seen.more_files", count=found.more)] if found.more else rows


def _moved_rows(moved: Mapping[int, int], words: Words) -> list[str]:
    return [words("course.seen.port_moved", wanted=wanted, got=got) for wanted, got in moved.items()]


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / MEGABYTE:.1f} MB" if size_bytes >= MEGABYTE / 10 else f"{size_bytes} B"
