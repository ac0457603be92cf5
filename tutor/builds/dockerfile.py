"""The Dockerfile as a model: directives, stages, instructions, each with the lines it came from.

Terms are those of the Dockerfile reference. `tutor.builds.parser` makes these from text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

LAYER_KEYWORDS = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
"""The instructions that BuildKit turns into vertexes (besides FROM); all others only write metadata."""


class DockerfileError(TutorError):
    """A Dockerfile that the builder would refuse, with where: `line` and `column` count from 1."""

    def __init__(self, problem: str, line: int, column: int = 1, hint: str = "", **values: object) -> None:
        self.problem = Phrase(problem, **values)
        super().__init__(
            "Dockerfile line {line}, column {column}: {problem}",
            Phrase(hint, **values),
            line=line,
            column=column,
            problem=self.problem,
        )
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Flag:
    """`--name=value` before an instruction's arguments; `value` is None for a bare `--name`."""

    name: str
    value: str | None


@dataclass(frozen=True)
class Heredoc:
    """A here-document of RUN, COPY or ADD. `expand`: variables are replaced (its word is unquoted)."""

    name: str
    body: str
    expand: bool
    strip_tabs: bool


@dataclass(frozen=True)
class Instruction:
    """One instruction. `keyword` is upper case; `line` and `end_line` count from 1 and include continuations.

    `arguments` is what follows keyword and flags, with continuations joined and comment lines dropped;
    `json` is the exec form's list, or None for the shell form; `source` the lines as written.
    For ONBUILD, `trigger` is the instruction it holds.
    """

    keyword: str
    arguments: str
    line: int
    end_line: int
    source: str
    flags: tuple[Flag, ...] = ()
    json: tuple[str, ...] | None = None
    heredocs: tuple[Heredoc, ...] = ()
    trigger: Instruction | None = None

    @property
    def makes_layer(self) -> bool:
        return self.keyword in LAYER_KEYWORDS

    def flag(self, name: str) -> str | None:
        """The value of the last `--name=…`, or None where it is absent; a bare `--name` gives `""`."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag.value or ""
        return None

    def values(self, name: str) -> tuple[str, ...]:
        """The values of every `--name=…`, in order: RUN may have several `--mount`s."""
        return tuple(flag.value or "" for flag in self.flags if flag.name == name)

    @property
    def words(self) -> tuple[str, ...]:
        """The exec form's list, else the arguments split at white space: sources and destination of COPY and ADD."""
        if self.json is not None:
            return self.json
        return tuple(re.findall(r"[^\t\v\f\r ]+", self.arguments))

    def __str__(self) -> str:
        """The instruction on one line, as a reader would quote it, safe to show."""
        return clean_line(self.exact)

    @property
    def exact(self) -> str:
        """The same to the letter, to compare."""
        flags = (f"--{flag.name}" + (f"={flag.value}" if flag.value is not None else "") for flag in self.flags)
        return " ".join(part for part in (self.keyword, *flags, self.arguments) if part)


@dataclass(frozen=True)
class Stage:
    """One FROM and what follows it. `name` is lower case (stage names ignore case), `""` when there is none.

    `base` is what FROM names, as written: an image, another stage, or `scratch`.
    """

    index: int
    name: str
    base: str
    start: Instruction
    instructions: tuple[Instruction, ...]

    @property
    def label(self) -> str:
        """How BuildKit calls the stage: its name, or `stage-N`."""
        return self.name or f"stage-{self.index}"


@dataclass(frozen=True)
class Dockerfile:
    """A parsed Dockerfile. `global_args` are the ARGs before the first FROM."""

    source: str
    stages: tuple[Stage, ...]
    global_args: tuple[Instruction, ...] = ()
    directives: Mapping[str, str] = field(default_factory=dict)

    @property
    def final_stage(self) -> Stage:
        return self.stages[-1]

    def base_stage(self, stage: Stage) -> Stage | None:
        """The earlier stage that `stage`'s FROM builds on, or None for an image. FROM knows names only."""
        return self._named(stage.base, before=stage.index)

    def source_stage(self, reference: str, before: int) -> Stage | None:
        """The stage above index `before` that a `--from=reference` means, or None for an image.

        A name in any case, or a number; of two stages with one name, the later one.
        """
        named = self._named(reference, before)
        if named is None and reference.isascii() and reference.isdigit() and int(reference) < before:
            return self.stages[int(reference)]
        return named

    def _named(self, name: str, before: int) -> Stage | None:
        candidates = (s for s in reversed(self.stages[:before]) if s.name and s.name == name.lower())
        return next(candidates, None)
