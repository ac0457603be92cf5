"""Help: every key of the screen below, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.language import Words
from tutor.ui.text import MUTED, fit, fit_left, join, lines, styled, wrapped

_COLUMN_CELLS = 34
"""Of each of the two columns, in a box of 72 cells."""


class HelpScreen(ModalScreen[None]):
    """Any of the usual keys closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,enter,q", "dismiss", "ui.key.close", show=False)
    ]

    def __init__(self, rows: Sequence[tuple[str, str]], signs: Sequence[str], words: Words) -> None:
        """`rows` are keys and what they do, `signs` names of rows of signs: `ui.help.sign_<name>`."""
        super().__init__()
        self._signs = signs
        self._rows = rows
        self._words = words

    def compose(self) -> ComposeResult:
        with Vertical(id="help"), VerticalScroll():
            yield Static(self._text(), markup=False)

    def on_mount(self) -> None:
        box = self.query_one("#help")
        box.border_title = self._words("ui.help.title")
        box.border_subtitle = self._words("ui.help.close")

    def _text(self) -> Content:
        half = (len(self._rows) + 1) // 2
        left, right = self._column(self._rows[:half]), self._column(self._rows[half:])
        shorter = min((left, right), key=len)
        shorter += [Content()] * (max(len(left), len(right)) - len(shorter))
        rows = [join(fit(a, _COLUMN_CELLS), "  ", b) for a, b in zip(left, right, strict=True)]
        signs = [Content(), styled(self._words("ui.help.signs_title"), "bold")]
        signs += [Content(self._words(f"ui.help.sign_{name}")) for name in self._signs]
        return lines([*rows, *signs, Content(), styled(self._words("ui.help.mouse"), MUTED)])

    def _column(self, rows: Sequence[tuple[str, str]]) -> list[Content]:
        """Keys and what they do; a long label goes on below itself."""
        width = max((Content(key).cell_length for key, _ in rows), default=0)
        return [
            row
            for key, label in rows
            for row in wrapped(
                Content(label),
                _COLUMN_CELLS,
                join(fit_left(styled(key, "bold $primary"), width), "  "),
                " " * (width + 2),
            )
        ]
