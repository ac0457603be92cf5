"""Before a grade: how many layers will an edit of the page run again? One key answers, one skips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, until
from tests.ui.test_exercise import dockerfile, plain
from tutor.builds.engine import Engine
from tutor.course.exercise import Exercise
from tutor.grade.events import Listener
from tutor.grade.report import GradeReport
from tutor.grade.stop import Stop
from tutor.ui.screens.chapter import ChapterScreen
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.widgets.ask_page import AskPage
from tutor.ui.widgets.tabs import TabRow


async def asked(pilot: Pilot[int]) -> ExerciseScreen:
    """Press the key for a grade, and wait for the question."""
    screen = pilot.app.screen if isinstance(pilot.app.screen, ExerciseScreen) else await in_exercise(pilot)
    await pilot.press("g")
    await until(pilot, lambda: screen.query_one(AskPage).has_focus)
    return screen


def card(screen: ExerciseScreen, width: int = 200) -> list[str]:
    return [row.rstrip() for row in plain(screen, "#card", width).splitlines()]


async def graded(pilot: Pilot[int], screen: ExerciseScreen, attempts: int, stage: Stage) -> None:
    await until(pilot, lambda: len(stage.progress.attempts("06-optimise")) == attempts and not screen.grading)
    await pilot.pause()


async def test_a_right_number_is_told_beside_the_fact_and_kept(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await asked(pilot)
        assert stage.progress.attempts("06-optimise") == ()
        await pilot.press("4")
        await graded(pilot, screen, 1, stage)
        assert card(screen)[2] == "= You predicted it: 4 layers ran again after the edit."
        await until(pilot, lambda: stage.progress.predictions == [("06-optimise", "grade", 1, 1)])
        assert not screen.query_one(AskPage).region


async def test_a_miss_is_told_with_why_each_layer_ran_and_the_others_did_not(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        screen.editors[0].load_text(sample.SOLUTION)
        await asked(pilot)
        await pilot.press("3")
        await graded(pilot, screen, 1, stage)
        rows = card(screen)
        said = "You said 3; 1 layer ran again after the edit. Why is told under “Edit of the page”."
        assert rows[2] == f"≠ {said}"
        at = next(i for i, row in enumerate(rows) if row.startswith("✓ Edit of the page"))
        assert rows[at + 2 : at + 4] == [
            "  · Line 9, “COPY index.html .”: it reads index.html.",
            "  · The other 4 layers came from the cache: nothing that they read had changed.",
        ]
        await until(pilot, lambda: stage.progress.predictions == [("06-optimise", "grade", 0, 1)])
        await pilot.press("L")
        await until(pilot, lambda: "≠ 예측은 3개였고" in plain(screen, "#card", 200))


async def test_reasons_that_a_failed_check_has_are_told_once(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await asked(pilot)
        await pilot.press("1")
        await graded(pilot, screen, 1, stage)
        assert card(screen)[2].startswith("≠ You said 1; 4 layers ran again")
        assert sum("it reads index.html" in row for row in card(screen)) == 1


async def test_skipping_is_one_key_and_nothing_is_kept_or_compared(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        for number, key in enumerate(("s", "g", "enter"), 1):
            screen = await asked(pilot)
            await pilot.press(key)
            await graded(pilot, screen, number, stage)
            assert card(screen)[2] == ""
        assert stage.progress.predictions == []


async def test_escape_leaves_the_question_and_nothing_is_graded_or_saved(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        before = dockerfile(stage).read_text("utf-8")
        screen.editors[0].load_text(sample.SOLUTION)
        await asked(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not screen.query_one(AskPage).region)
        assert pilot.app.screen is screen
        assert screen.focused is None
        assert not screen.grading
        assert dockerfile(stage).read_text("utf-8") == before


async def test_the_files_can_be_read_and_changed_while_it_asks(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await asked(pilot)
        assert screen.query_one(TabRow).at == 4
        assert "7  RUN go build -o /web/server" in plain(screen, "#ask-page")
        await pilot.press("left", "2")  # away from the question a number opens a tab, as always
        await until(pilot, lambda: screen.query_one(TabRow).at == 1)
        await pilot.press("i", "ctrl+home", *"# a", "enter", "escape", "5")
        await until(pilot, lambda: screen.query_one(AskPage).has_focus)
        assert "8  RUN go build -o /web/server" in plain(screen, "#ask-page")
        await pilot.press("4")
        await graded(pilot, screen, 1, stage)
        assert dockerfile(stage).read_text("utf-8").startswith("# a\n")
        assert card(screen)[2].startswith("= You predicted it")


async def test_the_question_is_about_what_another_editor_has_saved(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        dockerfile(stage).write_text(sample.SOLUTION, "utf-8")
        await asked(pilot)
        await until(pilot, lambda: "COPY --from=builder /server ." in plain(screen, "#ask-page"))


async def test_of_a_dockerfile_that_cannot_be_read_nothing_is_asked(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        screen.editors[0].load_text("FROM\n")
        await pilot.press("g")
        await graded(pilot, screen, 1, stage)


async def test_where_the_edit_was_never_built_there_is_nothing_to_compare_and_nothing_is_kept(stage: Stage) -> None:
    def broken(exercise: Exercise, folder: Path, engine: Engine, listen: Listener, stop: Stop) -> GradeReport:
        return replace(sample.grade(exercise, folder, engine, listen, stop), solution_edited=None, page_reran=())

    stage.grade = broken
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await asked(pilot)
        await pilot.press("2")
        await graded(pilot, screen, 1, stage)
        assert card(screen)[2].startswith("– You said 2. There is nothing to compare it with")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChapterScreen))
    assert stage.progress.predictions == []


async def test_a_save_that_is_watched_asks_nothing(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("w")
        await graded(pilot, screen, 1, stage)
        dockerfile(stage).write_text(sample.SOLUTION, "utf-8")
        await graded(pilot, screen, 2, stage)
        assert not screen.asking
        assert card(screen)[2] == ""
