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
from tutor.ui.text import MUTED, fit, fit_left, join, lines, styled

_COLUMN_CELLS = 35


class HelpScreen(ModalScreen[None]):
    """Any of the usual keys closes it."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,enter,q", "dismiss", "ui.key.close", show=False)
    ]

    def __init__(self, rows: Sequence[tuple[str, str]], words: Words) -> None:
        super().__init__()
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
        right += [Content()] * (len(left) - len(right))
        rows = [join(fit(a, _COLUMN_CELLS), b) for a, b in zip(left, right, strict=True)]
        signs = [Content(), styled(self._words("ui.help.signs_title"), "bold")]
        signs += [Content(self._words(f"ui.help.sign_{name}")) for name in ("run", "step", "engine")]
        return lines([*rows, *signs, Content(), styled(self._words("ui.help.mouse"), MUTED)])

    def _column(self, rows: Sequence[tuple[str, str]]) -> list[Content]:
        width = max((Content(key).cell_length for key, _ in rows), default=0)
        return [join(fit_left(styled(key, "bold $primary"), width), "  ", label) for key, label in rows]
