"""Text by the cells it takes on a terminal: Korean and other wide characters take two."""

from __future__ import annotations

import unicodedata


def width_of(text: str) -> int:
    """How many cells a row of clean text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def fitted(text: str, width: int) -> str:
    """The text in exactly `width` cells: cut with an ellipsis, or padded on the right."""
    return (cut := shortened(text, width)) + " " * (width - width_of(cut))


def shortened(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis where something is missing."""
    if width_of(text) <= width:
        return text
    room = width - 1
    kept: list[str] = []
    for char in text:
        room -= _cells(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + "…" * (width > 0)


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
