"""Hints for a check that failed: a ladder from a question to the answer, told one rung at a time when asked for."""

from __future__ import annotations

from tutor.grade.report import Check, Verdict
from tutor.language import Words


def rungs(check: Check, words: Words) -> tuple[str, ...]:
    """The hints for a check, the answer last; () for a check that passed or couldn't be judged.

    The texts are `grade.hint.<check>.<reason>.<number>`; of a page edit that re-ran too much, `<reason>` is the kind of
    mistake that was measured. What was measured fills them in.
    """
    if check.verdict is not Verdict.FAIL:
        return ()
    ladder = f"grade.hint.{ladder_of(check)}"
    found: list[str] = []
    while (key := f"{ladder}.{len(found) + 1}") in words:
        found.append(words(key, **check.figures))
    return tuple(found)


def ladder_of(check: Check) -> str:
    """What a check's ladder is known by: the same mistake, measured again, has the same ladder."""
    return f"{check.id}.{check.figures.get('pattern', check.reason)}"
