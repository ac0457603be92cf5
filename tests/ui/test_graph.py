"""The stage graph in the app: beside a lesson while it builds, and of two Dockerfiles after a grade."""

from __future__ import annotations

import pytest

from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, in_lesson, run_all, until
from tests.ui.test_lesson import plain
from tutor.builds.cells import width_of
from tutor.language import Words
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.log import OutputLog
from tutor.ui.widgets.stages import StagePair, StageSheet
from tutor.ui.widgets.steps import StepTable
from tutor.ui.widgets.times import TimeSheet

BUILT = """\
  ┌ build-stage ─────────────────────────┐
  │ FROM diamol/base                     │
┌─┤ ≡ from the cache                     │
│ └──────────────────────────────────────┘
│ ┌ test-stage ──────────────────────────┐
│ │ FROM diamol/base                     │
└→│ /build.txt                           │
┌─┤ ✓ built                              │
│ └──────────────────────────────────────┘
│ ┌ stage-2 ─────────────────────────────┐
│ │ FROM diamol/base                     │
└→│ /build.txt                           │
  │ ✓ built  14.6 MB                     │
  └──────────────────────────────────────┘"""

BESIDE = """\
── start ───────────────────────────────  ── yours ───────────────────────────────
┌ stage-0 ─────────────────────────────┐    ┌ builder ───────────────────────────┐
│ FROM diamol/golang                   │    │ FROM diamol/golang                 │
│ ✓ built  736.2 MB                    │  ┌─┤ ≡ from the cache                   │
└──────────────────────────────────────┘  │ └────────────────────────────────────┘
                                          │ ┌ stage-1 ───────────────────────────┐
                                          │ │ FROM diamol/base                   │
                                          └→│ /server                            │
                                            │ ≡ from the cache  23.7 MB          │
                                            └────────────────────────────────────┘"""


async def test_a_key_switches_between_steps_and_stages(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        sheet = screen.query_one(StageSheet)
        assert not sheet.region
        assert ("b", "Stages") in [key[:2] for key in screen.shown_keys()]
        await pilot.press("b")
        await until(pilot, lambda: sheet.region)
        assert plain(sheet, 42) == BUILT
        assert not screen.query_one(StepTable).region
        assert not screen.query_one(OutputLog).region
        assert ("b", "Times") in [key[:2] for key in screen.shown_keys()]
        await pilot.press("b")
        await until(pilot, lambda: screen.query_one(TimeSheet).region)
        assert not sheet.region
        assert ("b", "Steps") in [key[:2] for key in screen.shown_keys()]
        await pilot.press("b")
        await until(pilot, lambda: screen.query_one(StepTable).region)
        assert not sheet.region


async def test_the_stages_are_live_and_stay_chosen_on_other_pages(stage: Stage) -> None:
    stage.engine.hold.clear()
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot)
        await pilot.press("b", "n", "enter")
        sheet = screen.query_one(StageSheet)
        await until(pilot, lambda: "▶ building" in plain(sheet) or "✓ built" in plain(sheet))
        assert screen.desk.running is not None
        assert "MB" not in plain(sheet)
        stage.engine.hold.set()
        await until(pilot, lambda: screen.desk.running is None and "14.6 MB" in plain(sheet))
        await pilot.press("n", "p")
        await until(pilot, lambda: sheet.region)


async def test_a_failed_stage_says_so(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="failing-stage")
        await run_all(pilot, screen)
        await run_all(pilot, screen)
        await pilot.press("b")
        assert "✗ failed" in plain(screen.query_one(StageSheet))


async def test_where_nothing_was_built_a_sentence_says_so(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot)
        assert "b" not in [key[0] for key in screen.shown_keys()]
        await pilot.press("b")
        told = screen.query_one("#live-empty").render()
        assert "Nothing has been built here yet" in str(told)
        await pilot.press("b", "b")
        assert "Nothing has been built" not in str(screen.query_one("#live-empty").render())


async def test_a_small_terminal_opens_the_live_panel_with_the_stages(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        await pilot.press("v")
        assert not screen.has_class("-live")
        await pilot.press("b")
        sheet = screen.query_one(StageSheet)
        await until(pilot, lambda: sheet.region)
        await pilot.press("v", "b")
        await until(pilot, lambda: sheet.region)
        assert screen.query_one(LivePanel).picture == "stages"


async def test_a_panel_too_narrow_for_boxes_says_so(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        told = " ".join(plain(screen.query_one(StageSheet), 27).split())
        assert told == Words("en")("ui.stages.narrow")


async def test_a_grade_shows_both_dockerfiles_beside_each_other(stage: Stage) -> None:
    async with stage.app().run_test(size=(160, 50)) as pilot:
        screen = await in_exercise(pilot)
        assert "b" not in [key[0] for key in screen.shown_keys()]
        screen.editors[0].load_text(sample.SOLUTION)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading and stage.progress.attempts("06-optimise"))
        await pilot.press("b")
        pair = screen.query_one(StagePair)
        await until(pilot, lambda: pair.region)
        assert plain(pair, 82) == BESIDE
        assert "── yours" in plain(pair, pair.content_size.width).splitlines()[0]
        assert not screen.query_one("#card").region
        await pilot.press("b")
        await until(pilot, lambda: screen.query_one("#card").region)


@pytest.mark.parametrize(("width", "stacked"), [(25, True), (53, True), (54, False)])
def test_without_room_beside_the_two_stand_below_each_other(width: int, stacked: bool) -> None:
    pair, report = StagePair(), sample.report(passed=True)
    pair.show(report.start, report.solution, Words("ko"))
    rows = plain(pair, width).splitlines()
    at = [i for i, row in enumerate(rows) for title in ("처음", "내 것") if f"── {title} " in row]
    assert (at[0] < at[1]) is stacked
    assert max(width_of(row) for row in rows) <= width
    assert ("스테이지를 그리기에" in "".join(rows)) is (width == 25)


async def test_in_a_small_terminal_the_graphs_are_in_the_grades_tab(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading and screen.query_one("#card").region)
        await pilot.press("1", "b")
        pair = screen.query_one(StagePair)
        await until(pilot, lambda: pair.region)
        await pilot.press("1", "b")
        await until(pilot, lambda: pair.region)
