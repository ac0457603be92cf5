"""A lesson: pages turn, commands run on the engine, questions are answered, and nothing runs on."""

from __future__ import annotations

import dataclasses

from textual.widgets import OptionList

from tests.ui import sample
from tests.ui.conftest import Stage, in_lesson, loaded, run_all, until
from tutor.builds.engine import BuildRequest
from tutor.course.lesson import Course
from tutor.errors import NoEngine
from tutor.ui.build_view import State
from tutor.ui.run_view import ActionState
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.search import SearchScreen
from tutor.ui.widgets.blocks import ActionBlock, CodeBlock
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.log import OutputLog
from tutor.ui.widgets.quiz import QuizBlock
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.stepbar import StepBar
from tutor.ui.widgets.steps import StepTable


def plain(sheet: Sheet, width: int = 70) -> str:
    return "\n".join(row.plain for row in sheet.draw(width))


def table_rows(screen: LessonScreen) -> list[str]:
    table = screen.query_one(StepTable)
    rows = (table.row(y, 80) for y in range(table.virtual_size.height))
    return [row.plain for row in rows if row is not None]


async def test_pages_turn_by_all_their_keys(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot)
        for key, step in (
            ("n", "three-stages"),
            ("right", "failing-stage"),
            ("p", "three-stages"),
            ("left", "why"),
            ("space", "three-stages"),
            ("end", "quiz-copied"),
            ("home", "why"),
        ):
            await pilot.press(key)
            assert screen.step.id == step, key


async def test_space_scrolls_a_long_page_before_it_turns(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        assert screen.page.max_scroll_y > 0
        await pilot.press("space")
        await until(pilot, lambda: screen.page.scroll_y > 0)
        assert screen.step.id == "three-stages"
        for _ in range(3):
            await pilot.press("space")
            await pilot.pause()
        assert screen.step.id != "three-stages"


async def test_prose_is_one_widget_a_run(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        kinds = [type(child).__name__ for child in screen.page.children]
        assert kinds == ["ProseBlock", "CodeBlock", "ProseBlock", "ActionBlock", "ProseBlock", "ActionBlock"]


async def test_enter_builds_and_the_panel_tells_each_step(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        request = next(what for name, what in stage.engine.calls if name == "build")
        assert isinstance(request, BuildRequest)
        assert request.tag == "multi-stage"
        assert request.context == stage.folder / "01-multi-stage"
        rows = table_rows(screen)
        assert rows[0].startswith(" build-stage FROM diamol/base")
        assert "≡ cached" in rows[1]
        assert "✓ built" in rows[4]
        assert "0.4 s" in rows[4]
        assert "14.6 MB" in plain(screen.query_one("#run-head", Sheet))
        assert screen.query(ActionBlock).first().state is ActionState.DONE


async def test_the_output_is_that_of_the_step_under_the_cursor(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        table, log = screen.query_one(StepTable), screen.query_one(OutputLog)
        assert table.cursor == 3
        table.focus()
        await pilot.press("up")
        assert table.cursor == 2
        first = log.row(0, 60)
        assert first is not None
        assert first.plain == "Testing... appended"
        await pilot.press("up")
        first = log.row(0, 60)
        assert first is not None
        assert first.plain == "taken from the cache, so nothing ran"


async def test_after_a_failure_the_cursor_stands_on_the_failed_step(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="failing-stage")
        await run_all(pilot, screen)  # the edit
        await run_all(pilot, screen)  # the build
        table = screen.query_one(StepTable)
        assert table.cursor == 2
        view = screen.query_one(LivePanel).view
        assert view is not None
        assert view.build is not None
        assert view.build.steps[2].state is State.FAILED
        assert view.failed_as_meant
        told = plain(screen.query_one("#run-summary", Sheet))
        assert "Dockerfile line 6, exit code 1" in told
        assert "meant to fail" in told


async def test_a_failure_that_the_lesson_does_not_want_is_told_as_one(stage: Stage) -> None:
    stage.engine.script("multi-stage", NoEngine("The engine went away.", "Start it, and press Enter again."))
    stage.engine._scripts["multi-stage"].popleft()
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        assert screen.query(ActionBlock).first().state is ActionState.FAILED
        told = plain(screen.query_one("#run-summary", Sheet))
        assert "The engine went away." in told
        assert "press Enter again" in told


async def test_a_container_prints_below_the_page_turned_back_to(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        await run_all(pilot, screen)
        log = screen.query_one(OutputLog)
        shown = [row.plain for y in range(2) if (row := log.row(y, 60)) is not None]
        assert shown == ["Building...", "Testing..."]
        await pilot.press("n", "p")
        await pilot.pause()
        assert [block.state for block in screen.page.actions] == [ActionState.DONE, ActionState.DONE]


async def test_escape_cancels_a_build_and_the_screen_stays(stage: Stage) -> None:
    stage.engine.hold.clear()
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await pilot.press("enter")
        await until(pilot, lambda: (view := screen.query_one(LivePanel).view) and view.build and view.build.started)
        await pilot.press("escape")
        await until(pilot, lambda: screen.desk.running is None)
        assert [name for name, _ in stage.engine.calls] == ["build", "cancel"]
        assert screen.query(ActionBlock).first().state is ActionState.CANCELLED
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_quitting_during_a_build_cancels_it_and_leaves_no_thread(stage: Stage) -> None:
    stage.engine.hold.clear()
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await pilot.press("enter")
        await until(pilot, lambda: (view := screen.query_one(LivePanel).view) and view.build and view.build.started)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert "cancel" in [name for name, _ in stage.engine.calls]
    assert not any(job.alive for job in app.jobs)


async def test_leaving_a_lesson_during_a_build_cancels_it(stage: Stage) -> None:
    stage.engine.hold.clear()
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await pilot.press("enter")
        await until(pilot, lambda: (view := screen.query_one(LivePanel).view) and view.build and view.build.started)
        screen.dismiss()
        await until(pilot, lambda: "cancel" in [name for name, _ in stage.engine.calls])


async def test_an_edit_is_undone_when_the_lesson_is_left(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="failing-stage")
        await run_all(pilot, screen)
        file = stage.folder / "01-multi-stage" / "Dockerfile"
        assert "grep -q Tested" in file.read_text("utf-8")
        await pilot.press("escape")
        await until(pilot, lambda: "grep -q Tested" not in file.read_text("utf-8"))


async def test_running_without_an_engine_looks_for_one_first(stage: Stage) -> None:
    stage.no_engine = NoEngine("No Docker engine answers.", "Run `diamol-tutor doctor --fix`.")
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        stage.no_engine = None
        await pilot.press("enter")
        await until(pilot, lambda: screen.query(ActionBlock).first().state is ActionState.DONE)


async def test_a_quiz_tells_why_for_each_choice(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="quiz-copied")
        quiz = screen.query_one(QuizBlock)
        assert "isolated" not in plain(quiz)
        await pilot.press("enter", "enter")
        assert "Stages are isolated" in plain(quiz)
        assert "✗" in plain(quiz)
        assert not quiz.answered
        await pilot.press("2")
        assert "COPY --from named" in plain(quiz)
        assert "✓" in plain(quiz)
        await pilot.press("p", "n")
        await pilot.pause()
        assert screen.query_one(QuizBlock).picked == (0, 1)


async def test_steps_are_done_when_their_commands_have_run(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot)
        await pilot.press("n", "n")
        await pilot.pause()
        assert stage.progress.steps == {"01-build-server": {"why"}}
        await pilot.press("p")
        await run_all(pilot, screen)
        await run_all(pilot, screen)
        await pilot.press("enter")
        await until(pilot, lambda: stage.progress.steps == {"01-build-server": {"why", "three-stages"}})
        assert screen.query_one(StepBar).done == (True, True, False, False)


async def test_the_end_of_a_lesson_leads_on(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        app = await loaded(pilot)
        await in_lesson(pilot, "02-java")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.lesson.id == "03-node")
        await in_lesson(pilot, "06-optimise")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))


async def test_y_copies_the_command_or_the_focused_code(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await pilot.press("y")
        assert app.clipboard == "docker image build -t multi-stage ."
        screen.query_one(CodeBlock).focus()
        await pilot.press("y")
        assert app.clipboard == sample.THREE_STAGES.rstrip("\n")


async def test_a_small_terminal_shows_text_and_live_view_in_turn(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        live = screen.query_one(LivePanel)
        assert screen.page.region
        assert not live.region
        await run_all(pilot, screen)
        assert live.region
        assert not screen.page.region
        await pilot.press("v")
        await pilot.pause()
        assert screen.page.region


async def test_a_wide_terminal_shows_both_side_by_side(stage: Stage) -> None:
    for width in (100, 160):
        async with stage.app().run_test(size=(width, 30)) as pilot:
            screen = await in_lesson(pilot, step="three-stages")
            assert screen.page.region.right <= screen.query_one(LivePanel).region.x
            assert screen.query_one(LivePanel).region.right == width


async def test_the_language_is_switched_in_place(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        await pilot.press("L")
        await until(pilot, lambda: screen.step.title == "Dockerfile 하나에 단계 셋")
        await pilot.pause()
        assert screen.step.id == "three-stages"
        assert "✓ 빌드" in table_rows(screen)[4]
        assert screen.page.actions[0].state is ActionState.DONE


async def test_help_lists_the_keys_of_this_screen(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await in_lesson(pilot, step="three-stages")
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)
        shown = str(pilot.app.screen.query_one("#help Static").render())
        for words in ("Run", "Back a step", "Search", "First step", "Copy", "Signs"):
            assert words in shown, words
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_search_finds_over_the_chapter_and_opens_the_place(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await in_lesson(pilot)
        await pilot.press("slash")
        await pilot.pause()
        assert isinstance(app.screen, SearchScreen)
        await pilot.press(*"nobody")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count > 0)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.step.id == "failing-stage")


async def test_the_palette_has_every_key_of_the_screen(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        titles = {command.title for command in app.get_system_commands(screen)}
        assert {"Run", "Next", "Back a step", "Search", "Light or dark", "Quit", "Section 2: Java with Maven"} <= titles


async def test_hostile_text_is_shown_as_text(stage: Stage) -> None:
    bad = "RUN echo [/foo] [red]not markup[/]"
    lesson = dataclasses.replace(sample.COURSE.lessons[0], title=bad, steps=sample.COURSE.lessons[0].steps)
    stage.course = lambda _: Course("[bold]x[/", "en", (lesson,))
    stage.engine.prints["multi-stage"] = (bad, "[/]")
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        await run_all(pilot, screen)
        first = screen.query_one(OutputLog).row(0, 60)
        assert first is not None
        assert first.plain == bad


async def test_the_terminal_is_resized_many_times_during_a_build(stage: Stage) -> None:
    stage.engine.hold.clear()
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await pilot.press("enter")
        for width in range(60, 180, 20):
            await pilot.resize_terminal(width, 20 + width % 30)
        stage.engine.hold.set()
        await until(pilot, lambda: screen.desk.running is None)
        assert screen.query(ActionBlock).first().state is ActionState.DONE
