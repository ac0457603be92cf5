"""Asks before a build: which of its steps will run again?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.steps import Step
from tutor.language import Words
from tutor.ui.build_view import State
from tutor.ui.prediction import Prediction
from tutor.ui.text import MUTED, fit, fit_left, highlighted, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.steps import SIGNS


class PredictBoard(Sheet, can_focus=True):
    """The layer steps of the coming build, each marked `cached` or `built`. All are `cached` until the learner says
    otherwise."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "build", "ui.key.build"),
        Binding("space,x", "change", "ui.key.toggle"),
        Binding("down,j", "move(1)", "ui.key.step", key_display="↑↓"),
        Binding("up,k", "move(-1)", "ui.key.step", show=False),
        Binding("s", "skip", "ui.key.skip"),
        *(Binding(str(n), f"count({n})", "ui.key.count", show=False) for n in range(10)),
    ]

    class Said(Message):
        """The learner is ready to build. `prediction` is None when they said nothing."""

        def __init__(self, prediction: Prediction | None) -> None:
            super().__init__()
            self.prediction = prediction

    def __init__(self) -> None:
        super().__init__(id="predict")
        self._dockerfile: Dockerfile | None = None
        self._steps: list[tuple[int, Step]] = []
        self._reruns: set[int] = set()
        self._count: int | None = None
        self._at = 0
        self._words = Words()
        self._row_of: dict[int, int] = {}

    def ask(self, dockerfile: Dockerfile, steps: Sequence[Step], needed: frozenset[int], words: Words) -> None:
        """`needed` are the stages that will be built; indexes are those of `steps`."""
        self._dockerfile, self._words = dockerfile, words
        self._steps = [(i, step) for i, step in enumerate(steps) if step.makes_layer and step.stage in needed]
        self._reruns, self._count, self._at = set(), None, 0
        self.redraw()

    def relabel(self, words: Words) -> None:
        self._words = words
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        words = self._words
        rows = wrapped(styled(words("ui.predict.question"), "bold $accent"), width)
        rows += [*wrapped(styled(words("ui.predict.how"), MUTED), width), Content()]
        self._row_of = {}
        stage = None
        for place, (index, step) in enumerate(self._steps):
            if step.stage != stage and self._dockerfile is not None:
                stage = step.stage
                base = self._dockerfile.stages[stage].base
                rows.append(
                    fit(join((f" {step.stage_label} ", "bold"), highlighted(f"FROM {base}", "dockerfile")), width)
                )
            self._row_of[len(rows)] = place
            rows.append(self._row(place, index, step, width))
        return [*rows, Content(), *wrapped(self._sum(), width)]

    def _row(self, place: int, index: int, step: Step, width: int) -> Content:
        state = State.REBUILT if index in self._reruns else State.CACHED
        sign, style = SIGNS[state]
        word_width = max(Content(self._words(f"ui.step.{s}")).cell_length for s in (State.CACHED, State.REBUILT))
        said = fit(styled(f"{sign} {self._words(f'ui.step.{state}')}", style), word_width + 2)
        if self._count is not None:
            said = fit(styled("?", MUTED), word_width + 2)
        number = fit_left(styled(str(step.instruction.line), MUTED), 5)
        text = highlighted(" ".join(str(step.instruction).split()), "dockerfile")
        row = join(number, "  ", fit(text, width - word_width - 11), "  ", said)
        return row.stylize("on $block-cursor-background" if self.has_focus else "") if place == self._at else row

    def _sum(self) -> Content:
        words = self._words
        if self._count is not None:
            return Content(words("ui.predict.count", count=self._count))
        return Content(words("ui.predict.sum", count=len(self._reruns), total=len(self._steps)))

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    def action_move(self, by: int) -> None:
        self._count = None
        self._at = max(0, min(self._at + by, len(self._steps) - 1))
        self.redraw()

    def action_change(self) -> None:
        if self._steps:
            self._count = None
            self._reruns ^= {self._steps[self._at][0]}
            self.redraw()

    def action_count(self, number: int) -> None:
        self._count = number
        self.redraw()

    def action_build(self) -> None:
        self.post_message(self.Said(Prediction(frozenset(self._reruns), self._count)))

    def action_skip(self) -> None:
        self.post_message(self.Said(None))

    def on_click(self, event: Click) -> None:
        place = self._row_of.get(event.y)
        if place is not None:
            self._at = place
            self.action_change()
