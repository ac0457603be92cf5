"""All grades so far, one key away: a plot over time, and a table."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Stage, in_exercise, until
from tests.ui.test_exercise import plain
from tutor.builds.cells import width_of
from tutor.language import LANGUAGES, Words
from tutor.progress.store import Attempt
from tutor.ui.widgets.history_plot import HistoryPlot, megabytes
from tutor.ui.widgets.tabs import TabRow


def attempt(points: int, size_mb: float | None, layers: int) -> Attempt:
    figures = {
        "builds": {
            "solution": {"size_bytes": round(size_mb * 1_000_000)} if size_mb else None,
            "solution_edited": {"layers_rebuilt": layers} if size_mb else None,
        },
        "checks": [{"id": "size", "figures": {"limit": 0.15, "start_mb": 640.0} if size_mb else {}}],
    }
    return Attempt(points == 100, points, figures, "")


EIGHT = [
    attempt(45, 639, 4),
    attempt(0, None, 0),
    attempt(45, 638, 3),
    attempt(70, 381, 2),
    attempt(75, 19.7, 2),
    attempt(65, 96, 1),
    attempt(100, 27.4, 1),
    attempt(100, 19.7, 1),
]


def plot(attempts: list[Attempt], width: int, language: str = "en") -> list[str]:
    sheet = HistoryPlot()
    sheet.show(attempts, Words(language))
    return [row.plain.rstrip() for row in sheet.draw(width)]


def test_points_and_sizes_are_columns_over_their_numbers_with_the_best_marked() -> None:
    rows = plot(EIGHT, 60)
    assert rows[2] == "Points   ✓ passed   ✗ not yet   ★ best"
    assert rows[3] == " 100 │                                    █████ █████"
    assert rows[8] == "   0 └──1─────2─────3─────4─────5─────6─────7────8★───"
    assert rows[9].split() == ["✗45", "✗0", "✗45", "✗70", "✗75", "✗65", "✓100", "✓100"]
    assert rows[11] == "Image size in MB   ┄ limit 96.0"
    assert rows[16] == "     │█████┄┄┄┄┄┄┄█████┄█████┄▁▁▁▁▁┄▆▆▆▆▆┄▂▂▂▂▂┄▁▁▁▁▁┄"
    assert rows[18].split() == ["639", "–", "638", "381", "19.7", "96.0", "27.4", "19.7"]


def test_sizes_have_three_figures() -> None:
    sizes = (1_980_000, 9_996_000, 23_700_000, 99_960_000, 638_500_000, 1_240_000_000)
    assert [megabytes(size) for size in sizes] == ["1.98", "10.0", "23.7", "100", "638", "1240"]


def test_one_grade_is_not_the_best_of_any() -> None:
    assert "★" not in "".join(plot(EIGHT[:1], 60))


def test_where_not_all_fit_the_newest_do_and_the_best_is_named() -> None:
    rows = plot(EIGHT + EIGHT[:5], 36)
    assert rows[2] == "The newest 6 of 13."
    assert "─8★─" in "".join(rows)
    assert "─7─" not in "".join(rows)
    rows = plot(EIGHT + EIGHT[:6] + EIGHT[:6], 36)
    assert rows[2:4] == ["The newest 6 of 20. The best is", "number 8, with 100 points."]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [24, 36, 60, 100, 190])
@pytest.mark.parametrize("count", [0, 1, 8, 200])
def test_no_row_is_wider_than_there_is_room(language: str, width: int, count: int) -> None:
    assert max(width_of(row) for row in plot((EIGHT * 25)[:count], width, language)) <= width


async def test_the_key_shows_the_grades_in_place_of_the_report(stage: Stage) -> None:
    stage.progress.graded["06-optimise"] = list(EIGHT)
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        sheet = screen.query_one(HistoryPlot)
        assert not sheet.region
        await pilot.press("a")
        await until(pilot, lambda: sheet.region and not screen.query_one("#report").region)
        assert "★ best" in plain(screen, "#all-grades").splitlines()[2]
        await pilot.press("g", "s")
        await until(pilot, lambda: "9" in plot_numbers(screen.query_one(HistoryPlot)) and not screen.grading)
        await until(pilot, lambda: sheet.region)
        await pilot.press("b")
        await until(pilot, lambda: screen.query_one("#stages-scroll").region and not sheet.region)
        await pilot.press("a", "a")
        await until(pilot, lambda: screen.query_one("#card").region)


def plot_numbers(sheet: HistoryPlot) -> list[str]:
    axis = next((row.plain for row in sheet.draw(80) if "└" in row.plain), "")
    return axis.replace("─", " ").split()


async def test_before_any_grade_it_says_how_to_begin_also_on_a_small_terminal(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("a")
        await until(pilot, lambda: screen.query_one(HistoryPlot).region)
        assert screen.query_one(TabRow).at == 4
        assert "Press g for the first one" in plain(screen, "#history-plot")
