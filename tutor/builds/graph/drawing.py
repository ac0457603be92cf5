"""A stage graph as rows of text: boxes in the order of the file, lines between them in a gutter on the left.

    ┌ builder ───────────┐
    │ FROM diamol/golang │
  ┌─┤ ✓ built            │
  │ └────────────────────┘
  │ ┌ stage-1 ───────────┐
  │ │ FROM diamol/base   │
  └→│ /server            │
    │ ▶ building 1/4     │
    └────────────────────┘

Each piece of a row names what it is (`Look`); whoever shows it chooses the colours. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tutor.builds.cells import fitted, shortened, width_of
from tutor.builds.graph.lanes import LANE_CELLS, Line, gutter
from tutor.builds.graph.model import Box, StageGraph, StageState, Standing
from tutor.language import Words
from tutor.sanitise import clean_line

BETWEEN = 2
"""Cells between two graphs side by side."""


class Look(StrEnum):
    """What a piece of a drawing is. The states' are named as the states."""

    FRAME = "frame"
    NAME = "name"
    KEYWORD = "keyword"
    TEXT = "text"
    CARRIED = "carried"
    FIGURE = "figure"
    WAITING = "waiting"
    BUILDING = "building"
    CACHED = "cached"
    DONE = "done"
    FAILED = "failed"
    NOT_RUN = "not_run"
    STOPPED = "stopped"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Span:
    text: str
    look: Look


Row = tuple[Span, ...]

SIGNS = {
    StageState.WAITING: "○",
    StageState.BUILDING: "▶",
    StageState.CACHED: "≡",
    StageState.DONE: "✓",
    StageState.FAILED: "✗",
    StageState.NOT_RUN: "·",
    StageState.STOPPED: "■",
    StageState.NOT_NEEDED: "·",
}


def plain(rows: Sequence[Row]) -> str:
    """The drawing without looks."""
    return "\n".join("".join(span.text for span in row) for row in rows)


def draw(graph: StageGraph, standings: Sequence[Standing], words: Words, width: int) -> tuple[Row, ...]:
    """The graph in rows of exactly `width` cells (20 or more)."""
    insides = [_inside(box, standing, words) for box, standing in zip(graph.boxes, standings, strict=True)]
    lines = _lines(graph, insides)
    rows = sum(len(inside) + 2 for inside in insides)
    left = gutter(lines, rows)
    room = width - (len(left[0]) if left else 0) - 2
    leaving = {line.start for line in lines}
    drawn: list[Row] = []
    for box, inside in zip(graph.boxes, insides, strict=True):
        drawn.append(_top(left[len(drawn)], box, room))
        for row in inside:
            edge = "┤" if len(drawn) in leaving else "│"
            drawn.append((Span(left[len(drawn)] + edge, Look.FRAME), *_fit(row, room), Span("│", Look.FRAME)))
        drawn.append((Span(left[len(drawn)] + "└" + "─" * room + "┘", Look.FRAME),))
    return tuple(drawn)


def side_by_side(left: Sequence[Row], right: Sequence[Row], width: int) -> tuple[Row, ...]:
    """Two drawings beside each other in `width` cells; each must have been drawn in `half(width)`."""
    rows = max(len(left), len(right))
    empty = (Span(" " * half(width), Look.FRAME),)
    gap = Span(" " * (width - 2 * half(width)), Look.FRAME)
    return tuple(
        (*(left[i] if i < len(left) else empty), gap, *(right[i] if i < len(right) else empty)) for i in range(rows)
    )


def half(width: int) -> int:
    """The width of each of two drawings side by side."""
    return (width - BETWEEN) // 2


def _inside(box: Box, standing: Standing, words: Words) -> list[Row]:
    """The rows inside a box: its base, what it takes, how it stands."""
    rows: list[Row] = [(Span("FROM ", Look.KEYWORD), Span(_clean(box.base), Look.TEXT))]
    for carry in box.takes:
        origin = () if carry.source is not None else (Span(f"{_clean(carry.source_name)}: ", Look.TEXT),)
        rows.append((*origin, Span(_clean(", ".join(carry.paths)), Look.CARRIED)))
    look = Look(standing.state.value)
    state = Span(f"{SIGNS[standing.state]} {words(f'graph.state.{standing.state}')}", look)
    figures = []
    if standing.state in (StageState.BUILDING, StageState.STOPPED):
        figures.append(f"{standing.finished}/{box.steps}")
    if standing.size_bytes is not None:
        figures.append(words("graph.size", megabytes=f"{standing.size_bytes / 1e6:.1f}"))
    rows.append((state, *(Span(f"  {figure}", Look.FIGURE) for figure in figures)))
    return rows


def _lines(graph: StageGraph, insides: Sequence[Sequence[Row]]) -> list[Line]:
    """A line for each stage that others stand on or take from: from its last row to the rows that name it."""
    tops = [sum(len(inside) + 2 for inside in insides[:i]) for i in range(len(insides))]
    ends: dict[int, list[int]] = {}
    for box in graph.boxes:
        if box.on is not None:
            ends.setdefault(box.on, []).append(tops[box.index] + 1)
        for i, carry in enumerate(box.takes):
            if carry.source is not None:
                ends.setdefault(carry.source, []).append(tops[box.index] + 2 + i)
    return [Line(tops[source] + len(insides[source]), tuple(rows)) for source, rows in sorted(ends.items())]


def _top(left: str, box: Box, room: int) -> Row:
    name = shortened(_clean(box.label), room - LANE_CELLS)
    rule = "─" * (room - width_of(name) - 2)
    return Span(f"{left}┌ ", Look.FRAME), Span(name, Look.NAME), Span(f" {rule}┐", Look.FRAME)


def _fit(row: Row, room: int) -> Row:
    """A row's spans in exactly `room` cells, one cell of air on each side."""
    left = room - 2
    fits: list[Span] = []
    for span in row:
        text = shortened(span.text, left)
        fits.append(Span(text, span.look))
        left -= width_of(text)
    return Span(" ", Look.FRAME), *fits, Span(fitted("", left + 1), Look.FRAME)


def _clean(text: str) -> str:
    return clean_line(text)
