"""Go's regular expressions read with Python's `re`, as far as `.dockerignore` patterns can spell them.

Source: the syntax page of Go's `regexp/syntax`, flags as `regexp.Compile` sets them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tutor.phrase import Phrase

Range = tuple[int, int]

_LAST_CODE = 0x10FFFF


class BadPattern(ValueError):
    """A pattern that Docker refuses; `reason` says what is wrong with it."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = Phrase(reason, **values)
        super().__init__(self.reason)


def _ranges(ends: str) -> tuple[Range, ...]:
    return tuple((ord(low), ord(high)) for low, high in zip(ends[::2], ends[1::2], strict=True))


_PERL = {"d": _ranges("09"), "s": _ranges("\t\n\f\r  "), "w": _ranges("09AZ__az")}
_POSIX = {
    "alnum": _ranges("09AZaz"),
    "alpha": _ranges("AZaz"),
    "ascii": _ranges("\x00\x7f"),
    "blank": _ranges("\t\t  "),
    "cntrl": _ranges("\x00\x1f\x7f\x7f"),
    "digit": _ranges("09"),
    "graph": _ranges("!~"),
    "lower": _ranges("az"),
    "print": _ranges(" ~"),
    "punct": _ranges("!/:@[`{~"),
    "space": _ranges("\t\r  "),
    "upper": _ranges("AZ"),
    "word": _ranges("09AZ__az"),
    "xdigit": _ranges("09AFaf"),
}
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_ANCHORS = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?a:\B)"}
_PASSED_ON = frozenset("(.*)?|")
"""Operators that mean the same here."""

_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")
_MOST_REPEATS = 1000

_NO_UTF8 = "\ufffd"
"""To Go, a byte that is no UTF-8 is this character, in a path and in a pattern; here it is a surrogate escape."""


def compile_go(expression: str) -> re.Pattern[str]:
    """The expression for use with `search`. Raises BadPattern where Go reports an error."""
    parts: list[str] = []
    at = 0
    while at < len(expression):
        if found := _REPEAT.match(expression, at):
            _check_repeat(found, parts)
            parts[-1] = f"(?:{parts[-1]})"
            parts.append(found[0])
            at = found.end()
        elif expression.startswith(r"\Q", at):
            quoted, _, _ = expression[at + 2 :].partition(r"\E")
            parts += map(_literal, quoted)
            at += len(quoted) + 4
        else:
            part, at = _part(expression, at)
            parts.append(part)
    return re.compile("".join(parts))


def _check_repeat(found: re.Match[str], parts: list[str]) -> None:
    fewest, most = int(found[1]), int(found[3] or found[1])
    if not parts or parts[-1] == "|":
        raise BadPattern("{repeat} has nothing to repeat", repeat=found[0])
    if parts[-1] in ("*", "?") or _REPEAT.fullmatch(parts[-1]):
        raise BadPattern("{repeat} repeats a repetition", repeat=found[0])
    if fewest > most or most > _MOST_REPEATS:
        raise BadPattern("{repeat} is no range that Docker can repeat", repeat=found[0])


def _part(expression: str, at: int) -> tuple[str, int]:
    match expression[at]:
        case "\\":
            return _escape(expression, at + 1)
        case "[":
            ranges, at = _char_class(expression, at + 1)
            return _class_of(ranges), at
        case "^":
            return r"\A", at + 1
        case "$":
            return r"\Z", at + 1
        case char if char in _PASSED_ON:
            return char, at + 1
        case char:
            return _literal(char), at + 1


def _literal(char: str) -> str:
    return f"[{_NO_UTF8}\udc80-\udcff]" if char == _NO_UTF8 else re.escape(char)


def _class_of(ranges: Iterable[Range]) -> str:
    inside = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return f"[{inside}]" if inside else r"(?!)"


def _escape(expression: str, at: int) -> tuple[str, int]:
    """What stands behind a backslash, outside a class."""
    char = expression[at : at + 1]
    if char in _ANCHORS:
        return _ANCHORS[char], at + 1
    if (ranges := _perl_class(char)) is not None:
        return _class_of(ranges), at + 1
    code, at = _escaped_code(expression, at)
    return _literal(chr(code)), at


def _perl_class(char: str) -> tuple[Range, ...] | None:
    if char in _PERL:
        return _PERL[char]
    return _all_but(_PERL[char.lower()]) if char.lower() in _PERL else None


def _escaped_code(expression: str, at: int) -> tuple[int, int]:
    """The character that an escape stands for, and where the rest begins."""
    char = expression[at : at + 1]
    if char in _CONTROLS:
        return _CONTROLS[char], at + 1
    if char == "x" and (found := re.compile("[0-9A-Fa-f]{2}").match(expression, at + 1)):
        return int(found[0], 16), found.end()
    # one digit that isn't 0 would be a back reference, which Go hasn't
    if found := re.compile("0[0-7]{0,2}|[1-7][0-7]{1,2}").match(expression, at):
        return int(found[0], 8), found.end()
    if char.isascii() and not char.isalnum() and char:
        return ord(char), at + 1
    raise BadPattern("\\{char} is no escape that Docker knows; paths are written with /, on Windows too", char=char)


def _char_class(expression: str, at: int) -> tuple[tuple[Range, ...], int]:
    """The class whose `[` stands before `at`: its ranges, and where the rest begins."""
    negated = expression.startswith("^", at)
    at += negated
    ranges: list[Range] = []
    first = at
    while at == first or not expression.startswith("]", at):
        if at >= len(expression):
            raise BadPattern("a [ has no matching ]")
        found, at = _class_item(expression, at)
        ranges += found
    return (_all_but(ranges) if negated else tuple(ranges)), at + 1


def _class_item(expression: str, at: int) -> tuple[tuple[Range, ...], int]:
    if expression.startswith("[:", at) and (end := expression.find(":]", at + 2)) >= 0:
        name = expression[at + 2 : end]
        if name.removeprefix("^") not in _POSIX:
            raise BadPattern("[:{name}:] is no class of characters", name=name)
        ranges = _POSIX[name.removeprefix("^")]
        return (_all_but(ranges) if name.startswith("^") else ranges), end + 2
    if expression.startswith("\\", at) and (perl := _perl_class(expression[at + 1 : at + 2])) is not None:
        return perl, at + 2
    low, at = _class_char(expression, at)
    if expression[at : at + 1] != "-" or expression[at + 1 : at + 2] in ("]", ""):
        return ((low, low),), at
    high, at = _class_char(expression, at + 1)
    if high < low:
        raise BadPattern("the range {first}-{last} runs backwards", first=chr(low), last=chr(high))
    return ((low, high),), at


def _class_char(expression: str, at: int) -> tuple[int, int]:
    if expression.startswith("\\", at):
        return _escaped_code(expression, at + 1)
    return ord(expression[at]), at + 1


def _all_but(ranges: Iterable[Range]) -> tuple[Range, ...]:
    others: list[Range] = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            others.append((start, low - 1))
        start = max(start, high + 1)
    if start <= _LAST_CODE:
        others.append((start, _LAST_CODE))
    return tuple(others)
