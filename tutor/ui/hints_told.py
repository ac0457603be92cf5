"""Which hints the learner has been told, and which one comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.grade.hints import ladder_of, rungs
from tutor.grade.report import Check, GradeReport
from tutor.language import Words


@dataclass(frozen=True)
class NextHint:
    """The rung to tell next. `answer`: it is the last one, to be told only when the learner insists."""

    check: Check
    answer: bool


class HintsTold:
    """Remembers by the ladder: the same mistake in a later grade keeps its hints, another one starts anew."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}
        self._declined: set[str] = set()
        """Ladders whose answer the learner did not want: the other checks' hints come first."""

    def counts(self, report: GradeReport) -> dict[str, int]:
        """How many hints were told for each check, by its id."""
        return {check.id: self._told.get(ladder_of(check), 0) for check in report.checks}

    def next(self, report: GradeReport, words: Words) -> NextHint | None:
        """The next rung of the first failed check that has one."""
        left = list(self._left(report, words))
        wanted = [hint for hint in left if ladder_of(hint.check) not in self._declined]
        return next(iter(wanted or left), None)

    def _left(self, report: GradeReport, words: Words) -> Iterator[NextHint]:
        for check in report.checks:
            told, total = self._told.get(ladder_of(check), 0), len(rungs(check, words))
            if told < total:
                yield NextHint(check, answer=told == total - 1)

    def tell(self, check: Check) -> None:
        ladder = ladder_of(check)
        self._told[ladder] = self._told.get(ladder, 0) + 1
        self._declined.clear()

    def decline(self, check: Check) -> None:
        """The answer isn't wanted now."""
        self._declined.add(ladder_of(check))
