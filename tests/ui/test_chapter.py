"""The chapter screen: where the learner stands, whether an engine is there, one key to go on."""

from __future__ import annotations

from tests.ui.conftest import Stage, loaded, until
from tutor.errors import NoEngine
from tutor.ui.engine_state import Connected, Unreachable
from tutor.ui.parts import Forgetful
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.sections import SectionList
from tutor.ui.widgets.topbar import TopBar


def text_of(stage_list: SectionList) -> str:
    return "\n".join(row.plain for row in stage_list.draw(90))


async def test_it_lists_the_sections_with_how_far_the_learner_is(stage: Stage) -> None:
    stage.progress = Forgetful({"01-build-server": {"why", "three-stages"}, "02-java": {"why"}})
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        shown = text_of(pilot.app.screen.query_one(SectionList))
        assert "A Dockerfile instead of a build server" in shown
        assert "2 of 4" in shown
        assert "✓ done" in shown
        assert "3 steps" in shown


async def test_enter_goes_on_where_the_learner_left(stage: Stage) -> None:
    stage.progress = Forgetful(last=("03-node", "three-stages"))
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen))
        assert isinstance(app.screen, LessonScreen)
        assert (app.screen.lesson.id, app.screen.step.id) == ("03-node", "three-stages")


async def test_a_section_opens_by_its_number_and_by_a_click(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.lesson.id == "02-java")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, LessonScreen))
        assert await pilot.click(SectionList, offset=(10, 0))
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.lesson.id == "01-build-server")


async def test_without_an_engine_it_says_why_and_what_to_do(stage: Stage) -> None:
    stage.no_engine = NoEngine("No Docker engine answers.", "Run `diamol-tutor doctor --fix`.")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        assert isinstance(app.engine_state, Unreachable)
        shown = str(app.screen.query_one("#engine").render())
        assert "No Docker engine answers." in shown
        assert "doctor --fix" in shown
        stage.no_engine = None
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.engine_state, Connected))
        assert "20.10.24" in app.screen.query_one(TopBar).engine.plain


async def test_why_there_is_no_engine_is_told_in_the_language_of_the_screen(stage: Stage) -> None:
    stage.language = "ko"
    stage.no_engine = NoEngine("There is no Docker context named '{name}'.", "Run: diamol-tutor doctor --fix", name="x")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        engine = app.screen.query_one("#engine")
        shown = str(engine.render())
        assert "'x' 도커 컨텍스트가 없습니다." in shown
        assert "실행하세요: diamol-tutor doctor --fix" in shown
        app.tell(stage.no_engine)
        await until(pilot, lambda: app._notifications)
        (told,) = app._notifications
        assert (told.title, told.message) == ("'x' 도커 컨텍스트가 없습니다.", "실행하세요: diamol-tutor doctor --fix")
        await pilot.press("L")
        await until(pilot, lambda: "There is no Docker context named 'x'." in str(engine.render()))


async def test_the_language_is_switched_in_place_and_kept(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        await pilot.press("L")
        await until(pilot, lambda: app.words.language == "ko")
        await until(pilot, lambda: "1절" in text_of(app.screen.query_one(SectionList)))
        await until(pilot, lambda: stage.progress.preferences.get("language") == "ko")


async def test_the_theme_is_switched_and_kept(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        assert app.current_theme.dark
        await pilot.press("t")
        assert not app.current_theme.dark
        await until(pilot, lambda: stage.progress.preferences.get("theme") == "diamol-light")


async def test_the_exercise_opens_by_its_key_and_its_best_grade_is_shown(stage: Stage) -> None:
    stage.progress.record_attempt("06-optimise", False, 45, {})
    stage.progress.record_attempt("06-optimise", True, 100, {})
    stage.progress.record_attempt("06-optimise", False, 70, {})
    stage.progress.last = ("06-optimise", "why")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        app = await loaded(pilot)
        assert "✓ 100 points" in text_of(app.screen.query_one(SectionList))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
