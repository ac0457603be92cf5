"""Asks before a grade: how many layers will an edit of the page run again?"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from tutor.language import Words
from tutor.ui.page_prediction import Layers
from tutor.ui.text import MUTED, fit, fit_left, highlighted, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet


class AskPage(Sheet, can_focus=True):
    """The layer steps of the learner's Dockerfile to look at, and one key to answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"say({n})", "ui.key.count", key_display="0–9", show=n == 0) for n in range(10)),
        Binding("s,enter,g", "skip", "ui.key.skip_guess"),
    ]

    class Said(Message):
        """The learner has answered. `layers` is None when they would rather not."""

        def __init__(self, layers: int | None) -> None:
            super().__init__()
            self.layers = layers

    def __init__(self) -> None:
        super().__init__(id="ask-page")
        self._file = ""
        self._layers: Layers | None = None
        self._words = Words()

    def show(self, file: str, layers: Layers | None, words: Words) -> None:
        """Ask about an edit of `file`; `layers` are what may run again, None where that can't be told."""
        self._file, self._layers, self._words = file, layers, words
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        words = self._words
        rows = wrapped(styled(words("ui.ask_page.question", file=self._file), "bold $accent"), width)
        rows += [Content(), *wrapped(styled(words("ui.ask_page.how"), MUTED), width), Content()]
        if self._layers is None:
            return rows
        stage = None
        for step in self._layers.steps:
            if step.stage != stage:
                stage = step.stage
                start = highlighted(f"FROM {self._layers.dockerfile.stages[stage].base}", "dockerfile")
                rows.append(fit(join((f" {step.stage_label} ", "bold"), start), width))
            text = highlighted(" ".join(str(step.instruction).split()), "dockerfile")
            number = fit_left(styled(str(step.instruction.line), MUTED), 5)
            rows.append(fit(join(number, "  ", text), width))
        return [*rows, Content()]

    def action_say(self, layers: int) -> None:
        self.post_message(self.Said(layers))

    def action_skip(self) -> None:
        self.post_message(self.Said(None))
