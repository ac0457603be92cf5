"""What a lesson can do: each Action is one command as a learner would type it, and what must then be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """What an action must show, or the lesson is wrong. Empty fields ask for nothing.

    `output`: texts that must be printed; `absent`: texts that must not; `cached`, `rebuilt` and `failed`: beginnings
    of instructions with that outcome; `fails`: the command must fail; `rebuilt_layers`: how many layers re-run.
    """

    output: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    cached: tuple[str, ...] = ()
    rebuilt: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    rebuilt_layers: int | None = None
    fails: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """What all actions have: `command` is shown, run and copied as the same text; `folder` is below `exercises/`.

    `line` is where the action's block starts in the lesson file. `id` is the lesson's id, the step's, and the action's
    number within it (from 0), `02-java/run/1`: the same in every language, "" for an action of no lesson.
    """

    command: str
    folder: str = ""
    expected: Expected = field(default_factory=Expected)
    line: int = field(default=0, compare=False)
    id: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class BuildImage(Action):
    """`docker image build`. `dockerfile` and `context` are relative to the folder; `predict`: ask before building."""

    tag: str = ""
    dockerfile: str = "Dockerfile"
    context: str = "."
    target: str = ""
    build_args: Mapping[str, str] = field(default_factory=dict)
    no_cache: bool = False
    predict: bool = False


@dataclass(frozen=True, kw_only=True)
class RunContainer(Action):
    """`docker container run`, detached or to its end."""

    image: str = ""
    name: str = ""
    detach: bool = False
    arguments: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[int, int] = field(default_factory=dict)
    network: str = ""


@dataclass(frozen=True, kw_only=True)
class RemoveContainer(Action):
    """`docker container rm -f NAME`."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class CreateNetwork(Action):
    """`docker network create NAME`."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class ListImages(Action):
    """`docker image ls -f reference=…`: names and sizes side by side."""

    references: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShowHistory(Action):
    """`docker image history IMAGE`: layers and their sizes."""

    image: str = ""


@dataclass(frozen=True, kw_only=True)
class InspectImage(Action):
    """`docker image inspect IMAGE`: the metadata the image carries.

    `fields` are the entries of the image's Config that `--format '{{json .Config.NAME}}'` asks for; all when empty.
    """

    image: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CallHttp(Action):
    """`curl [-X POST] [-d DATA] ADDRESS`, polled until it answers or a deadline passes."""

    address: str = ""
    method: str = "GET"
    data: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LookInside(Action):
    """Shows files of an image by patterns. `expected.output` are paths that must be there, `absent` that must not.

    A pattern is an absolute path; `*` stands for anything within one name, `**` for anything at all.
    """

    image: str = ""
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EditFile(Action):
    """A change to one file of the learner's copy, undone when the lesson is left.

    `find` and `replace` are whole lines; `{stamp}` in `replace` becomes the time, so that no two edits are alike.
    """

    file: str = ""
    find: str = ""
    replace: str = ""
