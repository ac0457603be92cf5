"""A Dockerfile's lines: parser directives, comments, continuations, and the bodies of here-documents."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.builds.dockerfile import DockerfileError
from tutor.builds.parser.words import SPACES, HeredocMark
from tutor.sanitise import clean_line

DIRECTIVES = frozenset({"check", "escape", "syntax"})
_DIRECTIVE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]*\Z")
_DIRECTIVE_SPACES = "\t\n\f\r "
_SHOWN_CHARACTERS = 40


def shown(text: str) -> str:
    """Text of the file as an error quotes it: clean, short, in single quotes."""
    text = clean_line(text)
    return f"'{text}'" if len(text) <= _SHOWN_CHARACTERS else f"'{text[: _SHOWN_CHARACTERS - 1]}…'"


@dataclass(frozen=True)
class Piece:
    """Where a part of a logical line came from: from `offset` on, it is `line` from `column` on."""

    offset: int
    line: int
    column: int


@dataclass(frozen=True)
class LogicalLine:
    """One instruction's text: continuations joined, comment lines and empty lines between them left out."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def number(self) -> int:
        """The line of the file it starts on."""
        return self.pieces[0].line

    def error(self, problem: str, offset: int = 0, hint: str = "", **values: object) -> DockerfileError:
        """An error that points at this offset of the text; `values` are put into both texts (see `Phrase`)."""
        piece = self.pieces[bisect_right(self.pieces, offset, key=lambda p: p.offset) - 1]
        return DockerfileError(problem, piece.line, piece.column + offset - piece.offset, hint, **values)


class Reader:
    """Reads a file from top to bottom: iterate for logical lines, ask for here-document bodies in between."""

    def __init__(self, source: str) -> None:
        self.escape = "\\"
        self.directives: dict[str, str] = {}
        self.number = 0
        """How many lines have been read: the number of the last one."""
        self._lines = source.split("\n")
        if not self._lines[-1]:
            self._lines.pop()
        self._at_top = True

    def __iter__(self) -> Iterator[LogicalLine]:
        while self.number < len(self._lines):
            raw = self._next()
            line = raw.lstrip(SPACES)
            if self._at_top and self._is_directive(line):
                continue
            if line and not line.startswith("#"):
                yield self._logical(line, column=1 + len(raw) - len(line))

    def heredoc_body(self, mark: HeredocMark) -> str | None:
        """The lines up to the one that closes it, with their line ends and tabs; None when none does."""
        body: list[str] = []
        while self.number < len(self._lines):
            raw = self._lines[self.number]
            end = self._next()
            if (end.lstrip("\t") if mark.strip_tabs else end) == mark.name:
                return "".join(body)
            body.append(raw + "\n")
        return None

    def source(self, first: int, last: int) -> str:
        """These lines as written."""
        return "\n".join(self._lines[first - 1 : last])

    def _next(self) -> str:
        self.number += 1
        return self._lines[self.number - 1].rstrip("\r")

    def _logical(self, line: str, column: int) -> LogicalLine:
        text, continues = self._cut_continuation(line)
        parts = [text]
        pieces = [Piece(0, self.number, column)]
        length = len(text)
        while continues and self.number < len(self._lines):
            line = self._next()
            if not line.strip(SPACES) or line.lstrip(SPACES).startswith("#"):
                continue
            text, continues = self._cut_continuation(line)
            parts.append(text)
            pieces.append(Piece(length, self.number, 1))
            length += len(text)
        return LogicalLine("".join(parts), tuple(pieces))

    def _cut_continuation(self, line: str) -> tuple[str, bool]:
        """The line without its escape character at the end, if there is one that isn't escaped itself."""
        end = line.rstrip(" \t")
        if end.endswith(self.escape) and not end.endswith(self.escape * 2):
            return end[:-1], True
        return line, False

    def _is_directive(self, line: str) -> bool:
        """Take in a parser directive. Anything else, an empty line too, ends the search for them."""
        name, equals, value = line[1:].partition("=") if line.startswith("#") else ("", "", "")
        name = name.strip(_DIRECTIVE_SPACES).lower()
        if not (equals and value and _DIRECTIVE_NAME.match(name) and name in DIRECTIVES):
            self._at_top = False
            return False
        if name in self.directives:
            raise DockerfileError(
                "the directive '{name}' stands here a second time", self.number, hint="Keep one of the two.", name=name
            )
        value = value.strip(_DIRECTIVE_SPACES)
        if name == "escape":
            if value not in {"\\", "`"}:
                raise DockerfileError(
                    "{value} can't be the escape character",
                    self.number,
                    hint="Write # escape=\\ or # escape=`",
                    value=shown(value),
                )
            self.escape = value
        self.directives[name] = value
        return True
