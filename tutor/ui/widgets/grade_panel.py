"""The right side of an exercise: what a grade is, a grade going on, or what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region

from tutor.builds.builder import Outcome
from tutor.builds.report import BuildReport
from tutor.language import Words
from tutor.ui.grade_view import GradeView
from tutor.ui.page_prediction import Layers
from tutor.ui.text import MUTED, counted, ends, join, styled, wrapped
from tutor.ui.widgets.ask_page import AskPage
from tutor.ui.widgets.board import Board, heading
from tutor.ui.widgets.grade import GradeCard, ProbeList
from tutor.ui.widgets.history import NEWEST, History
from tutor.ui.widgets.history_plot import HistoryPlot
from tutor.ui.widgets.live import StepTitle
from tutor.ui.widgets.log import OutputLog
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.stages import StagePair
from tutor.ui.widgets.steps import StepTable

if TYPE_CHECKING:
    from tutor.progress.store import Attempt


class GradePanel(Vertical):
    """Shows a `GradeView`, or before the first grade what will be measured."""

    def __init__(self) -> None:
        super().__init__(id="grade")
        self._view: GradeView | None = None
        self._words = Words()

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="ask", can_focus=False):
            yield AskPage()
        yield ProbeList()
        yield StepTable()
        yield StepTitle()
        yield OutputLog()
        with VerticalScroll(id="report", can_focus=True):
            yield Told()
            yield Checks()
            yield GradeCard()
            yield FailedBuild()
            yield Board()
            yield History(NEWEST, id="history")
        with VerticalScroll(id="stages-scroll"):
            yield StagePair()
        with VerticalScroll(id="grades-scroll"):
            yield HistoryPlot()
            yield History(id="all-grades")

    def on_resize(self, event: Resize) -> None:
        self.query_one(HistoryPlot).fit_to(event.size.height)

    @property
    def shows_stages(self) -> bool:
        """The stages of both files are shown instead of the report."""
        return self.has_class("-stages")

    def switch_stages(self) -> None:
        self.toggle_class("-stages")
        self.remove_class("-grades")

    @property
    def shows_grades(self) -> bool:
        """All grades so far are shown instead of the report."""
        return self.has_class("-grades")

    def switch_grades(self) -> None:
        self.toggle_class("-grades")
        self.remove_class("-stages")

    def ask(self, file: str, layers: Layers | None, words: Words) -> None:
        """Ask what an edit of `file` will run again, in place of everything else."""
        self.query_one(AskPage).show(file, layers, words)
        self.add_class("-asking")

    def focus_question(self) -> None:
        self.call_after_refresh(self.query_one(AskPage).focus)  # what isn't on the screen yet takes no focus

    def stop_asking(self) -> None:
        self.remove_class("-asking")

    @property
    def pane(self) -> VerticalScroll:
        """What scrolls now."""
        if self.has_class("-asking"):
            name = "#ask"
        else:
            name = "#stages-scroll" if self.shows_stages else "#grades-scroll" if self.shows_grades else "#report"
        return self.query_one(name, VerticalScroll)

    def clear(self, words: Words, points: Mapping[str, int], attempts: Sequence[Attempt]) -> None:
        """No grade yet: say what is measured, for how many points, and show the earlier ones."""
        self._view, self._words = None, words
        self.set_class(False, "-running", "-stages", "-grades")
        self.query_one(Told).show([(words("ui.grade.empty"), "")])
        self.query_one(Checks).show(points, words)
        self.query_one(GradeCard).display = False
        self.query_one(FailedBuild).display = False
        self.query_one(Board).display = False
        self._show_attempts(attempts)

    def _show_attempts(self, attempts: Sequence[Attempt]) -> None:
        self.query_one(HistoryPlot).show(attempts, self._words)
        for table in self.query(History):
            table.show(attempts, self._words)

    def show(self, view: GradeView, words: Words, now: float, attempts: Sequence[Attempt]) -> None:
        """Bring the panel up to date; called for each batch of a grade's events."""
        self._view, self._words = view, words
        self.set_class(view.ended is None, "-running")
        if view.ended is None:
            self.query_one(ProbeList).show(view, words, now)
            self.query_one(StepTable).show(view.build, words, now)
            self.query_one(StepTable).styles.max_height = max(3, self.size.height * 40 // 100)
            self._show_log()
        else:
            self._show_end(view, attempts)

    def _show_end(self, view: GradeView, attempts: Sequence[Attempt]) -> None:
        words, report = self._words, view.report
        self.query_one(Checks).display = False
        told = self.query_one(Told)
        if view.cancelled:
            told.show([(words("ui.grade.cancelled"), "$warning")])
        elif view.error is not None:
            told.show([(words.told(view.error.message), "$error"), (words.told(view.error.hint), "")])
        else:
            told.show([])
        card, failed, board = self.query_one(GradeCard), self.query_one(FailedBuild), self.query_one(Board)
        card.display = failed.display = board.display = report is not None
        if report is None:
            self.set_class(False, "-stages")  # what happened is told in the report's place
        else:
            self.query_one(StagePair).show(report.start, report.solution, words)
            card.show(report, words, view.hints, view.compared)
            failed.show(report.solution, words)
            board.show(report, words)
        self._show_attempts(attempts)
        self.query_one("#report", VerticalScroll).scroll_home(animate=False)

    def show_hints(self, check_id: str, words: Words) -> None:
        """Show the hints told since the grade ended, and bring this check's into view."""
        view = self._view
        if view is None or view.report is None:
            return
        self.set_class(False, "-stages", "-grades")  # a hint stands in the report
        card = self.query_one(GradeCard)
        card.show(view.report, words, view.hints, view.compared)
        self.call_after_refresh(self._bring_into_view, card, check_id)

    def _bring_into_view(self, card: GradeCard, check_id: str) -> None:
        top, height = card.rows_of(check_id)
        pane = self.query_one("#report", VerticalScroll)
        place = card.virtual_region
        pane.scroll_to_region(Region(place.x, place.y + top, place.width, height), animate=False)

    def on_step_table_moved(self, event: StepTable.Moved) -> None:
        event.stop()
        self._show_log()

    def _show_log(self) -> None:
        view = self._view
        cursor = self.query_one(StepTable).cursor
        if view is None or view.build.started is None or cursor is None or cursor >= len(view.build.steps):
            return
        step = view.build.steps[cursor]
        self.query_one(StepTitle).show_step(step, view.build.started.builder, self._words)
        self.query_one(OutputLog).show(step.output, self._words, self._words(f"ui.log.silent.{step.state}"))


class Told(Sheet):
    """A few sentences."""

    def __init__(self) -> None:
        super().__init__(id="told")
        self._sentences: list[tuple[str, str]] = []

    def show(self, sentences: list[tuple[str, str]]) -> None:
        """Each a sentence and its style."""
        self._sentences = sentences
        self.display = bool(sentences)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for sentence, style in self._sentences:
            for paragraph in sentence.split("\n"):
                rows += wrapped(styled(paragraph, style), width) if paragraph else [Content()]
        return [*rows, Content()]


class Checks(Sheet):
    """The checks that a grade will make, before there is one."""

    def __init__(self) -> None:
        super().__init__(id="checks")
        self._points: Mapping[str, int] = {}
        self._words = Words()

    def show(self, points: Mapping[str, int], words: Words) -> None:
        """`points` by the check's id, in their order."""
        self._points, self._words = points, words
        self.display = True
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        width = min(width, 60)
        rows = [
            ends(
                join(("○  ", MUTED), self._words(f"grade.title.{check}")),
                styled(counted(self._words, "ui.grade.check_points", points), MUTED),
                width,
            )
            for check, points in self._points.items()
        ]
        return [*rows, Content()]


class FailedBuild(Sheet):
    """The last lines of the step that failed, when the solution doesn't build."""

    def __init__(self) -> None:
        super().__init__(id="failed-build")
        self._report: BuildReport | None = None
        self._words = Words()

    def show(self, report: BuildReport | None, words: Words) -> None:
        self._report, self._words = report, words
        self.display = report is not None and any(step.outcome is Outcome.FAILED for step in report.steps)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        failed = [step for step in (self._report.steps if self._report else ()) if step.outcome is Outcome.FAILED]
        if not failed:
            return []
        step = failed[0]
        line = self._words("ui.log.line", line=step.step.instruction.line)
        rows = [heading(f"{step.step.instruction.keyword}  {line}", width)]
        mark = styled("┃ ", "$error")
        for text in step.last_lines[-20:]:
            rows += wrapped(Content(text), width, mark, mark)
        if not step.last_lines:
            rows.append(join(mark, (self._words("ui.log.silent.failed"), MUTED)))
        return [*rows, Content()]
