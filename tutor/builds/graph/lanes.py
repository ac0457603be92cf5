"""The lines that lead from stage to stage, drawn in a gutter beside the boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LANE_CELLS = 2
ARROW = "→"


@dataclass(frozen=True)
class Line:
    """One line from the row it leaves its box at to the rows it enters others at; rows count from the top."""

    start: int
    ends: tuple[int, ...]

    @property
    def last(self) -> int:
        return max(self.ends)


def gutter(lines: Sequence[Line], rows: int) -> list[str]:
    """The gutter's text, one entry a row, all of the same width: two cells for each lane, none for no lines."""
    lanes = _lanes(lines)
    count = max(lanes, default=-1) + 1
    grid = [[" "] * (count * LANE_CELLS) for _ in range(rows)]
    for line, lane in zip(lines, lanes, strict=True):
        for row in range(line.start + 1, line.last):
            grid[row][(count - 1 - lane) * LANE_CELLS] = "│"
    for line, lane in zip(lines, lanes, strict=True):
        column = (count - 1 - lane) * LANE_CELLS
        _across(grid[line.start], column, "┌", "─")
        for row in line.ends:
            _across(grid[row], column, "└" if row == line.last else "├", ARROW)
    return ["".join(row) for row in grid]


def _across(row: list[str], column: int, corner: str, tip: str) -> None:
    """A line from a lane to the box, over the lanes between them."""
    row[column] = corner
    for i in range(column + 1, len(row)):
        row[i] = "┼" if row[i] == "│" else "─"
    row[-1] = tip


def _lanes(lines: Sequence[Line]) -> list[int]:
    """A lane for each line, 0 nearest to the boxes; lines that share rows get different ones, short ones near ones."""
    lanes = [0] * len(lines)
    placed: list[int] = []
    for i in sorted(range(len(lines)), key=lambda i: (lines[i].last - lines[i].start, i)):
        taken = {lanes[j] for j in placed if lines[j].start <= lines[i].last and lines[i].start <= lines[j].last}
        lanes[i] = next(lane for lane in range(len(lines)) if lane not in taken)
        placed.append(i)
    return lanes
