"""What is wrong with a Markdown file as text: links that lead nowhere, characters that break a terminal's rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tutor.course.document import Heading, ListBlock, Paragraph, Quote, Span, Table
from tutor.course.markdown import Piece, parse
from tutor.course.problems import Problem

_EMOJI = re.compile(
    "[\u200d\u20e3\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2600-\u26ff\u2705\u270a\u270b\u2728\u274c\u274e"
    "\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\ufe0f\U0001f000-\U0001faff]"
)
"""Characters that terminals draw as pictures (Unicode's Emoji_Presentation), and those that join them."""


def text_problems(file: Path) -> list[Problem]:
    text = file.read_text("utf-8")
    return [*emoji_problems(file, text), *(p for piece in parse(text) for p in _link_problems(file, piece))]


def emoji_problems(file: Path, text: str) -> Iterator[Problem]:
    for number, row in enumerate(text.split("\n"), 1):
        if found := _EMOJI.search(row):
            yield Problem(file, number, f"there is an emoji, U+{ord(found[0]):04X}; plain characters only")


def _link_problems(file: Path, piece: Piece) -> Iterator[Problem]:
    for link in (span.link for span in _spans(piece) if span.link):
        parts = urlsplit(link)
        if parts.scheme in ("http", "https"):
            if not parts.hostname:
                yield Problem(file, piece.line, f"the link {link} has no host")
        elif parts.scheme or not parts.path or not (file.parent / parts.path).exists():
            yield Problem(file, piece.line, f"the link {link} leads nowhere")


def _spans(piece: Piece) -> Iterator[Span]:
    match piece.content:
        case Paragraph(spans) | Heading(spans):
            yield from spans
        case ListBlock(items):
            for item in items:
                yield from item
        case Quote(paragraphs):
            for paragraph in paragraphs:
                yield from paragraph.spans
        case Table(header, rows):
            for row in (header, *rows):
                for cell in row:
                    yield from cell
        case _:
            pass
