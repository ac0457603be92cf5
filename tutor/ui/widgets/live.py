"""The live panel: what runs, step by step, with its output and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tutor.builds.builder import Builder
from tutor.course.actions import BuildImage
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.build_view import StepView
from tutor.ui.desk import Coming
from tutor.ui.run_view import RunView
from tutor.ui.text import MUTED, highlighted, join, styled, wrapped
from tutor.ui.widgets.log import OutputLog
from tutor.ui.widgets.predict import PredictBoard
from tutor.ui.widgets.results import ResultSheet
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.stages import StageSheet
from tutor.ui.widgets.steps import StepTable, step_name
from tutor.ui.widgets.summary import Pulls, RunHead, RunSummary
from tutor.ui.widgets.times import TimeSheet

if TYPE_CHECKING:
    from tutor.builds.forecast.why import Why


PICTURES = ("", "stages", "times")
"""How builds can be shown: as the table of their steps, as a graph of their stages, as bars over time."""


class LivePanel(Vertical):
    """Shows one run at a time. With nothing to show it tells what would appear here."""

    def __init__(self) -> None:
        super().__init__(id="live", classes="-empty")
        self._view: RunView | None = None
        self._words = Words()
        self._told = ""
        self._picture = PICTURES[0]

    def compose(self) -> ComposeResult:
        yield Static(id="live-empty", markup=False)
        with VerticalScroll(id="predict-scroll", can_focus=False):
            yield PredictBoard()
        yield RunHead()
        yield Pulls()
        yield StepTable()
        with VerticalScroll(id="results"):
            yield ResultSheet()
        yield RunSummary()
        with VerticalScroll(id="stages-scroll"):
            yield StageSheet()
            yield TimeSheet()
        yield StepTitle()
        yield OutputLog()

    @property
    def picture(self) -> str:
        """What builds are shown as instead of the table of their steps: `stages`, `times`, or "" for the table."""
        return self._picture

    @property
    def next_picture(self) -> str:
        return PICTURES[(PICTURES.index(self._picture) + 1) % len(PICTURES)]

    def turn_picture(self) -> None:
        """Show builds as the next picture, after the last one as the table again."""
        self._picture = self.next_picture
        self.set_class(bool(self._picture), "-pictured")
        for name in PICTURES[1:]:
            self.set_class(name == self._picture, f"-{name}")

    @property
    def view(self) -> RunView | None:
        return self._view

    def clear(self, words: Words, told: str) -> None:
        """Show nothing but a sentence about what comes here."""
        self._view, self._words = None, words
        self.set_class(True, "-empty")
        self.set_class(False, "-predict", "-build", "-results", "-output")
        if told != self._told:
            self._told = told
            self.query_one("#live-empty", Static).update(styled(told, MUTED))

    def ask(self, coming: Coming, words: Words) -> None:
        """Ask for a prediction of a coming build."""
        self._view, self._words = None, words
        self.set_class(False, "-empty", "-build", "-results", "-output")  # nothing of an earlier run below the question
        self.set_class(True, "-predict")
        board = self.query_one(PredictBoard)
        board.ask(coming.dockerfile, coming.steps, coming.needed, words)
        board.focus()

    @property
    def asks(self) -> bool:
        """A prediction is being asked for."""
        return self.has_class("-predict")

    def show(self, view: RunView, words: Words, now: float, stopping: bool = False) -> None:
        """Bring the panel up to date with a run; called for each batch of its events."""
        self._view, self._words = view, words
        self.set_class(False, "-empty", "-predict")
        self.set_class(view.build is not None, "-build")
        self.set_class(bool(view.results), "-results")
        self.set_class(bool(view.output.total), "-output")
        self.query_one(RunHead).show(view, words, now, stopping)
        if view.build is not None:
            self.query_one(Pulls).show(view.build, words)
            self.query_one(StepTable).show(view.build, words, now, view.prediction)
            action = view.action
            asked = (action.target, action.build_args) if isinstance(action, BuildImage) else ("", {})
            self.query_one(StageSheet).show(view.build, words, *asked)
            if self._picture == "times":
                self.query_one(TimeSheet).show(view.build, words, now)
            self._limit_table()
        self.query_one(ResultSheet).show(view, words)
        self.query_one(RunSummary).show(view, words)
        self._show_log()

    def on_resize(self, _event: Resize) -> None:
        self._limit_table()

    def _limit_table(self) -> None:
        """The table takes at most what leaves the output room: a little over half of the panel."""
        self.query_one(StepTable).styles.max_height = max(3, self.size.height * 55 // 100)

    def on_step_table_moved(self, event: StepTable.Moved) -> None:
        event.stop()
        self._show_log()

    def _show_log(self) -> None:
        view = self._view
        if view is None:
            return
        output, silent = view.output, ""
        title = self.query_one(StepTitle)
        cursor = self.query_one(StepTable).cursor
        build = view.build
        if build is None:
            title.show_text(self._words("ui.log.title"))
        elif build.started is None or cursor is None or cursor >= len(build.steps):
            output = build.builder_output
            silent = self._words("ui.log.sent", size=figures.size(build.sent_bytes)) if build.sent_bytes else ""
            title.show_text(self._words("ui.log.builder"))
        else:
            step = build.steps[cursor]
            output, silent = step.output, self._words(f"ui.log.silent.{step.state}")
            title.show_step(step, build.started.builder, self._words, view.reasons.get(cursor))
        self.query_one(OutputLog).show(output, self._words, silent)


class StepTitle(Sheet):
    """A rule that names the step whose output stands below, and its whole instruction."""

    def __init__(self) -> None:
        super().__init__(id="log-title")
        self._title = Content()
        self._instruction = ""
        self._because = ""
        self._why = ""

    def show_text(self, text: str) -> None:
        self._show(styled(text, MUTED), "")

    def show_step(self, view: StepView, builder: Builder, words: Words, why: Why | None = None) -> None:
        """`why` is what is known of why it ran."""
        line = words("ui.log.line", line=view.step.instruction.line)
        title = join((step_name(view, builder), "bold"), (f"  {line}", MUTED))
        told = words("forecast.chain.arrow").join(why.chain(words)) if why is not None and why.causes else ""
        if told and why is not None:
            cost = [figures.seconds(why.seconds)] + ([figures.size(why.size_bytes)] if why.size_bytes else [])
            told += f"  {words('ui.why.cost', size=', '.join(cost))}"
        self._show(title, " ".join(str(view.step.instruction).split()), words("ui.why.because"), told)

    def _show(self, title: Content, instruction: str, because: str = "", why: str = "") -> None:
        now = (title, instruction, because, why)
        if not title.is_same(self._title) or now[1:] != (self._instruction, self._because, self._why):
            self._title, self._instruction, self._because, self._why = now
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        rule = join(("── ", "$foreground 25%"), self._title, " ")
        rows = [rule + styled("─" * max(0, width - rule.cell_length), "$foreground 25%")]
        if self._instruction:
            rows += wrapped(highlighted(self._instruction, "dockerfile"), width, "", "    ")
        if self._why:
            mark = styled(f"{self._because} ", "bold $accent")
            rows += wrapped(styled(self._why, "$accent"), width, mark, " " * mark.cell_length)
        return rows
