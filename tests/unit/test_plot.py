"""Columns of blocks: as high as their figures, whatever the figures are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.progress.store import Attempt
from tutor.ui import attempts, plot


def test_a_column_is_filled_from_below_in_eighths() -> None:
    assert plot.column(100, 100, 2) == "██"
    assert plot.column(50, 100, 2) == " █"
    assert plot.column(75, 100, 2) == "▄█"
    assert plot.column(0, 100, 2) == "  "
    assert plot.column(0.001, 100, 2) == " ▁"
    assert plot.column(5, 0, 2) == " ▁"


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.integers(1, 20))
def test_a_higher_figure_is_never_lower_and_all_stay_in_their_rows(one: float, two: float, rows: int) -> None:
    low, high = sorted((one, two))
    heights = [sum(" ▁▂▃▄▅▆▇█".index(sign) for sign in plot.column(each, high, rows)) for each in (low, high)]
    assert heights[0] <= heights[1] <= rows * 8
    assert len(plot.column(low, high, rows)) == rows


def test_a_line_runs_through_the_row_of_its_height() -> None:
    assert [plot.row_of(value, 100, 5) for value in (0, 10, 20, 21, 100)] == [4, 4, 4, 3, 0]
    assert plot.row_of(101, 100, 5) is None
    assert plot.row_of(0, 0, 5) is None


@given(st.integers(1, 500), st.integers(0, 300))
def test_columns_fit_unless_not_even_one_does(count: int, cells: int) -> None:
    shown, wide = plot.fitting(count, cells, 5, 9)
    assert 1 <= shown <= count
    assert 5 <= wide <= 9
    assert shown * wide <= max(cells, 5)


def attempt(points: int, size: int | None) -> Attempt:
    builds = {"solution": {"size_bytes": size} if size else None}
    return Attempt(points == 100, points, {"builds": builds}, "")


def test_the_best_has_most_points_then_the_smallest_image_then_came_first() -> None:
    assert attempts.best(()) is None
    assert attempts.best((attempt(45, 9), attempt(100, 20), attempt(100, 10), attempt(100, 10), attempt(70, 1))) == 2


def test_figures_that_are_missing_or_odd_are_none() -> None:
    for figures in ({}, {"builds": None, "checks": 3}, {"builds": {"solution": []}, "checks": [None, {"id": "size"}]}):
        odd = Attempt(False, 0, figures, "")
        assert attempts.size_bytes(odd) is None
        assert attempts.layers_rebuilt(odd) is None
        assert attempts.size_limit_bytes(odd) is None
    limit = {"checks": [{"id": "size", "figures": {"limit": 0.15, "start_mb": 640.0}}]}
    assert attempts.size_limit_bytes(Attempt(False, 0, limit, "")) == 96_000_000
