"""The wildcards of COPY and ADD: Go's `filepath.Match`, name by name (a star never crosses a slash)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

Match = Callable[[str], object]

_ITEM = r"(?:\\(.)|([^\\\]-]))"
_RANGE = re.compile(_ITEM + r"(?:-" + _ITEM + r")?", re.DOTALL)


def has_wildcards(pattern: str) -> bool:
    """Whether a `*`, `?` or `[` stands there that no backslash takes the meaning from."""
    return re.search(r"[*?\[]", re.sub(r"\\.", "", pattern, flags=re.DOTALL)) is not None


@lru_cache(maxsize=1024)
def name_matcher(pattern: str) -> Match:
    """The test of one name, without slashes. A pattern that Go refuses matches nothing."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        match char:
            case "*":
                parts.append(".*")
            case "?":
                parts.append(".")
            case "[":
                found = _class(pattern, at)
                if found is None:
                    return lambda _: None
                part, at = found
                parts.append(part)
            case "\\":
                if at == len(pattern):
                    return lambda _: None
                parts.append(re.escape(pattern[at]))
                at += 1
            case _:
                parts.append(re.escape(char))
    return re.compile("".join(parts), re.DOTALL).fullmatch


def _class(pattern: str, at: int) -> tuple[str, int] | None:
    """The class whose `[` stands before `at`, and where the rest begins; None for one that Go refuses."""
    negated = pattern.startswith("^", at)
    at += negated
    inside: list[str] = []
    while not (pattern.startswith("]", at) and inside):
        item = _RANGE.match(pattern, at)
        if item is None:
            return None
        low = item[1] or item[2]
        high = item[3] or item[4] or low
        if low <= high:  # a range that runs backwards holds nothing
            inside.append(f"\\U{ord(low):08x}-\\U{ord(high):08x}")
        else:
            inside.append("")
        at = item.end()
    chars = "".join(inside)
    if not chars:
        return (".", at + 1) if negated else (r"(?!)", at + 1)
    return f"[{'^' * negated}{chars}]", at + 1
