"""What every bench measures with: medians of interleaved runs, and rows that hold a goal against a figure."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the bench table: the goal is met when `figure` is at most `goal`."""

    name: str
    goal: float
    figure: float
    unit: str
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.figure <= self.goal


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> tuple[float, float]:
    """Medians (seconds) of two things run in turns, so that a noisy moment hits both."""
    mine: list[float] = []
    other: list[float] = []
    for i in range(runs):
        # which of the two goes first alternates: a warm page cache must not favour one
        for work, into in ((ours, mine), (theirs, other)) if i % 2 else ((theirs, other), (ours, mine)):
            into.append(seconds(work))
    return statistics.median(mine), statistics.median(other)
