"""Hints: a rung at a time for the first check that failed, the answer only for who insists."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, until
from tutor.grade.hints import rungs
from tutor.language import Words
from tutor.ui.screens.confirm import ConfirmScreen
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.tabs import TabRow

SIZE = rungs(next(check for check in sample.report(passed=False).checks if check.id == "size"), Words("en"))


def card(screen: ExerciseScreen) -> str:
    """The card's words, each row's own marks left out."""
    rows = screen.query_one("#card", Sheet).draw(80)
    return " ".join(" ".join(row.plain.replace("┃", " ") for row in rows).split())


def key_labels(screen: ExerciseScreen) -> list[str]:
    return [label for _, label, _ in screen.shown_keys()]


async def graded(pilot: Pilot[int]) -> ExerciseScreen:
    screen = await in_exercise(pilot)
    await pilot.press("g", "s")
    await until(pilot, lambda: not screen.grading and card(screen))
    return screen


async def test_each_press_tells_the_next_rung_below_the_checks_sentence(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await graded(pilot)
        assert "Hint 1" not in card(screen)
        await pilot.press("h")
        await until(pilot, lambda: f"Hint 1 of 3 {SIZE[0]}" in card(screen))
        text = card(screen)
        assert text.index("Image size") < text.index(SIZE[0]) < text.index("4 layers; 1 is enough")
        assert SIZE[1] not in text
        await pilot.press("h")
        await until(pilot, lambda: f"Hint 2 of 3 {SIZE[1]}" in card(screen))
        assert SIZE[2] not in card(screen)


async def test_the_answer_comes_only_when_it_is_really_wanted(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await graded(pilot)
        await pilot.press("h", "h", "h")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: f"Answer {SIZE[2]}" in card(screen))
        await pilot.press("h")
        await until(pilot, lambda: "Hint 1 of 3 Who needs /usr/lib/go/bin/go" in card(screen))


async def test_who_declines_the_answer_gets_the_hints_of_the_other_checks(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await graded(pilot)
        await pilot.press("h", "h", "h")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert "Answer" not in card(screen)
        await pilot.press("h")
        await until(pilot, lambda: "Hint 1 of 3 Who needs /usr/lib/go/bin/go" in card(screen))
        assert SIZE[2] not in card(screen)


async def test_the_same_failure_keeps_its_hints_in_the_next_grade_and_in_korean(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await graded(pilot)
        await pilot.press("h")
        await until(pilot, lambda: SIZE[0] in card(screen))
        await pilot.press("g", "s")
        await until(pilot, lambda: len(stage.progress.attempts("06-optimise")) == 2 and not screen.grading)
        assert SIZE[0] in card(screen)
        await pilot.press("L")
        await until(pilot, lambda: "힌트 1/3" in card(screen))


async def test_there_is_no_hint_before_a_grade_nor_for_one_that_passed(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        assert "Hint" not in key_labels(screen)
        await pilot.press("h")
        screen.editors[0].load_text(sample.SOLUTION)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading and "✓ Passed" in card(screen))
        assert "Hint" not in key_labels(screen)
        screen.editors[0].load_text(sample.START)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading and "✗ Not passed" in card(screen))
        assert "Hint" in key_labels(screen)


async def test_a_hint_is_brought_into_view_also_on_a_small_terminal(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await graded(pilot)
        await pilot.press("1", "h")
        await until(pilot, lambda: screen.query_one(TabRow).at == 4)
        await pilot.press("h", "h", "y")
        await until(pilot, lambda: SIZE[2] in card(screen))
        seen = screen.query_one("#report")
        rows = screen.query_one("#card", Sheet)

        def shown() -> bool:
            answer = next(i for i, row in enumerate(rows.draw(rows.content_size.width)) if "Answer" in row.plain)
            return seen.region.y <= rows.region.y + answer < seen.region.bottom

        await until(pilot, shown)
