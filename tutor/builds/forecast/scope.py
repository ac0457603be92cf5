"""What a stage's instructions see of each other: variables, working folder, user and shell."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tutor.builds.dockerfile import Instruction
from tutor.builds.expand import expand_or_keep
from tutor.builds.forecast.model import BaseImage
from tutor.builds.parser import assignments
from tutor.builds.resolve import declared

DEFAULT_SHELL = ("/bin/sh", "-c")

PASSED_UNASKED = frozenset(
    name
    for base in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (base, base.lower())
)
"""Build arguments that reach RUN without an ARG; no cache looks at them then."""


@dataclass(frozen=True)
class Scope:
    """How things stand after an instruction.

    `env` is what ENV set, `args` what ARG declared (None: without a value), `run_env` what a RUN of BuildKit is given,
    in its order: there the last of ENV and ARG wins, while in the text of other instructions ENV always does.
    """

    escape: str = "\\"
    env: Mapping[str, str] = field(default_factory=dict)
    args: Mapping[str, str | None] = field(default_factory=dict)
    run_env: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = ""
    shell: tuple[str, ...] = DEFAULT_SHELL

    @property
    def values(self) -> dict[str, str]:
        """What variables stand for in an instruction's text."""
        return {name: value for name, value in self.args.items() if value is not None} | dict(self.env)

    def expand(self, word: str) -> str:
        return expand_or_keep(word, self.values, self.escape)

    def path(self, path: str) -> str:
        """An absolute path for one that may be relative to the working folder."""
        return clean_path(posixpath.join(self.workdir, path))


def clean_path(path: str) -> str:
    """Without empty parts, `.` and `..`; one slash in front."""
    return posixpath.normpath("/" + path.lstrip("/"))


def scope_on(image: BaseImage, escape: str) -> Scope:
    """How things stand at the start of a stage on an image."""
    pairs = dict(entry.partition("=")[::2] for entry in image.env)
    return Scope(escape, env=pairs, run_env=dict(pairs), workdir=clean_path(image.workdir), user=image.user)


def after(scope: Scope, instruction: Instruction, build_args: Mapping[str, str], globals_: Mapping[str, str]) -> Scope:
    """How things stand below an instruction."""
    match instruction.keyword:
        case "ENV":
            pairs = assigned(instruction, scope)
            return replace(scope, env={**scope.env, **pairs}, run_env=_moved_to_end(scope.run_env, pairs))
        case "ARG":
            for name, default in declared(instruction, scope.escape, scope.values):
                value = build_args.get(name, globals_.get(name) if default is None else default)
                scope = replace(scope, args={**scope.args, name: value})
                if value is not None:
                    scope = replace(scope, run_env=_moved_to_end(scope.run_env, {name: value}))
            return scope
        case "WORKDIR":
            return replace(scope, workdir=scope.path(scope.expand(instruction.arguments)))
        case "USER":
            return replace(scope, user=scope.expand(instruction.arguments))
        case "SHELL":
            return replace(scope, shell=instruction.json or DEFAULT_SHELL)
        case _:
            return scope


def assigned(instruction: Instruction, scope: Scope) -> dict[str, str]:
    """What ENV or LABEL sets; the values of one instruction don't see each other."""
    pairs = assignments(instruction.arguments, scope.escape)
    return {scope.expand(name): scope.expand(value) for name, value in pairs}


def _moved_to_end(env: Mapping[str, str], pairs: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in pairs} | dict(pairs)
