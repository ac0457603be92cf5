"""The real app over a real engine that goes away, hangs and comes back: it says so once, and goes on."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widgets import Static

from tests.faults.own_engine import OwnEngine
from tests.faults.proxy import BUILD, Cut, Proxy, Silence
from tutor.builds.engine import Engine
from tutor.builds.events import BuildSucceeded
from tutor.course.contents import load_contents
from tutor.course.exercise import Exercise, load_exercise
from tutor.course.lessons import load_course
from tutor.course.workspace import Workspace
from tutor.engines import connect
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import NoEngine
from tutor.grade.events import Listener
from tutor.grade.report import GradeReport
from tutor.grade.stop import Stop
from tutor.places import exercises_folder
from tutor.ui import engine_state, jobs, run_view
from tutor.ui.app import TutorApp
from tutor.ui.engine_state import Connected, Unreachable, live_engine
from tutor.ui.parts import Forgetful, Parts
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.blocks import ActionBlock
from tutor.ui.widgets.summary import RunHead
from tutor.ui.widgets.topbar import TopBar

pytestmark = pytest.mark.engine

DEADLINE_S = 30.0
FOLDER = "01-multi-stage"
SLOW = "FROM diamol/base\nRUN echo begun; sleep 600\n"
QUICK = "FROM diamol/base\nRUN echo begun\n"
CAN_NOT_GRADE = "FROM diamol/base\nRUN true\n"


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "it never came true"
        await pilot.pause()
        await asyncio.sleep(0)


def graded(exercise: Exercise, folder: Path, engine: Engine, listen: Listener, stop: Stop) -> GradeReport:
    from tutor.grade.grader import grade

    return grade(exercise, folder, engine, listen, stop=stop)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def app(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> TutorApp:
    """The tutor with the shipped chapter; a lost engine is looked for often."""
    monkeypatch.setattr(engine_state, "LOOK_AGAIN_S", 0.05)
    return TutorApp(
        Parts(
            load_contents=load_contents,
            load_course=load_course,
            connect=DockerEngine.connect,
            load_exercise=lambda name: load_exercise(exercises_folder(), name),
            grade=graded,
            inputs=None,
            progress=Forgetful,
            workspace=workspace,
        )
    )


async def at_the_build(pilot: Pilot[int], app: TutorApp, workspace: Workspace, dockerfile: str) -> LessonScreen:
    """Open the first lesson at its build, with another Dockerfile."""
    (workspace.prepare(FOLDER) / "Dockerfile").write_text(dockerfile)
    await until(pilot, lambda: app.texts.sections and live_engine(app.engine_state) is not None)
    lesson = load_course().lessons[0]
    step = next(step.id for step in lesson.steps if any("image build" in action.command for action in step.actions))
    app.open_lesson(lesson.id, step)
    await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
    screen = app.screen
    assert isinstance(screen, LessonScreen)
    await until(pilot, lambda: screen.page.children)
    return screen


async def begun(pilot: Pilot[int], screen: LessonScreen) -> RunView:
    """Start the build; the view of its run."""
    before = list(screen.desk.runs.values())
    screen.query(ActionBlock).first().focus()  # a command that has run once is run again only when it is meant
    await pilot.press("enter")
    await until(pilot, lambda: list(screen.desk.runs.values()) != before)
    return view_of(screen)


def view_of(screen: LessonScreen) -> RunView:
    return next(reversed(screen.desk.runs.values()))


def said(app: TutorApp) -> list[str]:
    """The failures told in the corner of the screen."""
    return [str(note.title) for note in app._notifications if note.severity == "error"]


def head(screen: LessonScreen) -> str:
    return "\n".join(row.plain for row in screen.query_one(RunHead).draw(110))


def talks(view: RunView) -> bool:
    return view.build is not None and any(step.output.total for step in view.build.steps)


async def test_the_engine_restarts_while_a_lesson_is_open(app: TutorApp, workspace: Workspace, own: OwnEngine) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_the_build(pilot, app, workspace, QUICK)
        own.kill()
        view = await begun(pilot, screen)
        await until(pilot, lambda: view.ended is not None and isinstance(app.engine_state, Unreachable))
        assert view.state is ActionState.FAILED
        assert len(said(app)) == 1
        assert "No engine" in screen.query_one(TopBar).render().plain
        own.start()
        await until(pilot, lambda: isinstance(app.engine_state, Connected))
        assert "Docker" in screen.query_one(TopBar).render().plain
        again = await begun(pilot, screen)
        await until(pilot, lambda: screen.desk.running is None)
        assert again.build is not None
        assert isinstance(again.build.ended, BuildSucceeded)
        assert len(said(app)) == 1


async def test_the_engine_stops_during_a_build(app: TutorApp, workspace: Workspace, own: OwnEngine) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_the_build(pilot, app, workspace, SLOW)
        view = await begun(pilot, screen)
        await until(pilot, lambda: talks(view))
        own.stop()
        await until(pilot, lambda: screen.desk.running is None)
        assert view.state is ActionState.FAILED
        await until(pilot, lambda: isinstance(app.engine_state, Unreachable))
        assert len(said(app)) == 1
        own.start()
        await until(pilot, lambda: isinstance(app.engine_state, Connected))
        engine = live_engine(app.engine_state)
        assert engine is not None
        assert engine.containers() == ()


async def test_an_engine_lost_while_watching_is_told_once(app: TutorApp, workspace: Workspace, own: OwnEngine) -> None:
    dockerfile = workspace.prepare("06-optimise") / "Dockerfile"
    dockerfile.write_text(CAN_NOT_GRADE)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: live_engine(app.engine_state) is not None)
        app.open_exercise("06-optimise")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.editors)
        screen = app.screen
        assert isinstance(screen, ExerciseScreen)
        own.kill()
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.engine_state, Unreachable) and not screen.grading)
        for number in range(3):
            text = f"{CAN_NOT_GRADE}# {number}\n"
            dockerfile.write_text(text)
            await until(pilot, lambda text=text: screen.editors[0].text == text)  # type: ignore[misc]
        assert len(said(app)) == 1, said(app)
        assert screen.watching
        lost = screen._grading.view
        own.start()
        await until(pilot, lambda: screen._grading.view is not lost)
        screen._grading.stop()
        await until(pilot, lambda: not screen.grading)


async def test_a_stream_cut_in_the_middle_is_told_on_the_page(
    app: TutorApp, workspace: Workspace, proxy: Proxy
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_the_build(pilot, app, workspace, QUICK)
        proxy.spoil(BUILD, Cut(0, b"moby.buildkit.trace"))
        view = await begun(pilot, screen)
        await until(pilot, lambda: screen.desk.running is None)
        assert view.state is ActionState.FAILED
        assert live_engine(app.engine_state) is not None  # it answers: nothing is lost but this build
        proxy.mend()
        again = await begun(pilot, screen)
        await until(pilot, lambda: screen.desk.running is None)
        assert again.build is not None
        assert isinstance(again.build.ended, BuildSucceeded)


async def test_a_build_that_is_never_answered_says_so_and_can_be_left(
    app: TutorApp, workspace: Workspace, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_view, "QUIET_S", 1)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_the_build(pilot, app, workspace, QUICK)
        proxy.spoil("/build", Silence())
        view = await begun(pilot, screen)
        await until(pilot, lambda: "no news for" in head(screen))
        assert "Esc stops it" in head(screen)
        await pilot.press("escape")
        await until(pilot, lambda: screen.desk.running is None)
        assert view.state is ActionState.CANCELLED


async def test_an_engine_that_hangs_holds_no_screen(
    app: TutorApp, workspace: Workspace, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LET_GO_S", 0.5)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_the_build(pilot, app, workspace, QUICK)
        proxy.spoil(" /", Silence())
        view = await begun(pilot, screen)
        await pilot.press("escape")
        await until(pilot, lambda: screen.desk.running is None)
        assert view.state is ActionState.CANCELLED
        proxy.mend()
        proxy.drop()


async def test_a_slow_start_is_no_engine_after_a_deadline(
    app: TutorApp, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "FIRST_REPLY_DEADLINE_S", 1)
    proxy.spoil(" /", Silence())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.engine_state, Unreachable))
        assert isinstance(app.engine_state, Unreachable)
        assert isinstance(app.engine_state.error, NoEngine)
        assert "did not reply in time" in str(app.screen.query_one("#engine", Static).content)


async def test_200_sizes_during_a_build(app: TutorApp, workspace: Workspace, proxy: Proxy) -> None:  # noqa: ARG001
    loop = "FROM diamol/base\nRUN i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; sleep 600\n"
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_the_build(pilot, app, workspace, loop)
        view = await begun(pilot, screen)
        await until(pilot, lambda: talks(view))
        for i in range(200):
            size = Size(20 + i * 37 % 200, 5 + i * 17 % 60)
            app.post_message(Resize(size, size))  # a window that is dragged waits for nobody
            if i % 10 == 0:
                await pilot.pause()
        assert screen.desk.running is not None
        await pilot.resize_terminal(120, 40)
        await pilot.press("escape")
        await until(pilot, lambda: screen.desk.running is None)
        assert view.state is ActionState.CANCELLED


HOSTILE = bytes(range(256)) + b"\x1b]52;c;aGk=\x07\x1b]0;title\x07\x1b[2J\xc2\x9b31m\xe2\x80\xae\xea\xb0\x80\n" * 40


async def test_hostile_bytes_of_a_build_never_reach_the_screen(
    app: TutorApp, workspace: Workspace, direct: DockerEngine
) -> None:
    assert direct.facts().live
    context = workspace.prepare(FOLDER)
    (context / "hostile").write_bytes(HOSTILE)
    async with app.run_test(size=(120, 40)) as pilot:
        dockerfile = "FROM diamol/base\nCOPY hostile /\nRUN cat /hostile; echo '\x1b[31m\x1b]0;title\x07'; exit 1\n"
        screen = await at_the_build(pilot, app, workspace, dockerfile)
        view = await begun(pilot, screen)
        await until(pilot, lambda: screen.desk.running is None)
        assert talks(view)
        for key in ("b", "b", "b"):  # the table, and each picture
            drawn = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
            assert "RUN cat /hostile" in drawn
            assert not [char for char in drawn if unicodedata.category(char) in ("Cc", "Cf", "Cs")]
            await pilot.press(key)
            await pilot.pause()
