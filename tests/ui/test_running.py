"""What of the tutor's runs on the engine: counted in the top row, listed by a key, and stopped from the list."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.fakes import FakeEngine
from tests.ui.conftest import Stage, in_lesson, loaded, until
from tutor.builds.engine import Container, RunSpec
from tutor.errors import TutorError
from tutor.ui.app import TutorApp
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.running import RunningScreen
from tutor.ui.widgets.keybar import KeyBar
from tutor.ui.widgets.topbar import TopBar


def start(engine: FakeEngine, name: str, port: int = 0, image: str = "access-log") -> Container:
    engine.add_image(image)
    return engine.start(RunSpec(image, name, ports={80: port} if port else {}))


def bar(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(TopBar).render().plain


def keys(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(KeyBar).render().plain


async def opened(pilot: Pilot[int]) -> RunningScreen:
    """Press the key, and wait for the list's answer from the engine."""
    await pilot.press("r")
    screen = pilot.app.screen
    assert isinstance(screen, RunningScreen)
    await until(pilot, lambda: told(screen) != screen._words("ui.running.looking"))
    return screen


def told(screen: RunningScreen) -> str:
    return str(screen.query_one("#running-told", Static).content)


def rows(screen: RunningScreen) -> list[str]:
    return [str(option.prompt) for option in screen.query_one(OptionList).options]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_top_row_counts_what_runs_and_the_bottom_row_names_the_key(
    stage: Stage, size: tuple[int, int]
) -> None:
    start(stage.engine, "accesslog", 801)
    start(stage.engine, "iotd", 800)
    async with stage.app().run_test(size=size) as pilot:
        await in_lesson(pilot)
        await until(pilot, lambda: ("▶ 2 running" if size[0] > 100 else "▶ 2   ●") in bar(pilot))
        assert "r Containers" in keys(pilot)


async def test_nothing_is_counted_where_nothing_runs(stage: Stage) -> None:
    old = start(stage.engine, "iotd")
    stage.engine._containers[old.name] = dataclasses.replace(old, state="exited", exit_code=0)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await in_lesson(pilot)
        await until(pilot, lambda: isinstance(pilot.app, TutorApp) and pilot.app.running is not None)
        assert "▶" not in bar(pilot)
        assert "Containers" not in keys(pilot)


async def test_an_action_s_end_asks_again(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await in_lesson(pilot, step="three-stages")
        assert "▶" not in bar(pilot)
        start(stage.engine, "accesslog", 801)
        await pilot.press("enter")
        await until(pilot, lambda: "▶ 1 running" in bar(pilot))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_tells_name_image_address_and_state(stage: Stage, size: tuple[int, int]) -> None:
    start(stage.engine, "accesslog", 801)
    old = start(stage.engine, "iotd", image="image-of-the-day")
    stage.engine._containers[old.name] = dataclasses.replace(old, state="exited", exit_code=3)
    stage.engine.create_network("nat")
    async with stage.app().run_test(size=size) as pilot:
        await in_lesson(pilot)
        screen = await opened(pilot)
        assert "1 container is running" in told(screen)
        first, second, third = rows(screen)
        assert first.split() == ["accesslog", "access-log", "●", "running", "http://127.0.0.1:801"]
        assert second.split() == ["iotd", "image-of-the-day", "○", "ended", "(3)", "no", "published", "port"]
        assert third.split() == ["nat", "network"]
        box = screen.query_one("#running").region
        assert pilot.app.screen.region.contains_region(box)
        assert screen.query_one("#running-keys").region.bottom < box.bottom


async def test_a_long_list_scrolls_and_leaves_the_keys_in_sight(stage: Stage) -> None:
    for i in range(20):
        start(stage.engine, f"web-{i:02}", 900 + i)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        screen = await opened(pilot)
        assert screen.query_one("#running-keys").region.bottom < screen.query_one("#running").region.bottom
        await pilot.press("end")
        await until(pilot, lambda: screen.query_one(OptionList).scroll_y > 0)


async def test_a_grade_s_containers_are_left_alone(stage: Stage) -> None:
    start(stage.engine, "grade-e71bfb5acc90")
    start(stage.engine, "iotd", 800)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        screen = await opened(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "Nothing is running" in told(screen))
        assert [container.name for container in stage.engine.containers()] == ["diamol-tutor-grade-e71bfb5acc90"]


@pytest.mark.parametrize("key", ["enter", "x"])
async def test_the_one_under_the_cursor_is_stopped(stage: Stage, key: str) -> None:
    start(stage.engine, "accesslog", 801)
    gone = start(stage.engine, "iotd", 800)
    stage.engine.create_network("nat")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await in_lesson(pilot)
        await until(pilot, lambda: "▶ 2" in bar(pilot))
        screen = await opened(pilot)
        await pilot.press("down", key)
        await until(pilot, lambda: len(rows(screen)) == 2)
        assert ("remove_container", gone.id) in stage.engine.calls
        assert [row.split()[0] for row in rows(screen)] == ["accesslog", "nat"]
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, LessonScreen)
        await until(pilot, lambda: "▶ 1" in bar(pilot))


async def test_a_click_only_chooses(stage: Stage) -> None:
    start(stage.engine, "accesslog", 801)
    start(stage.engine, "iotd", 800)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await in_lesson(pilot)
        screen = await opened(pilot)
        await pilot.click(OptionList, offset=(2, 2))
        await pilot.pause()
        assert screen.query_one(OptionList).highlighted == 1
        assert len(stage.engine.containers()) == 2


class Keeping(FakeEngine):
    """Keeps a network while a container is there, as an engine does while one is on it."""

    def remove_network(self, name: str) -> None:
        if self.containers():
            raise TutorError(f"The engine keeps {name}.", "Stop its containers first.")
        super().remove_network(name)


async def test_all_are_stopped_the_networks_last(stage: Stage) -> None:
    stage.engine = Keeping()
    start(stage.engine, "accesslog", 801)
    start(stage.engine, "iotd", 800)
    stage.engine.create_network("nat")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await in_lesson(pilot)
        screen = await opened(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "Nothing is running" in told(screen))
        assert stage.engine.containers() == ()
        assert stage.engine.networks() == ()
        assert not screen.query_one(OptionList).display


class Refusing(FakeEngine):
    """Keeps its networks: something that isn't the tutor's is on them."""

    def remove_network(self, name: str) -> None:
        raise TutorError(f"The engine keeps {name}.", "Stop its containers first.")


async def test_a_refusal_is_told_and_all_else_is_stopped(stage: Stage) -> None:
    stage.engine = Refusing()
    start(stage.engine, "iotd", 800)
    stage.engine.create_network("nat")
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        screen = await opened(pilot)
        await pilot.press("a")
        await until(pilot, lambda: len(rows(screen)) == 1)
        assert "No container is running" in told(screen)
        assert [each.title for each in pilot.app._notifications] == ["The engine keeps diamol-tutor-nat."]


class Slow(FakeEngine):
    """Stops a container only when it is let."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.let = threading.Event()

    def remove_container(self, container: str) -> None:
        assert self.let.wait(10)
        super().remove_container(container)


async def test_what_is_being_stopped_says_so_and_is_asked_once(stage: Stage) -> None:
    engine = stage.engine = Slow()
    start(engine, "iotd", 800)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        screen = await opened(pilot)
        await pilot.press("enter", "enter", "a")
        assert "stopping …" in rows(screen)[0]
        await pilot.press("escape")
        engine.let.set()
        await until(pilot, lambda: "▶" not in bar(pilot) and not engine.containers())
        assert [name for name, _ in engine.calls].count("remove_container") == 1


async def test_nothing_there_is_said_plainly_in_korean(stage: Stage) -> None:
    stage.language = "ko"
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await in_lesson(pilot)
        screen = await opened(pilot)
        assert "실행 중인 것이 없습니다" in told(screen)
        await pilot.press("a", "x", "q")
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_recorded_builds_have_nothing_to_stop(stage: Stage) -> None:
    stage.engine.live = False
    start(stage.engine, "iotd", 800)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await in_lesson(pilot)
        await pilot.press("r")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert "▶" not in bar(pilot)
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "Containers" not in [label for _, label in pilot.app.screen._rows]
