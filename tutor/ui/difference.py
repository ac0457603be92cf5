"""What has changed between two texts, line by line, with a few lines around each change (as `diff -u` has it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 3
"""Lines shown above and below a change."""


@dataclass(frozen=True)
class Same:
    """A line of both texts. Numbers count from 1."""

    text: str
    before: int
    after: int


@dataclass(frozen=True)
class Removed:
    text: str
    before: int


@dataclass(frozen=True)
class Added:
    text: str
    after: int


@dataclass(frozen=True)
class Skipped:
    """So many lines that both texts have, and that no change is near."""

    count: int


Line = Same | Removed | Added | Skipped


def difference(before: str, after: str) -> tuple[Line, ...]:
    """All changes in their order; empty when the lines are the same. Ends of lines don't count."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    shown = 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND):
        first = group[0][1]
        if first > shown:
            lines.append(Skipped(first - shown))
        for opcode in group:
            lines += _lines(*opcode, old, new)
        shown = group[-1][2]
    if lines and shown < len(old):
        lines.append(Skipped(len(old) - shown))
    return tuple(lines)


def _lines(
    tag: str, start: int, end: int, new_start: int, new_end: int, old: list[str], new: list[str]
) -> Iterator[Line]:
    if tag == "equal":
        for i in range(end - start):
            yield Same(old[start + i], start + i + 1, new_start + i + 1)
        return
    for i in range(start, end):
        yield Removed(old[i], i + 1)
    for i in range(new_start, new_end):
        yield Added(new[i], i + 1)
