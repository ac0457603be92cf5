"""What a lesson's text is made of once parsed: small, frozen, and free of any Markdown library's types."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """A run of text in one style. `link` is the address it points to, or ""."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """A heading below the step's own; `level` counts from 3 as in the file."""

    spans: tuple[Span, ...]
    level: int


@dataclass(frozen=True)
class ListBlock:
    """A list; each item is one run of spans (nested lists are not used in lessons). `start` is None for bullets."""

    items: tuple[tuple[Span, ...], ...]
    start: int | None = None


@dataclass(frozen=True)
class Quote:
    """A block quote: the lesson's asides."""

    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Table:
    header: tuple[tuple[Span, ...], ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]


@dataclass(frozen=True)
class Code:
    """Code to read. `file` is the exercise file it shows (relative to `exercises/`), or "".

    `first_line` is the line of that file it begins with, `whole` whether it is all of the file; `line` is where its
    block starts in the lesson file.
    """

    text: str
    language: str
    file: str = ""
    first_line: int = 1
    whole: bool = True
    line: int = field(default=0, compare=False)


Prose = Paragraph | Heading | ListBlock | Quote | Table
