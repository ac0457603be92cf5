"""The lessons are read when one is first wanted, in whatever order the learner's wishes come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.ui import sample
from tests.ui.conftest import Stage, loaded, until
from tutor.course.lesson import Course
from tutor.errors import TutorError
from tutor.ui.course_texts import CourseTexts, Texts
from tutor.ui.screens.lesson import LessonScreen


class Waiting:
    """Texts whose reading waits until a test lets it go on; `told` is what the learner heard."""

    def __init__(self, stage: Stage, fails: bool = False) -> None:
        self.read: list[str] = []
        self.told: list[TutorError] = []
        self.fails = fails
        self._jobs: list[Callable[[], None]] = []
        self.texts = CourseTexts(replace(stage.app().parts, load_course=self._load), self._do, self.told.append)

    def _load(self, language: str) -> Course:
        self.read.append(language)
        if self.fails:
            raise TutorError("The lessons are gone.", "Install the tutor again.")
        return sample.course(language)

    def _do(self, work: Callable[[], Texts], done: Callable[[Texts], object], failed: Callable[[Any], object]) -> None:
        def job() -> None:
            try:
                found = work()
            except TutorError as error:
                failed(error)
            else:
                done(found)

        self._jobs.append(job)

    def turn_to(self, language: str) -> None:
        self.texts.at_hand = self.texts.read(language, with_course=False)

    def go_on(self) -> None:
        while self._jobs:
            self._jobs.pop(0)()


@pytest.fixture
def waiting(stage: Stage) -> Waiting:
    waiting = Waiting(stage)
    waiting.turn_to("en")
    return waiting


def test_the_lessons_are_read_once_and_only_when_wanted(waiting: Waiting) -> None:
    heard: list[Course] = []
    waiting.go_on()
    assert waiting.read == []
    waiting.texts.want(heard.append)
    assert heard == []
    waiting.go_on()
    waiting.texts.want(heard.append)
    assert [course.language for course in heard] == ["en", "en"]
    assert waiting.read == ["en"]


def test_only_the_last_wish_is_done(waiting: Waiting) -> None:
    heard: list[str] = []
    waiting.texts.want(lambda _: heard.append("first"))
    waiting.texts.want(lambda _: heard.append("second"))
    waiting.go_on()
    assert heard == ["second"]
    assert waiting.read == ["en"]


def test_a_language_switched_meanwhile_counts(waiting: Waiting) -> None:
    heard: list[str] = []
    waiting.texts.want(lambda course: heard.append(course.language))
    waiting.turn_to("ko")
    waiting.go_on()
    assert heard == ["ko"]
    assert waiting.texts.course is not None
    assert waiting.texts.course.language == "ko"


def test_lessons_that_cannot_be_read_are_told_and_tried_again(waiting: Waiting) -> None:
    heard: list[Course] = []
    waiting.fails = True
    waiting.texts.want(heard.append)
    waiting.go_on()
    assert [error.message for error in waiting.told] == ["The lessons are gone."]
    waiting.fails = False
    waiting.texts.want(heard.append)
    waiting.go_on()
    assert len(heard) == 1


def test_nothing_is_wanted_before_the_contents_are_there(stage: Stage) -> None:
    waiting = Waiting(stage)
    heard: list[Course] = []
    waiting.texts.want(heard.append)
    waiting.go_on()
    assert (heard, waiting.read, waiting.texts.sections, waiting.texts.title) == ([], [], (), "")
    waiting.turn_to("en")
    waiting.texts.want(heard.append)
    waiting.go_on()
    assert len(heard) == 1


async def test_an_impatient_enter_opens_one_lesson(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        assert app.texts.course is None
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen))
        await pilot.pause()
        assert sum(isinstance(screen, LessonScreen) for screen in app.screen_stack) == 1


async def test_lessons_that_cannot_be_read_leave_the_chapter_open(stage: Stage) -> None:
    def broken(language: str) -> Course:
        if len(asked) < 2:  # the stage's contents are made from it as well
            asked.append(language)
            return sample.course(language)
        raise TutorError("The lessons are gone.", "Install the tutor again.")

    asked: list[str] = ["before"]
    stage.course = broken
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app._notifications)
        assert not isinstance(app.screen, LessonScreen)
