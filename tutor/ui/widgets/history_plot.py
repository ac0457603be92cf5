"""The grades over time: points and image size of each, the personal best marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.language import Words
from tutor.ui import attempts as recorded
from tutor.ui import plot
from tutor.ui.text import MUTED, fit_left, join, styled, wrapped
from tutor.ui.widgets.board import heading
from tutor.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tutor.progress.store import Attempt

_ROWS = {0: 5, 36: 8, 50: 12}
"""Rows of each plot, by the height of the pane that they stand in: the table below should have room, too."""

_LABEL_CELLS = 4
_NARROWEST, _WIDEST = 5, 9
"""Cells of one grade's column, with the gap beside it: four digits, or a sign and three, stand below it."""

_AXIS = "$foreground 35%"
_PASSED, _NOT_YET, _LIMIT = "$success", "$secondary", "$warning"


class HistoryPlot(Sheet):
    """Two rows of columns, a column a grade, oldest first; where not all fit, the newest."""

    def __init__(self) -> None:
        super().__init__(id="history-plot")
        self._attempts: Sequence[Attempt] = ()
        self._words = Words()
        self._rows = _ROWS[0]

    def fit_to(self, height: int) -> None:
        """Make the columns as high as a pane of this height has room for."""
        rows = max(rows for least, rows in _ROWS.items() if height >= least)
        if rows != self._rows:
            self._rows = rows
            self.redraw()

    def show(self, attempts: Sequence[Attempt], words: Words) -> None:
        self._attempts, self._words = attempts, words
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        words, total = self._words, len(self._attempts)
        rows = [heading(words("ui.history.plot_title"), width), Content()]
        if not total:
            return [*rows, *wrapped(Content(words("ui.history.none")), width)]
        shown, cells = plot.fitting(total, width - _LABEL_CELLS - 2, _NARROWEST, _WIDEST)
        newest = self._attempts[-shown:]
        first, best = total - shown, recorded.best(self._attempts)
        if first:
            rows += [*wrapped(styled(self._which(shown, first, best), MUTED), width), Content()]
        numbers = [f"{i + 1}{'★' if i == best and total > 1 else ''}" for i in range(first, total)]
        rows += [*self._points(newest, numbers, cells, width), Content()]
        return rows + self._sizes(newest, numbers, cells, width)

    def _which(self, shown: int, first: int, best: int | None) -> str:
        """Which of all grades are shown, where not all fit; and which one is the best, where that isn't among them."""
        told = self._words("ui.history.newest", shown=shown, total=len(self._attempts))
        if best is None or best >= first:
            return told
        return f"{told} {self._words('ui.history.best_earlier', number=best + 1, points=self._attempts[best].points)}"

    def _points(self, attempts: Sequence[Attempt], numbers: list[str], cells: int, width: int) -> list[Content]:
        words = self._words
        signs = words("ui.history.signs") + (f"   ★ {words('ui.history.best')}" if "★" in "".join(numbers) else "")
        legend = join((words("ui.history.plot_points"), "bold"), "   ", (signs, MUTED))
        columns = [plot.column(attempt.points, 100, self._rows) for attempt in attempts]
        styles = [_PASSED if attempt.passed else _NOT_YET for attempt in attempts]
        values = [f"{'✓' if attempt.passed else '✗'}{attempt.points}" for attempt in attempts]
        return [*wrapped(legend, width), *_drawn(columns, styles, cells, "100"), *_below(numbers, values, cells)]

    def _sizes(self, attempts: Sequence[Attempt], numbers: list[str], cells: int, width: int) -> list[Content]:
        sizes = [recorded.size_bytes(attempt) for attempt in attempts]
        limit = next((found for each in reversed(attempts) if (found := recorded.size_limit_bytes(each))), None)
        top = max([size or 0 for size in sizes] + [limit or 0])
        legend = styled(self._words("ui.history.plot_size"), "bold")
        if limit:
            legend += join("   ", ("┄", _LIMIT), (f" {self._words('ui.history.limit', limit=megabytes(limit))}", MUTED))
        columns = [plot.column(size or 0, top, self._rows) for size in sizes]
        styles = [_PASSED if limit and (size or 0) <= limit else _NOT_YET for size in sizes]
        values = [megabytes(size) if size else "–" for size in sizes]
        line = plot.row_of(limit, top, self._rows) if limit else None
        return [
            *wrapped(legend, width),
            *_drawn(columns, styles, cells, megabytes(top) if top else "", line),
            *_below(numbers, values, cells),
        ]


def megabytes(size_bytes: int) -> str:
    """A size in MB with three figures, as everywhere else: `4.26`, `23.7`, `736`; four cells up to 9 GB."""
    size = size_bytes / 1_000_000
    return f"{size:.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}"


def _drawn(columns: list[str], styles: list[str], cells: int, top: str, line: int | None = None) -> list[Content]:
    """The columns beside their axis; a dashed line runs through row `line`."""
    rows = []
    for row in range(len(columns[0])):
        gap = "┄" if row == line else " "
        row_content = join(fit_left(styled(top if row == 0 else "", MUTED), _LABEL_CELLS), (" │", _AXIS))
        for column, style in zip(columns, styles, strict=True):
            bar = column[row] if column[row] != " " else gap
            row_content += join((bar * (cells - 1), _LIMIT if bar == "┄" else style), (gap, _LIMIT))
        rows.append(row_content)
    return rows


def _below(numbers: list[str], values: list[str], cells: int) -> list[Content]:
    """The axis with the number of each grade, and its figure below."""
    axis = join(fit_left(styled("0", MUTED), _LABEL_CELLS), (" └", _AXIS))
    for number in numbers:
        axis += join((f"{number:─^{cells - 1}}", "$accent" if "★" in number else MUTED), ("─", _AXIS))
    return [axis, Content(" " * (_LABEL_CELLS + 2) + plot.spread(values, cells))]
