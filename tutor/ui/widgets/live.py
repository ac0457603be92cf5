"""The live panel: what runs, step by step, with its output and what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from tutor.language import Words
from tutor.ui.build_view import BuildView, Output
from tutor.ui.run_view import RunView
from tutor.ui.text import MUTED, ends, join, styled
from tutor.ui.widgets.log import OutputLog
from tutor.ui.widgets.results import ResultSheet
from tutor.ui.widgets.steps import StepTable, step_name
from tutor.ui.widgets.summary import Pulls, RunHead, RunSummary


class LivePanel(Vertical):
    """Shows one run at a time. With nothing to show it tells what would appear here."""

    def __init__(self) -> None:
        super().__init__(id="live", classes="-empty")
        self._view: RunView | None = None
        self._words = Words()

    def compose(self) -> ComposeResult:
        yield Static(id="live-empty", markup=False)
        yield RunHead()
        yield Pulls()
        yield StepTable()
        yield Static(id="log-title", markup=False)
        yield OutputLog()
        with VerticalScroll(id="results"):
            yield ResultSheet()
        yield RunSummary()

    @property
    def view(self) -> RunView | None:
        return self._view

    def clear(self, words: Words, told: str) -> None:
        """Show nothing but a sentence about what comes here."""
        self._view, self._words = None, words
        self.set_class(True, "-empty")
        self.query_one("#live-empty", Static).update(styled(told, MUTED))

    def show(self, view: RunView, words: Words, now: float) -> None:
        """Bring the panel up to date with a run; called for each batch of its events."""
        self._view, self._words = view, words
        self.set_class(False, "-empty")
        self.set_class(view.build is not None, "-build")
        self.set_class(bool(view.results), "-results")
        self.query_one(RunHead).show(view, words, now)
        if view.build is not None:
            self.query_one(Pulls).show(view.build, words)
            self.query_one(StepTable).show(view.build, words, now)
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
        output, title = self._shown_output(view)
        self.query_one(OutputLog).show(output, self._words)
        width = self.query_one("#log-title").size.width
        rule = join(("── ", "$foreground 25%"), title, " ")
        rule = rule + styled("─" * max(0, width - rule.cell_length), "$foreground 25%")
        self.query_one("#log-title", Static).update(ends(rule, Content(), width) if width else rule)
        self.query_one(OutputLog).border_subtitle = None

    def _shown_output(self, view: RunView) -> tuple[Output, Content]:
        build = view.build
        if build is None:
            return view.output, styled(self._words("ui.log.title"), MUTED)
        cursor = self.query_one(StepTable).cursor
        if cursor is None or cursor >= len(build.steps) or build.started is None:
            return build.builder_output, styled(self._words("ui.log.builder"), MUTED)
        return self._step_output(build, cursor)

    def _step_output(self, build: BuildView, cursor: int) -> tuple[Output, Content]:
        assert build.started is not None
        step = build.steps[cursor]
        line = self._words("ui.log.line", line=step.step.instruction.line)
        name = join((step_name(step, build.started.builder), "bold"), (f"  {line}", MUTED))
        if not step.output.total:
            name = join(name, (f"  {self._words(f'ui.log.silent.{step.state}')}", MUTED))
        return step.output, name
