"""What a grade comes to. The same report feeds the grade card, `grade --json` and the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.builds.engine import EngineFacts
from tutor.builds.report import BuildReport, StepReport
from tutor.language import Words

Figure = int | float | str | bool


class Verdict(StrEnum):
    """A check's outcome. NOT_JUDGED: an earlier check failed, so there was nothing to measure."""

    PASS = "pass"
    FAIL = "fail"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Note:
    """A line that goes on after a check's sentence: `grade.note.<key>` in the words, filled in by `figures`."""

    key: str
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def sentence(self, words: Words) -> str:
        return words(f"grade.note.{self.key}", **self.figures)


@dataclass(frozen=True)
class Check:
    """One check's verdict. `reason` names the sentence (`grade.<id>.<reason>` in the words), `figures` fill it in.

    Of the figures, what is a Phrase is told in the language of the words.

    `notes` tell more, each a sentence of its own: which steps ran again and why.
    """

    id: str
    verdict: Verdict
    reason: str
    points: int
    points_possible: int
    figures: Mapping[str, Figure] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def sentence(self, words: Words) -> str:
        return words(f"grade.{self.id}.{self.reason}", **self.figures)


@dataclass(frozen=True)
class GradeReport:
    """A solution's grade. The builds are None when they never came to be; `base_images` are names and ids.

    `start` and `solution` are the first builds of each, `start_edited` and `solution_edited` those after the
    same edit of index.html. `page_reran` are the layer steps that this edit re-ran in the solution, beyond those of a
    rebuild without any edit.
    """

    exercise: str
    engine: EngineFacts
    checks: tuple[Check, ...]
    start: BuildReport | None = None
    solution: BuildReport | None = None
    start_edited: BuildReport | None = None
    solution_edited: BuildReport | None = None
    base_images: Mapping[str, str] = field(default_factory=dict)
    page_reran: tuple[StepReport, ...] = ()

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.verdict is Verdict.PASS for check in self.checks)

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks)

    @property
    def points_possible(self) -> int:
        return sum(check.points_possible for check in self.checks)
