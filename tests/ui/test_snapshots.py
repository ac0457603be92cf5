"""The main screens as pictures, so that a change of their looks is seen. Update with `pytest --snapshot-update`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.fakes import started
from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, in_lesson, loaded, run_all, until
from tests.ui.test_history import EIGHT
from tests.ui.test_layers import in_layers
from tutor.builds.builder import Outcome
from tutor.builds.events import BuildFailed, FailureKind, StepFinished, StepStarted
from tutor.errors import NoEngine
from tutor.ui import figures
from tutor.ui.build_view import BuildView
from tutor.ui.parts import Forgetful
from tutor.ui.widgets.ask_page import AskPage
from tutor.ui.widgets.history_plot import HistoryPlot
from tutor.ui.widgets.predict import PredictBoard

Compare = Callable[..., bool]
SIZES = {"small": (80, 24), "medium": (120, 40), "large": (160, 50), "huge": (200, 60)}


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """No measured time may change a picture."""
    monkeypatch.setattr(figures, "seconds", lambda _: "0.4 s")


def compare(
    snap_compare: Compare, app: App[int], size: str, prepare: Callable[[Pilot[int]], Awaitable[object]]
) -> bool:
    return snap_compare(app, terminal_size=SIZES[size], run_before=prepare)


@pytest.mark.parametrize("size", SIZES)
def test_chapter(snap_compare: Compare, stage: Stage, size: str) -> None:
    stage.progress = Forgetful({"01-build-server": {"why", "three-stages"}, "02-java": {"why"}})
    assert compare(snap_compare, stage.app(), size, loaded)


def test_chapter_without_an_engine_in_korean(snap_compare: Compare, stage: Stage) -> None:
    stage.no_engine = NoEngine("No Docker engine answers.", "Run `diamol-tutor doctor --fix`.")
    stage.language = "ko"
    assert compare(snap_compare, stage.app(), "small", loaded)


def test_lesson_prose(snap_compare: Compare, stage: Stage) -> None:
    assert compare(snap_compare, stage.app(), "small", in_lesson)


@pytest.mark.parametrize("size", SIZES)
def test_lesson_after_a_build(snap_compare: Compare, stage: Stage, size: str) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        await run_all(pilot, await in_lesson(pilot, step="three-stages"))

    assert compare(snap_compare, stage.app(), size, prepare)


@pytest.mark.parametrize("size", ["small", "medium"])
def test_lesson_after_a_failure(snap_compare: Compare, stage: Stage, size: str) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        screen = await in_lesson(pilot, step="failing-stage")
        await run_all(pilot, screen)
        if size == "small":
            await pilot.press("enter")
        await run_all(pilot, screen)

    assert compare(snap_compare, stage.app(), size, prepare)


def test_quiz_in_the_light_theme(snap_compare: Compare, stage: Stage) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        await in_lesson(pilot, step="quiz-copied")
        await pilot.press("t", "enter", "enter", "2")
        await pilot.pause()

    assert compare(snap_compare, stage.app(), "small", prepare)


@pytest.mark.parametrize("size", SIZES)
def test_exercise_graded(snap_compare: Compare, stage: Stage, size: str) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        screen = await in_exercise(pilot)
        await pilot.press("2")
        screen.editors[0].load_text(sample.SOLUTION)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading and stage.progress.attempts("06-optimise"))
        await pilot.pause()

    assert compare(snap_compare, stage.app(), size, prepare)


@pytest.mark.parametrize(("size", "language"), [("small", "ko"), ("medium", "en")])
def test_a_prediction_is_asked_for(snap_compare: Compare, stage: Stage, size: str, language: str) -> None:
    stage.language = language

    async def prepare(pilot: Pilot[int]) -> None:
        screen = await in_lesson(pilot, "04-go", "predict")
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)
        await pilot.press("down", "space")
        await pilot.pause()

    assert compare(snap_compare, stage.app(), size, prepare)


@pytest.mark.parametrize("keys", ["b", "bb"], ids=["stages", "times"])
def test_lesson_with_a_build_as_a_picture(
    snap_compare: Compare, stage: Stage, keys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BuildView, "span", lambda view, step, _: (float(n := view.steps.index(step)), n + 2.0))
    stage.engine.script(
        "multi-stage",
        started(sample.THREE_STAGES),
        StepStarted(0),
        StepFinished(0, Outcome.CACHED, 0.0),
        StepFinished(1, Outcome.CACHED, 0.0),
        BuildFailed("RUN failed with exit code 1", FailureKind.STEP, 2, 6, 1),
    )

    async def prepare(pilot: Pilot[int]) -> None:
        await run_all(pilot, await in_lesson(pilot, step="three-stages"))
        await pilot.press(*keys)
        await pilot.pause()

    assert compare(snap_compare, stage.app(), "medium", prepare)


@pytest.mark.parametrize("size", SIZES)
def test_layers_of_an_image(snap_compare: Compare, stage: Stage, size: str) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        await in_layers(pilot, stage)
        await pilot.press("end", "enter", "down", "enter", "down")
        await pilot.pause()

    assert compare(snap_compare, stage.app(), size, prepare)


@pytest.mark.parametrize(("size", "language"), [("small", "en"), ("medium", "ko")])
def test_exercise_before_a_grade(snap_compare: Compare, stage: Stage, size: str, language: str) -> None:
    """The question what an edit of the page will run again, beside the Dockerfile where there is room."""
    stage.language = language

    async def prepare(pilot: Pilot[int]) -> None:
        screen = await in_exercise(pilot)
        await pilot.press("2", "g")
        await until(pilot, lambda: screen.query_one(AskPage).has_focus)
        await pilot.pause()

    assert compare(snap_compare, stage.app(), size, prepare)


def test_exercise_after_a_prediction_that_missed(snap_compare: Compare, stage: Stage) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        screen = await in_exercise(pilot)
        screen.editors[0].load_text(sample.SOLUTION)
        await pilot.press("d", "g")
        await until(pilot, lambda: screen.query_one(AskPage).has_focus)
        await pilot.press("3")
        await until(pilot, lambda: not screen.grading and stage.progress.attempts("06-optimise"))
        await pilot.pause()

    assert compare(snap_compare, stage.app(), "medium", prepare)


@pytest.mark.parametrize(("size", "language"), [("small", "ko"), ("medium", "en"), ("large", "en")])
def test_exercise_history(snap_compare: Compare, stage: Stage, size: str, language: str) -> None:
    stage.progress.graded["06-optimise"] = list(EIGHT)
    stage.language = language

    async def prepare(pilot: Pilot[int]) -> None:
        screen = await in_exercise(pilot)
        await pilot.press("a")
        await until(pilot, lambda: screen.query_one(HistoryPlot).region)
        await pilot.pause()

    assert compare(snap_compare, stage.app(), size, prepare)


def test_help_of_the_exercise(snap_compare: Compare, stage: Stage) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        await in_exercise(pilot)
        await pilot.press("question_mark")
        await pilot.pause()

    assert compare(snap_compare, stage.app(), "small", prepare)


def test_help(snap_compare: Compare, stage: Stage) -> None:
    async def prepare(pilot: Pilot[int]) -> None:
        await in_lesson(pilot, step="three-stages")
        await pilot.press("question_mark")
        await pilot.pause()

    assert compare(snap_compare, stage.app(), "small", prepare)


def test_snapshots_name_no_folder_of_this_machine() -> None:
    pictures = list((Path(__file__).parent / "__snapshots__").rglob("*.svg"))
    assert pictures
    assert not [picture.name for picture in pictures if str(Path(__file__).parents[2]) in picture.read_text("utf-8")]
