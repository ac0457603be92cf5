"""Recognise a page as the rendering of a template, and read the values it was filled with."""

from __future__ import annotations

import re

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPACE = re.compile(r"\s+")


def values_shown(template: str, page: str) -> tuple[str, ...] | None:
    """The text at each `{{…}}` of `template` in `page`, or None when the page isn't this template rendered.

    HTML comments and white space don't count: Go's html/template drops comments. Control actions (`{{if}}`,
    `{{range}}`) count as places with any text.
    """
    literals = [_SPACE.sub(" ", _COMMENT.sub("", part)).strip() for part in _ACTION.split(template)]
    wanted = r"\s*(.*?)\s*".join(re.escape(literal).replace(r"\ ", r"\s+") for literal in literals)
    found = re.fullmatch(r"\s*" + wanted + r"\s*", _COMMENT.sub("", page), re.DOTALL)
    return tuple(found.groups()) if found else None
