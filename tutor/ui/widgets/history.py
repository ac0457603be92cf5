"""The grades so far, the best one marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.language import Words
from tutor.ui import attempts as recorded
from tutor.ui import figures
from tutor.ui.text import MUTED, counted, fit, fit_left, join, styled
from tutor.ui.widgets.board import heading
from tutor.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tutor.progress.store import Attempt

NEWEST = 8


class History(Sheet):
    """Attempts, newest first: points as a bar, size, layers re-run by an edit of the page."""

    def __init__(self, newest: int | None = None, *, id: str) -> None:
        """`newest`: show only so many."""
        super().__init__(id=id)
        self._newest = newest
        self._attempts: Sequence[Attempt] = ()
        self._words = Words()

    def show(self, attempts: Sequence[Attempt], words: Words) -> None:
        self._attempts, self._words = attempts, words
        self.display = bool(attempts)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        if not self._attempts:
            return []
        best = recorded.best(self._attempts)
        rows = [heading(self._words("ui.history.title"), width), Content()]
        numbered = list(enumerate(self._attempts))[::-1]
        rows += [self._row(i + 1, attempt, i == best, width) for i, attempt in numbered[: self._newest]]
        return rows

    def _row(self, number: int, attempt: Attempt, best: bool, width: int) -> Content:
        words = self._words
        sign, style = ("✓", "$success") if attempt.passed else ("✗", "$error")
        filled = figures.bar(attempt.points / 100, 10)
        size, layers = recorded.size_bytes(attempt), recorded.layers_rebuilt(attempt)
        told = [
            fit_left(styled(f"{number}", MUTED), 4),
            styled(f"  {sign} ", f"bold {style}"),
            fit_left(Content(words("ui.history.points", points=attempt.points)), 6),
            Content(" "),
            fit(styled(filled, "$success" if attempt.passed else "$secondary"), 10),
            fit_left(Content(figures.size(size) if size else "–"), 10),
            Content("  "),
            Content(counted(words, "ui.history.layers", layers) if layers is not None else ""),
            styled(f"  ★ {words('ui.history.best')}", "$accent") if best and len(self._attempts) > 1 else Content(),
        ]
        return fit(join(*told), width)
