"""The help of the commands in another language than English.

English stands in the code, where click finds it, and is its own key in the `help.toml` of each other language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click
from rich.cells import cell_len

from tutor.language import Words

_EXTRA = re.compile(r"(.*?)  \[(.*)\]", re.DOTALL)
"""An option's help and what click adds to it: its default value and its range."""

_EXAMPLE = re.compile(r"( *\S.*?  +)(\S.*)")
"""A command, and what it is for."""

_AS_IT_STANDS = "\b\n"
"""Begins a paragraph whose lines click keeps."""


class TranslatedHelp(click.HelpFormatter):
    """Writes what click gives it in another language, by the width that its characters take in a terminal."""

    def __init__(self, words: Words, width: int | None, max_width: int | None) -> None:
        super().__init__(width=width, max_width=max_width)
        self._words = words

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ARG002 - always click's
        self._write_lines(f"{self._words.helped('Usage:')} {prog} {args}", self.width)

    def write_heading(self, heading: str) -> None:
        super().write_heading(self._words.helped(heading))

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            if paragraph.startswith(_AS_IT_STANDS):
                for line in paragraph.removeprefix(_AS_IT_STANDS).rstrip().splitlines():
                    example = _EXAMPLE.fullmatch(line)
                    told = f"{example[1]}{self._words.helped(example[2])}" if example else self._words.helped(line)
                    self.write(f"{'':>{self.current_indent}}{told}\n")
            else:
                self._write_lines(self._words.helped(" ".join(paragraph.split())), self.width - self.current_indent)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        told = [(term, self._told(text)) for term, text in rows]
        column = min(max(cell_len(term) for term, _ in told), col_max) + col_spacing
        for term, text in told:
            lines = list(wrapped(text, max(self.width - column - self.current_indent, 10))) or [""]
            if cell_len(term) + col_spacing > column:
                self.write(f"{'':>{self.current_indent}}{term}\n")
                term = ""
            for line in lines:
                self.write(f"{'':>{self.current_indent}}{term:<{column}}{line}".rstrip() + "\n")
                term = ""

    def _told(self, text: str) -> str:
        extra = _EXTRA.fullmatch(text)
        if extra is None:
            return self._words.helped(text)
        added = extra[2].replace("default:", self._words.helped("default:"))
        return f"{self._words.helped(extra[1])} [{added}]"

    def _write_lines(self, text: str, width: int) -> None:
        for line in wrapped(text, width):
            self.write(f"{'':>{self.current_indent}}{line}\n")


def wrapped(text: str, width: int) -> Iterator[str]:
    """The words of a text in lines of at most `width` cells; a longer word has a line of its own."""
    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line
