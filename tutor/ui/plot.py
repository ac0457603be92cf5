"""Columns of block characters, as high as their figures."""

from __future__ import annotations

from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def column(value: float, top: float, rows: int) -> str:
    """One column, a character a row from the top down; `top` fills all rows, and something above nothing shows."""
    eighths = min(rows * 8, max(0, round(value / top * rows * 8))) if top > 0 else 0
    if value > 0:
        eighths = max(1, eighths)
    return "".join(_EIGHTHS[min(8, max(0, eighths - 8 * row))] for row in reversed(range(rows)))


def row_of(value: float, top: float, rows: int) -> int | None:
    """The row, from the top down, that a line at this height runs through; None where it lies above all."""
    if top <= 0 or not 0 <= value <= top:
        return None
    return min(rows - 1, rows - 1 - int(value / top * rows - 1e-9))


def fitting(count: int, cells: int, narrowest: int, widest: int) -> tuple[int, int]:
    """How many of `count` columns fit into `cells`, and how wide each is."""
    shown = max(1, min(count, cells // narrowest))
    return shown, max(narrowest, min(widest, cells // shown))


def spread(labels: Sequence[str], width: int) -> str:
    """Labels in the middle of their columns, each a cell apart from the next; a longer one keeps its beginning."""
    return "".join(f"{label[: width - 1]:^{width - 1}} " for label in labels)
