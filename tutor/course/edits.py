"""A lesson's edits as text: made, recognised and undone, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.course.actions import EditFile
from tutor.course.exercise import STAMP

_STAMP_PATTERN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
STAMP_FORMAT = "%Y-%m-%d %H:%M:%S"
"""How a stamp in a lesson's edit is written: a time of day, so that it explains itself."""


@dataclass(frozen=True)
class Edited:
    """A file's text with the edit in it, and where: the edit's first line and its own text."""

    text: str
    line: int
    replace: str


def is_made(text: str, edit: EditFile) -> bool:
    """Whether the text has this edit in it, whenever it was made."""
    return _made(edit).search(text) is not None


def make(text: str, edit: EditFile, stamp: str) -> Edited | None:
    """The text with the edit made; one made earlier is undone first. None when it has no place here."""
    text = undo(text, edit)
    found = _lines(re.escape(edit.find)).search(text)
    if found is None:
        return None
    new = edit.replace.replace(STAMP, stamp)
    return Edited(text[: found.start()] + new + text[found.end() :], text.count("\n", 0, found.start()) + 1, new)


def undo(text: str, edit: EditFile) -> str:
    """The text as it was before the edit; as it is when the edit isn't in it."""
    found = _made(edit).search(text)
    return text[: found.start()] + edit.find + text[found.end() :] if found else text


def _made(edit: EditFile) -> re.Pattern[str]:
    return _lines(re.escape(edit.replace).replace(re.escape(STAMP), _STAMP_PATTERN))


def _lines(pattern: str) -> re.Pattern[str]:
    return re.compile(f"^{pattern}$", re.MULTILINE)
