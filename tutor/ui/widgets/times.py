"""When each step of a build ran: bars over time, so that one sees what ran side by side, and what the cache saved."""

from __future__ import annotations

from textual.content import Content

from tutor.builds.dockerfile import Stage
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.build_view import BuildView, State, StepView
from tutor.ui.text import MUTED, fit, fit_left, highlighted, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.steps import SIGNS

_TIME_CELLS = 8
_BAR_CELLS_AT_LEAST = 12

_RAN = (State.REBUILT, State.FAILED, State.RUNNING)
"""States of steps that take time."""


class TimeSheet(Sheet):
    """The steps of one build on a common scale of time, while it goes on and after."""

    def __init__(self) -> None:
        super().__init__(id="times")
        self._view = BuildView()
        self._words = Words()
        self._now = 0.0
        self._subject: tuple[object, ...] = ()

    def show(self, view: BuildView, words: Words, now: float) -> None:
        subject = (view, view.started, view.ended, words)
        if subject != self._subject or view.ended is None:
            layout = subject != self._subject  # within one build only the bars grow
            self._view, self._words, self._now, self._subject = view, words, now, subject
            self.redraw(layout)

    def draw(self, width: int) -> list[Content]:
        view, words = self._view, self._words
        if view.started is None:
            return wrapped(styled(words("ui.stages.none"), MUTED), width)
        total = max((view.span(step, self._now)[1] for step in view.steps if step.state in _RAN), default=0.0)
        name_cells = max(14, min(44, width * 2 // 5))
        bar_cells = width - name_cells - _TIME_CELLS - 2
        if bar_cells < _BAR_CELLS_AT_LEAST:
            return wrapped(styled(words("times.narrow"), MUTED), width)
        rows: list[Content] = [self._scale(total, name_cells, bar_cells)] if total else []
        for stage in view.started.dockerfile.stages:
            steps = [step for step in view.steps if step.step.stage == stage.index]
            rows.append(_stage_row(stage, width))
            rows += [self._row(step, total, name_cells, bar_cells) for step in steps]
        return [*rows, Content(), *self._told(total, width)]

    def _scale(self, total: float, name_cells: int, bar_cells: int) -> Content:
        """The ends of the scale, above the bars."""
        end = figures.seconds(total)
        ends = fit(Content("0 s"), bar_cells - len(end)) + end
        return join(" " * (name_cells + 1), ends.stylize(MUTED))

    def _row(self, step: StepView, total: float, name_cells: int, bar_cells: int) -> Content:
        sign, style = SIGNS[step.state]
        text = " ".join(str(step.step.instruction).split())
        name = fit(join((f" {sign} ", style), highlighted(text, "dockerfile")), name_cells)
        return join(name, " ", self._bar(step, total, bar_cells), fit_left(self._time(step), _TIME_CELLS))

    def _bar(self, step: StepView, total: float, cells: int) -> Content:
        if step.state not in (*_RAN, State.CACHED):
            return Content(" " * cells)
        style = SIGNS[step.state][1].replace("bold ", "")
        began, ended = self._view.span(step, self._now)
        scale = cells / total if total else 0.0
        first = min(cells - 1, int(began * scale))
        if step.state is State.CACHED:
            return fit(join(" " * first, (SIGNS[State.CACHED][0], style)), cells)
        length = max(1, min(cells, round(ended * scale)) - first)
        mark = "╍" if step.state is State.RUNNING else "━"
        return fit(join(" " * first, (mark * length, style)), cells)

    def _time(self, step: StepView) -> Content:
        if step.state in _RAN:
            began, ended = self._view.span(step, self._now)
            return styled(figures.seconds(ended - began), MUTED)
        return styled(self._words(f"ui.step.{step.state}"), MUTED if step.state is not State.CACHED else "$primary")

    def _told(self, total: float, width: int) -> list[Content]:
        """How much work was done in which time, where steps ran side by side."""
        spans = [self._view.span(step, self._now) for step in self._view.steps if step.state in _RAN]
        work = sum(ended - began for began, ended in spans)
        legend = self._words("times.signs")
        rows = wrapped(styled(legend, MUTED), width)
        if self._view.ended is not None and work > total * 1.1 and work - total > 0.2:
            told = self._words("times.beside", work=figures.seconds(work), total=figures.seconds(total))
            rows = [*wrapped(Content(told), width), *rows]
        return rows


def _stage_row(stage: Stage, width: int) -> Content:
    name = join((f" {stage.label} ", "bold"), highlighted(f"FROM {stage.base}", "dockerfile"), " ")
    return fit(join(name, styled("─" * max(0, width - name.cell_length - 1), "$foreground 25%")), width)
