"""One pattern of a `.dockerignore` file, compiled to mean what it means to Docker.

Docker (moby/patternmatcher) checks a pattern with the rules of Go's `path/filepath.Match`, then makes a Go regular
expression of it. Character classes and escapes reach that expression untouched, so they mean what they mean there:
`\\d` is a digit, `[^a]` matches a slash too, `[[:digit:]]` works. `tutor.builds.goregex` reads the expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto

from tutor.builds.goregex import BadPattern, compile_go

Match = Callable[[str], bool]
"""Whether a path matches. Bytes that are no UTF-8 stand in paths and patterns as surrogate escapes."""

_SURROGATE = re.compile("[\ud800-\udfff]")

_CLASS_ITEM = r"(?:[^-\]\\\ud800-\udfff]|\\[^\ud800-\udfff])"
_WELL_FORMED = re.compile(rf"(?:[^\[\\]|\\.|\[\^?(?:{_CLASS_ITEM}(?:-{_CLASS_ITEM})?)++\])*+", re.DOTALL)
"""What `filepath.Match` accepts: escapes that escape something, classes that are closed and not empty."""

_CHUNK = re.compile(r"\**((?:\[(?:\\.|[^\]\\])*+\]?|\\.|[^*\[])*+)", re.DOTALL)
"""Stars, and what stands behind them up to the next star outside a class."""

_QUOTED = frozenset(".+()$")
"""What Docker quotes in the expression. It means to quote `|{}` as well but misses them, so `a|b*` is a choice there
and `a{2}*` a repetition; `^` isn't on its list."""

_WILD = {"*": "[^/]*", "?": "[^/]", "[": "[", "]": "]"}


class _Way(Enum):
    """How Docker compares: as strings where it can. Which patterns it takes that way is part of what they mean."""

    EXACT = auto()
    PREFIX = auto()
    SUFFIX = auto()
    EXPRESSION = auto()


def compile_pattern(pattern: str) -> Match:
    """The pattern's match on one whole path, without its parents. Raises BadPattern."""
    if not all(map(_WELL_FORMED.fullmatch, _checked_chunks(pattern))):
        raise BadPattern("a [ has no matching ], a class is empty, or a \\ stands at the end")
    way, expression = _translate(pattern)
    match way:
        case _Way.EXACT:
            return pattern.__eq__
        case _Way.PREFIX:
            prefix = pattern[:-2]
            return lambda path: path.startswith(prefix)
        case _Way.SUFFIX:
            suffix = pattern[2:]
            name = suffix[1:] if suffix.startswith("/") else None
            return lambda path: path.endswith(suffix) or path == name
        case _Way.EXPRESSION:
            found = compile_go(_SURROGATE.sub("\ufffd", expression)).search
            return lambda path: found(path) is not None


def _checked_chunks(pattern: str) -> list[str]:
    """The parts of the pattern that Docker checks, by matching it with `.`: the second only when the first matches."""
    first, *others = _CHUNK.findall(pattern)
    return [first, *others[:1]] if first in (".", "?", r"\.") else [first]


def _translate(pattern: str) -> tuple[_Way, str]:
    """The way to compare, and the Go expression for the way that needs one."""
    way, parts, at = _Way.EXACT, ["^"], 0
    while at < len(pattern):
        char, start, at = pattern[at], at, at + 1
        if char == "*" and pattern.startswith("*", at):
            at += 2 if pattern.startswith("*/", at) else 1
            way, part = _two_stars(way, at_start=start == 0, at_end=at == len(pattern))
        elif char == "\\":
            part, at, way = pattern[start : at + 1], at + 1, _Way.EXPRESSION
        elif char in _WILD:
            part, way = _WILD[char], _Way.EXPRESSION
        else:
            part = "\\" + char if char in _QUOTED else char
        parts.append(part)
    return way, "".join(parts) + "$"


def _two_stars(way: _Way, at_start: bool, at_end: bool) -> tuple[_Way, str]:
    """`**` or `**/`: any number of folders, none included."""
    if at_start:
        return _Way.SUFFIX, "" if at_end else "(.*/)?"
    if at_end and way is _Way.EXACT:
        return _Way.PREFIX, ""
    return _Way.EXPRESSION, ".*" if at_end else "(.*/)?"
