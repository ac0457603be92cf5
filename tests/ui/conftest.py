"""The app over a fake engine, and ways to wait for it without sleeping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.fakes import FakeEngine
from tests.ui import sample
from tutor.builds.engine import BuildRequest, Engine
from tutor.builds.forecast import Inputs
from tutor.course.contents import Contents
from tutor.course.exercise import Exercise, load_exercise
from tutor.course.lesson import Course
from tutor.course.workspace import Workspace
from tutor.errors import NoEngine
from tutor.grade.events import Listener
from tutor.grade.report import GradeReport
from tutor.grade.stop import Stop
from tutor.places import exercises_folder
from tutor.ui.app import TutorApp
from tutor.ui.engine_state import Connecting
from tutor.ui.parts import Forgetful, Parts
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.lesson import LessonScreen

DEADLINE_S = 10.0


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds; fails after a deadline."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"never came true: {condition}"
        await pilot.pause()
        await asyncio.sleep(0)


@dataclass
class Stage:
    """The parts of one test's app; change them before `app()` is called."""

    folder: Path
    engine: FakeEngine = field(default_factory=sample.engine)
    progress: Forgetful = field(default_factory=Forgetful)
    course: Callable[[str], Course] = sample.course
    no_engine: NoEngine | None = None
    language: str = "en"
    inputs: Callable[[BuildRequest, Engine], Inputs] | None = None
    grade: Callable[[Exercise, Path, Engine, Listener, Stop], GradeReport] = sample.grade

    def app(self) -> TutorApp:
        return TutorApp(
            Parts(
                load_contents=self._contents,
                load_course=self.course,
                connect=self._connect,
                load_exercise=lambda name: load_exercise(exercises_folder(), name),
                grade=self.grade,
                inputs=self.inputs,
                progress=lambda: self.progress,
                workspace=Workspace(self.folder),
                language=self.language,
            )
        )

    def _contents(self, language: str) -> Contents:
        course = self.course(language)
        return Contents(course.title, course.lessons)

    def _connect(self) -> Engine:
        if self.no_engine is not None:
            raise self.no_engine
        return self.engine


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "workspace")


async def loaded(pilot: Pilot[int]) -> TutorApp:
    """Wait until the sections are there and the engine is known."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    await until(pilot, lambda: app.texts.sections and not isinstance(app.engine_state, Connecting))
    await pilot.pause()
    return app


async def in_lesson(pilot: Pilot[int], lesson: str = "01-build-server", step: str = "why") -> LessonScreen:
    """Open a lesson at a step and wait for its page."""
    app = await loaded(pilot)
    app.open_lesson(lesson, step)
    await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
    screen = app.screen
    assert isinstance(screen, LessonScreen)
    await until(pilot, lambda: screen.page.children)
    await pilot.pause()
    return screen


async def in_exercise(pilot: Pilot[int]) -> ExerciseScreen:
    """Open the exercise and wait for its files."""
    app = await loaded(pilot)
    app.open_exercise("06-optimise")
    await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.is_mounted)
    screen = app.screen
    assert isinstance(screen, ExerciseScreen)
    await until(pilot, lambda: screen.editors)
    await pilot.pause()
    return screen


async def run_all(pilot: Pilot[int], screen: LessonScreen) -> None:
    """Press Enter, and wait until what it started has ended."""
    before = dict(screen.desk.runs)
    await pilot.press("enter")
    await until(pilot, lambda: screen.desk.runs != before and screen.desk.running is None)
    await pilot.pause()
