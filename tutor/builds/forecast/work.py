"""What one step does, taken apart into all that the builders' caches look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tutor.builds.dockerfile import Flag, Heredoc, Instruction
from tutor.builds.forecast.scope import Scope
from tutor.builds.tree import digest_of

CONTEXT = "context"

_SAME_OPTION = {"src": "source", "dst": "target", "destination": "target"}


@dataclass(frozen=True)
class Part:
    """One ingredient: `name` says which (`text`, `env X`, `workdir`, …)."""

    name: str
    value: str


@dataclass(frozen=True)
class Take:
    """Files that a step takes: `path`, wildcards allowed for COPY and ADD, from the context, a stage or an image.

    `origin` is CONTEXT, or the text of `--from` and `from=`. `optional`: nothing there is no error.
    """

    origin: str
    path: str
    wild: bool = False


@dataclass(frozen=True)
class Shell:
    """What a RUN's `sh -c` is given: `text` with `env`, as `user`, in `workdir`, with mounts at `mounted`."""

    text: str
    env: Mapping[str, str]
    user: str
    workdir: str
    mounted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """A step's ingredients besides the ground it stands on and the content of what it takes.

    `kind` is what it does to the file system. `destination` of a COPY ends with `/` when it is a folder for sure.
    `owner` stands for `--chown` and `--chmod`; `remote` for addresses it fetches from; `alone`: `COPY --link`, which
    doesn't look at the ground.
    """

    kind: Literal["run", "copy", "folder", "metadata"]
    parts: tuple[Part, ...]
    takes: tuple[Take, ...] = ()
    destination: str = ""
    owner: str = ""
    remote: tuple[str, ...] = ()
    alone: bool = False
    shell: Shell | None = None

    @cached_property
    def key(self) -> str:
        return digest_of([(part.name, part.value) for part in self.parts])


def shell_of(command: tuple[str, ...], env: Mapping[str, str], scope: Scope, mounted: list[str]) -> Shell | None:
    """None for a command that no plain shell reads."""
    match command:
        case ("/bin/sh", "-c" | "-ec", text):
            return Shell(text, dict(env), scope.user, scope.workdir, tuple(mounted))
        case _:
            return None


def expanded_words(instruction: Instruction, scope: Scope) -> tuple[list[str], str]:
    """Sources and destination of COPY and ADD; here-documents are no sources."""
    *sources, destination = (scope.expand(word) for word in instruction.words)
    return [source for source in sources if not (instruction.heredocs and "<<" in source)], destination


def is_remote(source: str) -> bool:
    return source.startswith(("http://", "https://", "git@", "git://")) or source.endswith(".git")


def heredoc_parts(heredocs: tuple[Heredoc, ...], scope: Scope, expand: bool) -> tuple[Part, ...]:
    return tuple(
        Part(f"here-document {h.name}", scope.expand(h.body) if expand and h.expand else h.body) for h in heredocs
    )


def flag_parts(flags: tuple[Flag, ...], scope: Scope, leave_out: frozenset[str]) -> tuple[Part, ...]:
    return tuple(Part(f"--{f.name}", scope.expand(f.value or "")) for f in flags if f.name not in leave_out)


def mount_options(value: str, scope: Scope) -> dict[str, str]:
    """The options of a `--mount`, one name for each that has several."""
    options: dict[str, str] = {}
    for option in value.split(","):
        name, _, given = option.partition("=")
        name = name.strip().lower()
        options[_SAME_OPTION.get(name, name)] = scope.expand(given)
    options.setdefault("type", "bind")
    return options
