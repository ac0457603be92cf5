"""Watching: every save of the learner's files is graded, one grade at a time, until the watching ends."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, until
from tutor.builds.engine import Engine
from tutor.course.exercise import Exercise
from tutor.grade.events import Listener
from tutor.grade.report import GradeReport
from tutor.grade.stop import Stop
from tutor.ui.screens.chapter import ChapterScreen
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.widgets.topbar import TopBar


class Held:
    """Grades that wait to be let go; keeps what each one read."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def grade(self, exercise: Exercise, folder: Path, engine: Engine, listen: Listener, stop: Stop) -> GradeReport:
        self.read.append((folder / "Dockerfile").read_text("utf-8"))
        while not self.gate.wait(0.02):
            stop.check()
        return sample.grade(exercise, folder, engine, listen, stop)


@pytest.fixture
def held(stage: Stage) -> Held:
    made = Held()
    stage.grade = made.grade
    return made


def dockerfile(stage: Stage) -> Path:
    return stage.folder / "06-optimise" / "Dockerfile"


def watch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "job-watch"]


def place(screen: ExerciseScreen) -> tuple[str, ...]:
    return screen.query_one(TopBar).place


def shows(screen: ExerciseScreen, text: str) -> bool:
    return screen.editors[0].text == text


async def watching(pilot: Pilot[int], held: Held) -> ExerciseScreen:
    """Watch, and wait for the grade of the files as they are."""
    screen = await in_exercise(pilot)
    await pilot.press("w")
    await until(pilot, lambda: len(held.read) == 1 and not screen.grading)
    return screen


async def test_a_save_is_graded_and_shown_in_the_editor(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await watching(pilot, held)
        assert place(screen)[-1] == "◉ Watching"
        dockerfile(stage).write_text(sample.SOLUTION, "utf-8")
        await until(pilot, lambda: len(held.read) == 2 and not screen.grading)
        assert held.read[-1] == sample.SOLUTION
        await until(pilot, lambda: screen.editors[0].text == sample.SOLUTION)
        assert [attempt.passed for attempt in stage.progress.attempts("06-optimise")] == [False, True]


async def test_saves_during_a_grade_are_one_more_grade(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await watching(pilot, held)
        held.gate.clear()
        dockerfile(stage).write_text("FROM a\n", "utf-8")
        await until(pilot, lambda: len(held.read) == 2)
        for text in (f"FROM b{number}\n" for number in range(5)):
            dockerfile(stage).write_text(text, "utf-8")
            await until(pilot, partial(shows, screen, text))
        assert len(held.read) == 2
        held.gate.set()
        await until(pilot, lambda: len(held.read) == 3 and not screen.grading)
        dockerfile(stage).write_text("FROM c\n", "utf-8")
        await until(pilot, lambda: held.read[-1] == "FROM c\n" and not screen.grading)
        assert held.read[1:] == ["FROM a\n", "FROM b4\n", "FROM c\n"]


async def test_a_grade_by_key_is_not_made_twice(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await watching(pilot, held)
        screen.editors[0].load_text("FROM typed\n")
        await pilot.press("g", "s")
        await until(pilot, lambda: held.read[-1] == "FROM typed\n" and not screen.grading)
        dockerfile(stage).write_text("FROM later\n", "utf-8")
        await until(pilot, lambda: held.read[-1] == "FROM later\n" and not screen.grading)
        assert held.read[1:] == ["FROM typed\n", "FROM later\n"]


async def test_what_is_typed_and_not_saved_is_neither_graded_nor_lost(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await watching(pilot, held)
        screen.editors[0].load_text("FROM typed\n")
        (dockerfile(stage).parent / "index.html").write_text("<p>new</p>", "utf-8")
        await until(pilot, lambda: len(held.read) == 2 and not screen.grading)
        await until(pilot, lambda: screen.editors[1].text == "<p>new</p>")
        assert screen.editors[0].text == "FROM typed\n"
        assert "typed" not in held.read[-1]


async def test_the_cursor_stays_in_the_text_when_a_save_is_graded(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await watching(pilot, held)
        await pilot.press("2", "enter", "home", "#", "ctrl+s")
        await until(pilot, lambda: len(held.read) == 2 and not screen.grading)
        assert screen.focused is screen.editors[0]
        assert place(screen)[-1] == "◉ Watching"


async def test_stopping_a_grade_drops_the_saves_that_waited(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await watching(pilot, held)
        held.gate.clear()
        dockerfile(stage).write_text("FROM a\n", "utf-8")
        await until(pilot, lambda: len(held.read) == 2)
        dockerfile(stage).write_text("FROM b\n", "utf-8")
        await until(pilot, lambda: screen.editors[0].text == "FROM b\n")
        await pilot.press("escape")
        await until(pilot, lambda: not screen.grading)
        held.gate.set()
        assert screen.watching
        dockerfile(stage).write_text("FROM c\n", "utf-8")
        await until(pilot, lambda: held.read[-1] == "FROM c\n" and not screen.grading)
        assert "FROM b\n" not in held.read


async def test_the_key_ends_it(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await watching(pilot, held)
        assert "Stop watching" in [label for _, label, _ in screen.shown_keys()]
        await pilot.press("w")
        await until(pilot, lambda: not watch_threads())
        assert not screen.watching
        assert "◉ Watching" not in place(screen)


async def test_leaving_the_screen_ends_it(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await watching(pilot, held)
        assert watch_threads()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChapterScreen) and not watch_threads())


async def test_quitting_ends_it_and_the_grade_going_on(stage: Stage, held: Held) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await watching(pilot, held)
        held.gate.clear()
        dockerfile(stage).write_text("FROM a\n", "utf-8")
        await until(pilot, lambda: len(held.read) == 2)
        await pilot.press("q")
        await until(pilot, lambda: not watch_threads() and not pilot.app.is_running)
    assert len(stage.progress.attempts("06-optimise")) == 1
