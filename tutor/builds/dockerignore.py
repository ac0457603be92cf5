"""`.dockerignore` files, read as Docker reads them. Pure: text in, decisions out.

Sources: the reference's section on `.dockerignore`; moby/patternmatcher for what patterns mean, its `ignorefile` for
lines. Both builders decide alike what a path is; they differ in which ignored folders they still look into for
exceptions (see `IgnoreRules.enters`).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from tutor.builds.builder import Builder
from tutor.builds.goregex import BadPattern
from tutor.builds.patterns import Match, compile_pattern
from tutor.errors import TutorError
from tutor.phrase import Phrase

NAME = ".dockerignore"

LONGEST_LINE = 65_535
"""Bytes a line may have; Docker's reader gives up on longer ones."""

_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" + (
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's `strings.TrimSpace` trims; Python's `strip()` takes more."""

_TRAILING_GLOB = re.compile(r"(?:/\*)?(?:/\*\*)?\Z")
_NOT_LITERAL = re.compile(r"[*\[\]?^\\]")


class DockerignoreError(TutorError):
    """A `.dockerignore` that Docker would refuse; `line` counts from 1."""

    def __init__(self, name: str, line: int, problem: str) -> None:
        self.problem = Phrase(problem)
        super().__init__(
            "{name} line {line}: {problem}.",
            "Correct the line, or delete it, then build again.",
            name=name,
            line=line,
            problem=self.problem,
        )
        self.line = line


@dataclass(frozen=True)
class IgnorePattern:
    """One line that counts. `text` is the pattern as Docker cleans it, without the `!` of an exception."""

    text: str
    exception: bool
    line: int
    match: Match = field(compare=False, repr=False)


class Verdict(NamedTuple):
    """What became of a path: whether it is ignored, and which patterns took hold of it (its children inherit them)."""

    ignored: bool
    held_by: tuple[bool, ...] = ()


_KEPT = Verdict(False)
"""The verdict of rules that ignore nothing; nobody asks then which of them took hold."""


@dataclass(frozen=True)
class IgnoreRules:
    """The patterns of one file, in order: the last one that matches a path or one of its parents decides."""

    patterns: tuple[IgnorePattern, ...] = ()

    def ignored(self, path: str) -> bool:
        """Whether the patterns ignore `path` (relative to the context, parts joined by `/`)."""
        verdict = None
        for end in (*(i for i, char in enumerate(path) if char == "/"), len(path)):
            verdict = self.judge(path[:end], verdict)
        return verdict is not None and verdict.ignored

    @cached_property
    def _ignores_nothing(self) -> bool:
        return all(pattern.exception for pattern in self.patterns)

    def judge(self, path: str, parent: Verdict | None = None) -> Verdict:
        """The verdict on `path`, given that on its parent folder (None for the context itself)."""
        if self._ignores_nothing:
            return _KEPT
        ignored = False
        held_by = []
        for i, pattern in enumerate(self.patterns):
            held = parent is not None and parent.held_by[i]
            if not held and pattern.exception == ignored:  # else it could change nothing, and Docker doesn't ask it
                held = pattern.match(path)
            if held:
                ignored = not pattern.exception
            held_by.append(held)
        return Verdict(ignored, tuple(held_by))

    def enters(self, folder: str, builder: Builder) -> bool:
        """Whether an ignored folder is still looked into, because an exception may bring back what it holds.

        The classic builder's client compares exceptions with the folder as plain text, so `!*/keep` brings nothing
        back from an ignored folder there; BuildKit looks everywhere unless all exceptions are plain paths.
        """
        exceptions = [pattern.text for pattern in self.patterns if pattern.exception]
        if builder is Builder.BUILDKIT:
            exceptions = [_TRAILING_GLOB.sub("", text) for text in exceptions]
            if any(_NOT_LITERAL.search(text) for text in exceptions):
                return True
        return any(f"{text}/".startswith(f"{folder}/") for text in exceptions)

    def keeping(self, path: str) -> IgnoreRules:
        """These rules with `path` itself never ignored: the builders need the Dockerfile whatever the rules say."""
        return IgnoreRules((*self.patterns, IgnorePattern(path, True, 0, path.__eq__)))


def parse_dockerignore(data: bytes, name: str = NAME) -> IgnoreRules:
    """Read a file's bytes; `name` stands in errors. Raises DockerignoreError."""
    patterns = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise DockerignoreError(name, number, Phrase("the line is longer than 64 KiB"))
        try:
            pattern = _pattern(line.removesuffix(b"\r").decode("utf-8", "surrogateescape"), number)
        except BadPattern as error:
            problem = Phrase("the pattern can't be read: {reason}", reason=error.reason)
            raise DockerignoreError(name, number, problem) from error
        if pattern:
            patterns.append(pattern)
    return IgnoreRules(tuple(patterns))


def _pattern(line: str, number: int) -> IgnorePattern | None:
    text = line.strip(_SPACE)
    if line.startswith("#") or not text:
        return None
    bang = text.startswith("!")
    text = "!" * bang + _relative(text[bang:].strip(_SPACE))
    # Docker's matcher cleans once more what its reader has cleaned, and only then looks for the `!`
    text = _clean(text.strip(_SPACE))
    exception = text.startswith("!")
    text = text.removeprefix("!")
    if not text:
        raise BadPattern("nothing stands behind the !")
    return IgnorePattern(text, exception, number, compile_pattern(text))


def _relative(text: str) -> str:
    text = _clean(text) if text else ""
    return text[1:] if text.startswith("/") and len(text) > 1 else text


def _clean(text: str) -> str:
    """The path without empty parts, `.`, and `..` as far as they can be resolved (Go's `path.Clean`)."""
    cleaned = posixpath.normpath(text)
    return cleaned[1:] if cleaned.startswith("//") else cleaned
