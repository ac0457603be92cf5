"""A question before something that can't be taken back easily."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.language import Words
from tutor.ui.text import join, lines, styled


class ConfirmScreen(ModalScreen[bool]):
    """Gives True for `y` or Enter, False for `n` or Esc."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "ui.key.yes", show=False),
        Binding("n,escape,q", "answer(False)", "ui.key.no", show=False),
    ]

    def __init__(self, question: str, explained: str, words: Words) -> None:
        super().__init__()
        self._question = question
        self._explained = explained
        self._words = words

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm"):
            yield Static(self._text(), markup=False)

    def _text(self) -> Content:
        yes = join(("y", "bold $primary"), f" {self._words('ui.key.yes')}")
        no = join(("n", "bold $primary"), f" {self._words('ui.key.no')}")
        return lines([styled(self._question, "bold"), Content(self._explained), Content(), join(yes, "     ", no)])

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
