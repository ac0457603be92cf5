"""Pieces of text as Textual's Content: styled, cut and padded to cell widths. Nothing here is ever read as markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from textual.content import Content, Span
from textual.style import Style

from tutor.language import Words

MUTED = "$foreground 62%"
"""The style of what matters less. A colour of its own in every theme, never the only sign of anything."""


def counted(words: Words, key: str, count: int, **values: object) -> str:
    """A text about `count` things: the entry `<key>_one` for one, where there is such an entry."""
    one = f"{key}_one"
    return words(one if count == 1 and one in words else key, count=count, **values)


def styled(text: str, style: str | Style = "") -> Content:
    return Content(text, [Span(0, len(text), style)] if style and text else None)


def join(*parts: str | Content | tuple[str, str | Style]) -> Content:
    return Content.assemble(*parts)


def lines(rows: Sequence[Content]) -> Content:
    """Rows as one Content, a newline between each."""
    return Content("\n").join(rows)


def fit(content: Content, width: int) -> Content:
    """Content in exactly `width` cells: cut with an ellipsis or padded on the right."""
    if content.cell_length > width:
        content = content.truncate(max(0, width), ellipsis=True)
    return content.pad_right(max(0, width - content.cell_length))


def fit_left(content: Content, width: int) -> Content:
    """As `fit`, padded on the left: for figures."""
    if content.cell_length > width:
        content = content.truncate(max(0, width), ellipsis=True)
    return content.pad_left(max(0, width - content.cell_length))


def ends(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the two ends of a row; `left` is cut where both don't fit."""
    return fit(left, width - right.cell_length - 1) + " " + right if right else fit(left, width)


def wrapped(content: Content, width: int, first: Content | str = "", rest: Content | str = "") -> list[Content]:
    """Content wrapped at `width` with a prefix on the first row and another on all others (a hanging indent)."""
    first_mark = Content(first) if isinstance(first, str) else first
    rest_mark = Content(rest) if isinstance(rest, str) else rest
    room = max(8, width - max(first_mark.cell_length, rest_mark.cell_length))
    return [(rest_mark if i else first_mark) + row.rstrip() for i, row in enumerate(content.wrap(room))]


def command(text: str) -> Content:
    """A command as it is typed: all of it bold, its options in a colour."""
    options = [(m.start(1), m.end(1)) for m in re.finditer(r"(?:^|\s)(--?[\w-]+)", text)]
    return Content(text, [Span(0, len(text), "bold"), *(Span(start, end, "$accent") for start, end in options)])


@lru_cache(maxsize=256)
def highlighted(code: str, language: str) -> Content:
    """Code in colours by Pygments; an unknown language stays plain.

    Pygments is imported here, on first use, because the first screen must not wait for it.
    """
    from tutor.ui.highlight import highlight

    return highlight(code, language)
