"""Recordings in the lesson screen: marked, at the learner's pace, and predictions hold on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast, get_args

import pytest

from tests.fakes import FakeEngine
from tests.ui.conftest import Stage, in_exercise, in_lesson, loaded, run_all, until
from tests.ui.test_lesson import plain
from tutor.builds.events import BuildEvent
from tutor.builds.forecast.model import FilesChanged, Forgotten, InstructionChanged
from tutor.builds.report import StepReport, report_of
from tutor.course.actions import BuildImage
from tutor.course.lessons import load_course
from tutor.course.recordings.engine import RecordedEngine
from tutor.course.recordings.player import Pace, Player
from tutor.course.recordings.recording import FOLDER, Recordings
from tutor.engines.inputs import InputsTaker
from tutor.errors import NoEngine
from tutor.places import lessons_folder
from tutor.ui.foresight import Foresight, Reasons
from tutor.ui.hindsight import recorded_reasons
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.predict import PredictBoard
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.steps import StepTable
from tutor.ui.widgets.topbar import TopBar


@pytest.fixture
def recorded() -> RecordedEngine:
    missing = NoEngine("No engine answers.", "Get one.")
    return RecordedEngine(Recordings(lessons_folder() / FOLDER), Player(Pace.AT_ONCE), missing)


@pytest.fixture(autouse=True)
def _stage_without_an_engine(stage: Stage, recorded: RecordedEngine) -> Iterator[None]:
    stage.engine = cast("FakeEngine", recorded)
    stage.course = load_course
    yield
    assert not recorded.player.playing


async def test_the_first_screen_says_why_and_when_it_was_recorded(stage: Stage, recorded: RecordedEngine) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        shown = str(app.screen.query_one("#engine").render())
        for text in ("No engine answers.", "Get one.", "press c", recorded.facts().recorded_on):
            assert text in shown


async def test_what_plays_is_marked_on_the_screen_and_on_the_run(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "01-build-server", "build")
        assert "Recorded:" in screen.query_one(TopBar).engine.plain
        await run_all(pilot, screen)
        assert "◇ recorded  ✓ done" in plain(screen.query_one("#run-head", Sheet))


async def test_a_container_of_a_recording_has_no_page_to_open(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "03-node", "run")
        await run_all(pilot, screen)
        await run_all(pilot, screen)
        assert "/stats" in plain(screen.query_one("#run-head", Sheet))
        assert "browse" not in {binding.action for binding, _, _ in screen.named_bindings()}


async def test_the_pace_is_chosen_and_the_rest_skipped(stage: Stage, recorded: RecordedEngine) -> None:
    recorded.player.pace = Pace.REAL
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "02-java", "build")
        paces = []
        for _ in range(2):
            await pilot.press("f")
            paces.append(recorded.player.pace)
        assert paces == [Pace.FAST, Pace.REAL]
        assert "skip" not in {binding.action for binding, _, _ in screen.named_bindings()}
        await pilot.press("enter")
        await until(pilot, lambda: recorded.player.playing)
        assert "skip" in {binding.action for binding, _, _ in screen.named_bindings()}
        await pilot.press("s")
        await until(pilot, lambda: screen.desk.running is None)
        (run,) = screen.desk.runs.values()
        assert run.recorded
        assert run.seconds(run.clock()) > 10  # as long as it took, not as long as it played


async def test_a_prediction_holds_on_a_recording(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "03-node", "edit")
        await run_all(pilot, screen)  # the edit is made for real
        assert not next(iter(screen.desk.runs.values())).recorded
        assert "Edited 20" in (stage.folder / "03-node" / "src" / "server.js").read_text()
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(PredictBoard).has_focus)
        await pilot.press("1", "enter")
        await until(pilot, lambda: stage.progress.predictions)
        await pilot.pause()
        assert "You predicted it: 1 layer was built." in plain(screen.query_one("#run-summary", Sheet))
        await until(pilot, lambda: screen.desk.running is None)


async def test_there_is_no_grade_of_a_recording(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await in_exercise(pilot)
        await pilot.press("g")
        await until(pilot, lambda: pilot.app._notifications)
        (told,) = pilot.app._notifications
        assert "needs a live Docker engine" in told.title


def hindsight() -> Iterator[tuple[BuildImage, tuple[StepReport, ...], Reasons]]:
    """Every recorded build of the chapter: what was rebuilt, and why."""
    engine = RecordedEngine(Recordings(lessons_folder() / FOLDER))
    for lesson in load_course("en").lessons:
        for action in (each for step in lesson.steps for each in step.actions if isinstance(each, BuildImage)):
            events = [moment.event for moment in engine.recorded(action).moments]
            built = report_of(event for event in events if isinstance(event, get_args(BuildEvent)))
            yield action, built.rebuilt, recorded_reasons(lesson, action, engine, Foresight(InputsTaker().take))


def test_every_recorded_build_after_an_edit_tells_which_file_it_was() -> None:
    told = 0
    for action, rebuilt, reasons in hindsight():
        causes = [cause for why in reasons.steps for cause in why.causes]
        assert Forgotten() not in causes, action.id
        if reasons.steps:
            told += 1
            assert {why.report.step for why in reasons.steps} >= {step.step for step in rebuilt}
            assert any(isinstance(cause, FilesChanged | InstructionChanged) for cause in causes), action.id
    assert told >= 8


async def test_a_recorded_build_tells_why_its_steps_ran_whatever_the_learner_did(stage: Stage) -> None:
    stage.inputs = InputsTaker().take
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "02-java", "edit-source")
        screen.page.actions[1].focus()  # the build, without the edit before it
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(LivePanel).asks)
        await pilot.press("s")
        await until(pilot, lambda: screen.desk.runs and screen.desk.running is None)
        screen.query_one(StepTable).cursor = 4
        await pilot.pause()
        title = " ".join(plain(screen.query_one("#log-title", Sheet), 200).split())
        assert re.search(r"Why src/main/java/\S+Main.java changed → COPY . . → RUN mvn package \(\d+\.\d s\)", title)
