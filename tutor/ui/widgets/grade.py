"""The grade: its probes while it runs, then the card with each check's verdict, sentence and points."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from tutor.grade.hints import rungs
from tutor.grade.report import Check, GradeReport, Verdict
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.grade_view import GradeView, ProbeView
from tutor.ui.page_prediction import Compared
from tutor.ui.text import MUTED, counted, ends, fit, fit_left, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet

VERDICT_SIGNS = {
    Verdict.PASS: ("✓", "$success"),
    Verdict.FAIL: ("✗", "$error"),
    Verdict.NOT_JUDGED: ("–", MUTED),
}
_PROBES = ("build", "baseline", "visit", "look", "html-edit", "code-edit")
"""The probes in the order a grader runs them, shown as what is to come."""

_POINTS_CELLS = 8

PAGE_CHECK = "html-edit"
"""The check that counts what an edit of the page runs again."""


class ProbeList(Sheet):
    """The probes: done, going on, to come."""

    def __init__(self) -> None:
        super().__init__(id="probes")
        self._view = GradeView(0.0)
        self._words = Words()
        self._now = 0.0

    def show(self, view: GradeView, words: Words, now: float) -> None:
        self._view, self._words, self._now = view, words, now
        self.redraw(layout=False)

    def draw(self, width: int) -> list[Content]:
        seen = {probe.probe: probe for probe in self._view.probes}
        names = [*_PROBES, *(name for name in seen if name not in _PROBES)]
        rows = [styled(self._words("ui.grade.running"), "bold"), Content()]
        return rows + [self._row(name, seen.get(name), width) for name in names]

    def _row(self, name: str, probe: ProbeView | None, width: int) -> Content:
        title = self._words(f"grade.probe.{name}")
        if probe is None:
            return fit(join(("○ ", MUTED), (title, MUTED)), width)
        time = figures.seconds((probe.ended if probe.ended is not None else self._now) - probe.began)
        sign = ("✓ ", "$success") if probe.ended is not None else ("▶ ", "bold $accent")
        return ends(join(sign, title), styled(time, MUTED), width)


class GradeCard(Sheet):
    """The verdict on all, then on each check."""

    def __init__(self) -> None:
        super().__init__(id="card")
        self._report: GradeReport | None = None
        self._words = Words()
        self._told: Mapping[str, int] = {}
        self._compared: Compared | None = None

    def show(
        self, report: GradeReport, words: Words, told: Mapping[str, int], compared: Compared | None = None
    ) -> None:
        """`told`: how many hints stand under each check, by its id; `compared`: what came of the prediction."""
        self._report, self._words, self._told, self._compared = report, words, told, compared
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        return self._rows(width)[0]

    def rows_of(self, check_id: str) -> tuple[int, int]:
        """Where a check stands now: its first row, and how many there are."""
        return self._rows(self.content_size.width)[1].get(check_id, (0, 0))

    def _rows(self, width: int) -> tuple[list[Content], dict[str, tuple[int, int]]]:
        """All rows, and where each check's stand."""
        report = self._report
        if report is None:
            return [], {}
        rows, places = [*self._head(report, width), Content()], {}
        for check in report.checks:
            own = self._check(check, width)
            places[check.id] = len(rows), len(own)
            rows += own
        return rows, places

    def _head(self, report: GradeReport, width: int) -> list[Content]:
        possible = sum(check.points_possible for check in report.checks)
        key, style = ("ui.grade.passed", "$success") if report.passed else ("ui.grade.not_passed", "$error")
        sign = "✓" if report.passed else "✗"
        told = styled(f"{sign} {self._words(key)}", f"bold {style}")
        points = styled(self._words("ui.grade.points", points=report.points, possible=possible), "bold")
        filled = round(width * report.points / possible) if possible else 0
        line = join(("━" * filled, style), ("─" * (width - filled), "$foreground 25%"))
        return [ends(told, points, width), line, *self._prediction(width)]

    def _prediction(self, width: int) -> list[Content]:
        """What the learner said beside what was measured."""
        compared, words = self._compared, self._words
        if compared is None:
            return []
        if compared.rerun is None:
            sign, style, told = "–", MUTED, words("ui.ask_page.no_fact", said=compared.said)
        elif compared.right:
            sign, style, told = "=", "$success", counted(words, "ui.ask_page.right", compared.rerun)
        else:
            where = words(f"grade.title.{PAGE_CHECK}")
            told = counted(words, "ui.ask_page.missed", compared.rerun, said=compared.said, check=where)
            sign, style = "≠", "$warning"
        return wrapped(Content(told), width, styled(f"{sign} ", f"bold {style}"), "  ")

    def _check(self, check: Check, width: int) -> list[Content]:
        words = self._words
        sign, style = VERDICT_SIGNS[check.verdict]
        word = words(f"grade.verdict.{check.verdict.replace(' ', '_')}")
        title = join((f"{sign} ", f"bold {style}"), (words(f"grade.title.{check.id}"), "bold"), (f"  {word}", style))
        points = fit_left(Content(f"{check.points} / {check.points_possible}"), _POINTS_CELLS)
        sentence = styled(check.sentence(words), MUTED if check.verdict is Verdict.NOT_JUDGED else "")
        room = max(20, width - _POINTS_CELLS)
        notes = [
            row
            for told in ([note.sentence(words) for note in check.notes] + self._reasons(check))
            for row in wrapped(styled(told, "$foreground 85%"), room, styled("  · ", style), "    ")
        ]
        hints = self._hints(check, room)
        return [ends(title, points, width), *wrapped(sentence, room, "  ", "  "), *notes, *hints, Content()]

    def _reasons(self, check: Check) -> list[str]:
        """Why the layers ran again, or didn't, that the learner saw otherwise. Some a failed check tells by itself."""
        compared, words = self._compared, self._words
        if check.id != PAGE_CHECK or compared is None or compared.rerun is None or compared.right:
            return []
        told = [] if check.notes else [reason.sentence(words) for reason in compared.reasons]
        if compared.said > compared.rerun and compared.cached:
            told.append(counted(words, "ui.ask_page.cached", compared.cached))
        return told

    def _hints(self, check: Check, room: int) -> list[Content]:
        """The rungs told so far, each under its number; the last is the answer."""
        ladder = rungs(check, self._words)
        mark = styled("  ┃ ", "$accent")
        rows: list[Content] = []
        for number, text in enumerate(ladder[: self._told.get(check.id, 0)], 1):
            name = "ui.hint.rung" if number < len(ladder) else "ui.hint.answer"
            label = self._words(name, number=number, total=len(ladder))
            rows += wrapped(join((label, "bold $accent"), "  ", text), room, mark, mark)
        return rows
