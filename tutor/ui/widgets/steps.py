"""The step table of a build: each stage with its FROM, each step with its outcome and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Stage
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.build_view import BuildView, State, StepView
from tutor.ui.prediction import Prediction
from tutor.ui.text import MUTED, fit, fit_left, highlighted, join, styled
from tutor.ui.widgets.lines import LineView

SIGNS: dict[State, tuple[str, str]] = {
    State.WAITING: ("○", MUTED),
    State.RUNNING: ("▶", "bold $accent"),
    State.CACHED: ("≡", "$primary"),
    State.REBUILT: ("✓", "$success"),
    State.FAILED: ("✗", "bold $error"),
    State.NOT_RUN: ("·", MUTED),
}
"""Each state's sign and colour; its word stands beside them."""


@dataclass(frozen=True)
class _StageRow:
    stage: Stage


@dataclass(frozen=True)
class _StepRow:
    index: int


class StepTable(LineView, can_focus=True):
    """Arrows move the cursor; the screen shows the output of the step under it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "ui.key.step", key_display="↑↓"),
        Binding("up,k", "move(-1)", "ui.key.step", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another step; `step` is its index."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    cursor: reactive[int | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__(id="steps")
        self._view = BuildView()
        self._rows: list[_StageRow | _StepRow] = []
        self._words = Words()
        self._now = 0.0
        self._follows = True
        self._prediction: Prediction | None = None
        self._looks: object = None

    def show(self, view: BuildView, words: Words, now: float, prediction: Prediction | None = None) -> None:
        """Show a build; the cursor follows what runs until the learner moves it. What was predicted stands beside."""
        self._prediction = prediction
        if view is not self._view or len(view.steps) != sum(isinstance(row, _StepRow) for row in self._rows):
            self._rows = _rows_of(view)
            self._follows = True
            self.set_reactive(StepTable.cursor, None)
            self.virtual_size = Size(0, len(self._rows))
            self.styles.height = len(self._rows) or 1
        self._view, self._words, self._now = view, words, now
        if self._follows and view.active is not None and view.active != self.cursor:
            self.cursor = view.active
        looks = (view, words, prediction, [(step.state, self._time(step)) for step in view.steps])
        if looks != self._looks:
            self._looks = looks
            self.refresh()

    def row(self, y: int, width: int) -> Content | None:
        if y >= len(self._rows):
            return None
        match self._rows[y]:
            case _StageRow(stage):
                return self._stage_row(stage, width)
            case _StepRow(index):
                return self._step_row(index, width)

    def _stage_row(self, stage: Stage, width: int) -> Content:
        name = join((f" {stage.label} ", "bold"), highlighted(f"FROM {stage.base}", "dockerfile"), " ")
        rule = styled("─" * max(0, width - name.cell_length - 1), "$foreground 25%")
        return fit(join(name, rule), width)

    def _step_row(self, index: int, width: int) -> Content:
        view = self._view.steps[index]
        sign, style = SIGNS[view.state]
        word = self._words(f"ui.step.{view.state}")
        word_width = max(Content(self._words(f"ui.step.{state}")).cell_length for state in State)
        outcome = fit(join((f"{sign} {word}", style)), word_width + 2)
        time = fit_left(styled(self._time(view), MUTED), 8)
        number = fit_left(styled(f"{view.step.number}/{view.step.total}", MUTED), 6)
        text = " ".join(str(view.step.instruction).split())
        instruction = highlighted(text, "dockerfile")
        said = self._said(index, view)
        room = width - 6 - 1 - word_width - 2 - 8 - 2 - said.cell_length
        row = join(number, " ", fit(instruction, room), " ", said, outcome, time, " ")
        if index == self.cursor:
            cursor = "block-cursor" if self.has_focus else "block-cursor-blurred"
            row = row.stylize(f"on ${cursor}-background")
        return row

    def _said(self, index: int, view: StepView) -> Content:
        """Whether a step came out as the learner said; before that is known, what they said."""
        if self._prediction is None or self._prediction.count is not None:
            return Content()
        said = self._prediction.said(index) if view.step.makes_layer else None
        if said is None:
            return Content("  ")
        if view.state not in (State.CACHED, State.REBUILT, State.FAILED):
            return styled(f"{SIGNS[said][0]} ", MUTED)
        right = (view.state is State.CACHED) == (said is State.CACHED)
        return styled("= " if right else "≠ ", "$success" if right else "bold $warning")

    def _time(self, view: StepView) -> str:
        if view.state is State.RUNNING and view.since is not None:
            return figures.seconds(max(0.0, self._now - view.since))
        return figures.seconds(view.seconds) if view.state in (State.REBUILT, State.FAILED) else ""

    def watch_cursor(self, step: int | None) -> None:
        if step is not None:
            row = next((y for y, r in enumerate(self._rows) if r == _StepRow(step)), 0)
            self.scroll_to_region(Region(0, row, 1, 1), animate=False)
            self.post_message(self.Moved(step))

    def action_move(self, by: int) -> None:
        count = len(self._view.steps)
        if count:
            self._follows = False
            self.cursor = max(0, min(count - 1, (self.cursor if self.cursor is not None else -1) + by))

    def on_click(self, event: Click) -> None:
        y = event.y + round(self.scroll_y)
        if y < len(self._rows) and isinstance(row := self._rows[y], _StepRow):
            self._follows = False
            self.cursor = row.index


def _rows_of(view: BuildView) -> list[_StageRow | _StepRow]:
    """Stage headings and steps in the order of the file. Stages without any step have a heading, too."""
    rows: list[_StageRow | _StepRow] = []
    if view.started is None:
        return rows
    for stage in view.started.dockerfile.stages:
        rows.append(_StageRow(stage))
        rows += [_StepRow(i) for i, each in enumerate(view.steps) if each.step.stage == stage.index]
    return rows


def step_name(view: StepView, builder: Builder) -> str:
    """A step as its builder calls it."""
    step = view.step
    place = f"{step.number}/{step.total}"
    return f"[{step.stage_label} {place}]" if builder is Builder.BUILDKIT else place
