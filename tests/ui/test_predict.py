"""Predict, run, compare: the learner says which steps run again, the engine shows the truth."""

from __future__ import annotations

from dataclasses import replace

from tests.ui import sample
from tests.ui.conftest import Stage, in_lesson, until
from tests.ui.test_lesson import plain, table_rows
from tutor.course.actions import BuildImage
from tutor.course.lesson import Choice, Quiz, Step
from tutor.errors import NoEngine
from tutor.language import Words
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.blocks import ActionBlock
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.page import KeptBack
from tutor.ui.widgets.predict import PredictBoard
from tutor.ui.widgets.prose import ProseBlock
from tutor.ui.widgets.sheet import Sheet


async def test_steps_are_marked_then_compared(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        await pilot.press("enter")
        board = screen.query_one(PredictBoard)
        await until(pilot, lambda: board.has_focus)
        assert "0 of 4 will be built again" in plain(board)
        assert not stage.engine.calls
        await pilot.press("down", "down", "space")
        assert "1 of 4 will be built again" in plain(board)
        await pilot.press("enter")
        await until(pilot, lambda: screen.desk.running is None and stage.progress.predictions)
        await pilot.pause()
        rows = table_rows(screen)
        assert "= ≡ cached" in rows[1]
        assert "= ✓ built" in rows[4]
        assert "≠ ✓ built" in rows[6]
        assert "You predicted 3 of 4 steps right" in plain(screen.query_one("#run-summary", Sheet))
        assert stage.progress.predictions == [("04-go", "predict", 3, 4)]


async def test_one_number_is_a_prediction_too(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)
        await pilot.press("2", "enter")
        await until(pilot, lambda: stage.progress.predictions)
        await pilot.pause()
        assert "You predicted it: 2 layers were built." in plain(screen.query_one("#run-summary", Sheet))


async def test_skipping_is_one_key_and_costs_nothing(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)
        await pilot.press("s")
        await until(pilot, lambda: screen.desk.runs and screen.desk.running is None)
        await pilot.pause()
        assert stage.progress.predictions == []
        assert "≠" not in "\n".join(table_rows(screen))


async def test_escape_leaves_the_question_and_nothing_has_run(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.query_one(PredictBoard).region
        assert not stage.engine.calls
        assert isinstance(pilot.app.screen, LessonScreen)
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)


async def test_a_broken_dockerfile_is_told_by_the_build(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        folder = stage.folder / "01-multi-stage"
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text("FROM\n", "utf-8")
        await pilot.press("enter")
        await until(pilot, lambda: screen.desk.runs and screen.desk.running is None)


async def test_what_stands_below_a_build_to_predict_is_kept_back_until_it_has_run(stage: Stage) -> None:
    step = Step(
        "predict",
        "Predict",
        (
            BuildImage(command="docker image build .", folder="01-multi-stage", predict=True, id="04-go/predict/0"),
            sample.text("One step ran again, and this is the answer."),
            Quiz("below", "Why?", (Choice("So", True, ""), Choice("Not so", False, ""))),
        ),
    )
    course = sample.course("en")
    lessons = tuple(replace(each, steps=(step,)) if each.id == "04-go" else each for each in course.lessons)
    stage.course = lambda _: replace(course, lessons=lessons)
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        assert [type(block) for block in screen.page.children if block.display] == [ProseBlock, ActionBlock, KeptBack]
        await pilot.press("L")  # the page is put up again in the other language, and keeps it back
        await until(pilot, lambda: screen.words.language == "ko")
        await until(pilot, lambda: len([block for block in screen.page.children if block.display]) == 3)
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)
        await pilot.press("s")
        await until(pilot, lambda: screen.desk.runs and screen.desk.running is None)
        await until(pilot, lambda: not screen.query(KeptBack).first().display)
        assert all(block.display for block in screen.page.children if not isinstance(block, KeptBack))


async def test_without_an_engine_nothing_is_kept_back(stage: Stage) -> None:
    stage.no_engine = NoEngine("No Docker engine answers.")
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        assert not screen.query(KeptBack)


async def test_the_question_stays_when_the_language_changes(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "04-go", "predict")
        await pilot.press("enter")
        board = screen.query_one(PredictBoard)
        await until(pilot, lambda: board.has_focus)
        await pilot.press("down", "space", "L")
        await until(pilot, lambda: Words("ko")("ui.predict.question") in plain(board) and board.has_focus)
        assert "1" in plain(board).splitlines()[-1]  # what was marked is marked still
        await pilot.press("enter")
        await until(pilot, lambda: screen.desk.runs and screen.desk.running is None)
        assert not screen.query_one(LivePanel).asks
