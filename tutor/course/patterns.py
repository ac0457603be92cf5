"""Path patterns of look blocks, matched against an image's files."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tutor.builds.engine import FileEntry
from tutor.course.seen import PatternFound

FILES_SHOWN = 200
"""A pattern shows no more files than this; the others are counted."""


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of absolute paths: `*` is anything within one name, `**` anything at all."""
    return re.compile(re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*"), re.DOTALL)


def find(patterns: tuple[str, ...], files: Iterable[FileEntry]) -> tuple[PatternFound, ...]:
    """What each pattern matches. The files are gone through once."""
    found: dict[str, list[FileEntry]] = {pattern: [] for pattern in patterns}
    more = dict.fromkeys(patterns, 0)
    tests = [(pattern, compiled(pattern)) for pattern in patterns]
    for entry in files:
        for pattern, test in tests:
            if test.fullmatch(entry.path):
                if len(found[pattern]) < FILES_SHOWN:
                    found[pattern].append(entry)
                else:
                    more[pattern] += 1
    return tuple(PatternFound(pattern, tuple(found[pattern]), more[pattern]) for pattern in patterns)
