"""Recognise a page as the rendering of a Go template, and read the values it was filled with."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_KEYWORD = re.compile(r"-?\s*(\w+)?")
_OPENS = frozenset({"if", "range", "with", "block", "define"})
_CLOSES = "end"


@dataclass(frozen=True)
class Shown:
    """One `{{action}}` of a template and the text the page has in its place."""

    action: str
    value: str


def values_shown(template: str, page: str) -> tuple[Shown, ...] | None:
    """The text at each action of `template` in `page`, or None when the page isn't this template rendered.

    HTML comments and white space don't count: Go's html/template drops comments. What stands between `{{if}}` (or
    `{{range}}`, `{{with}}`) and its `{{end}}` may be any text. Takes time in proportion to the page's length.
    """
    text = _plain(page)
    places: list[str] = []
    values: list[str] = []
    literals = list(_literals(template, places))
    start = 0
    for number, literal in enumerate(literals):
        at = _place(text, literal, start, first=number == 0, last=number == len(literals) - 1)
        if at < start:
            return None
        if number > 0:
            values.append(html.unescape(text[start:at].strip()))
        start = at + len(literal)
    return tuple(Shown(action, value) for action, value in zip(places, values, strict=True))


def _place(text: str, literal: str, start: int, first: bool, last: bool) -> int:
    """Where the literal stands: the first one begins the page, the last one ends it, any other comes where it can."""
    if first and (not text.startswith(literal) or (last and text != literal)):
        return -1
    if first:
        return 0
    if last:
        return len(text) - len(literal) if text.endswith(literal) else -1
    return text.find(literal, start)


def _literals(template: str, places: list[str]) -> Iterator[str]:
    """The plain text before, between and after the template's outermost actions, which are added to `places`."""
    template = _COMMENT.sub("", template)
    start = depth = 0
    for found in _ACTION.finditer(template):
        keyword = _KEYWORD.match(found[1])
        word = keyword[1] if keyword else None
        if depth == 0:
            yield _plain(template[start : found.start()])
            places.append(found[1].strip("- \t\r\n"))
        depth = depth + 1 if word in _OPENS else max(0, depth - 1) if word == _CLOSES else depth
        start = found.end()
    if depth == 0:
        yield _plain(template[start:])
    else:  # a block that never ends: nothing can be said of what follows it
        yield ""


def _plain(text: str) -> str:
    """Without comments, each run of white space as one space, none at the ends."""
    return " ".join(_COMMENT.sub("", text).split())
