"""The grades so far, the best one marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.language import Words
from tutor.ui import figures
from tutor.ui.text import MUTED, counted, fit, fit_left, join, styled
from tutor.ui.widgets.board import heading
from tutor.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tutor.progress.store import Attempt

_SHOWN = 8


class History(Sheet):
    """The last attempts, newest first: points as a bar, size, layers re-run by an edit of the page."""

    def __init__(self) -> None:
        super().__init__(id="history")
        self._attempts: Sequence[Attempt] = ()
        self._words = Words()

    def show(self, attempts: Sequence[Attempt], words: Words) -> None:
        self._attempts, self._words = attempts, words
        self.display = bool(attempts)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        if not self._attempts:
            return []
        numbered = list(enumerate(self._attempts, 1))
        best = max(numbered, key=lambda each: _merit(each[1]))[0]
        rows = [heading(self._words("ui.history.title"), width), Content()]
        rows += [self._row(number, attempt, number == best, width) for number, attempt in numbered[: -_SHOWN - 1 : -1]]
        return rows

    def _row(self, number: int, attempt: Attempt, best: bool, width: int) -> Content:
        words = self._words
        sign, style = ("✓", "$success") if attempt.passed else ("✗", "$error")
        filled = figures.bar(attempt.points / 100, 10)
        size, layers = _figure(attempt, "solution", "size_bytes"), _figure(attempt, "solution_edited", "layers_rebuilt")
        told = [
            fit_left(styled(f"{number}", MUTED), 4),
            styled(f"  {sign} ", f"bold {style}"),
            fit_left(Content(words("ui.history.points", points=attempt.points)), 6),
            Content(" "),
            fit(styled(filled, style), 10),
            fit_left(Content(figures.size(size) if size else "–"), 10),
            Content("  "),
            Content(counted(words, "ui.history.layers", layers) if layers is not None else ""),
            styled(f"  ★ {words('ui.history.best')}", "$accent") if best and len(self._attempts) > 1 else Content(),
        ]
        return fit(join(*told), width)


def _figure(attempt: Attempt, build: str, name: str) -> int | None:
    """A figure of one of the attempt's builds, None where it came to none."""
    builds = attempt.figures.get("builds")
    found = builds.get(build) if isinstance(builds, Mapping) else None
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if isinstance(value, int) else None


def _merit(attempt: Attempt) -> tuple[int, int]:
    """More points are better, then a smaller image."""
    return attempt.points, -(_figure(attempt, "solution", "size_bytes") or 0)
