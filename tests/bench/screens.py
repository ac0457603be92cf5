"""The open app beside the least that Textual needs: steps, log lines, memory, keys."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from tests.bench.measure import Row
from tests.bench.startup import MINIMAL_APP, PAINT_DEADLINE_S, TUTOR, in_terminal, read_on, read_until
from tests.fakes import FakeEngine, started
from tests.ui import sample
from tests.ui.conftest import Stage, in_lesson
from tutor.builds.builder import Outcome
from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildEvent, BuildSucceeded, StepFinished, StepOutput, StepStarted
from tutor.course.lessons import load_course
from tutor.places import lessons_folder
from tutor.progress.store import Progress
from tutor.ui.screens.lesson import LessonScreen

SECTION = "02-java"
STEP_MARK = "<!-- step:"
LINES_A_SECOND = 5_000
LONGEST_S = 300
QUIET_S = 0.15
"""A terminal that has shown nothing for so long has shown all that a key brought."""

MARKDOWN_APP = """
import json, sys
from textual.app import App
from textual.widgets import Markdown
class Steps(App):
    BINDINGS = [("n", "next", "next")]
    at = 0
    def compose(self):
        yield Markdown(steps[0])
    async def action_next(self):
        self.at += 1
        await self.query_one(Markdown).update(f"Turn {self.at}\\n\\n{steps[self.at]}")
steps = json.load(open(sys.argv[1]))
steps[0] = "Top-line\\n\\n" + steps[0]
Steps().run()
"""


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return [_steps(Path(folder)), *asyncio.run(_in_process(Path(folder))), _memory_beside_minimal()]


async def _in_process(place: Path) -> list[Row]:
    return [
        await _log_lines(place),
        await _keys_meanwhile(place),
        await _a_million_lines(place),
        await _page_turns(place),
    ]


# Steps


def _steps(place: Path) -> Row:
    """From a key to the last byte of the new step, in a real terminal, over all steps of a section.

    Textual's widget shows the section's text: on one page, as it would be without steps; the detail tells what it
    takes for the text of one step alone.
    """
    lesson = next(each for each in load_course("en").lessons if each.id == SECTION)
    text = (lessons_folder() / "en" / f"{SECTION}.md").read_text("utf-8")
    steps = [part.partition("-->")[2] for part in text.split(STEP_MARK)[1:]]
    times = len(steps) - 1
    Progress(place / "progress.db").remember(SECTION, lesson.steps[0].id)
    os.environ |= {"DIAMOL_TUTOR_STATE": str(place), "DIAMOL_TUTOR_WORKSPACE": str(place / "w")}
    ours = _turns(TUTOR, lesson.steps[0].title.encode(), times, opening=b"\r")
    whole, alone = (_markdown_turns(place, texts, times) for texts in ([text] * len(steps), steps))
    detail = f"{ours * 1000:.0f} ms, {whole * 1000:.0f} ms; a step's text alone {alone * 1000:.0f} ms"
    return Row("from step to step / Textual's Markdown on the section's text", 0.25, ours / whole, "x", detail)


def _markdown_turns(place: Path, texts: list[str], times: int) -> float:
    file = place / "texts.json"
    file.write_text(json.dumps(texts))
    return _turns([sys.executable, "-c", MARKDOWN_APP, str(file)], b"Top-line", times)


def _turns(command: list[str], ready: bytes, times: int, opening: bytes = b"") -> float:
    """Median seconds from the key `n` to the last byte that came for it."""
    with in_terminal(command) as (_, terminal):
        if opening:
            read_until(terminal, b"diamol")
            read_on(terminal, 1.0)
            os.write(terminal, opening)
        read_until(terminal, ready)
        read_on(terminal, 1.0)
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            os.write(terminal, b"n")
            taken.append(read_on(terminal, QUIET_S, PAINT_DEADLINE_S) - start)
    return statistics.median(taken)


# Output


@dataclass
class _Printer(FakeEngine):
    """Its builds print: `lines` in all, `a_second` of them, or as fast as they are taken."""

    lines: int = 0
    a_second: int = 0

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        said = [StepOutput(0, f"line {i} of what a build prints while it downloads things") for i in range(1000)]
        yield started(sample.THREE_STAGES, request.build_id)
        yield StepStarted(0)
        due = time.monotonic()
        for i in range(self.lines):
            yield said[i % len(said)]
            if self.a_second and i % 100 == 99:
                due += 100 / self.a_second
                time.sleep(max(0.0, due - time.monotonic()))
        yield StepFinished(0, Outcome.REBUILT, 1.0)
        yield BuildSucceeded("sha256:1", ())


@asynccontextmanager
async def _building(folder: Path, lines: int, a_second: int = 0) -> AsyncIterator[tuple[Pilot[int], LessonScreen]]:
    """The app in the middle of a build that prints."""
    stage = Stage(folder, engine=_Printer(lines=lines, a_second=a_second))
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, "01-build-server", "three-stages")
        pilot.app.post_message(events.Key("enter", None))
        await _soon(lambda: screen.desk.running is not None)
        yield pilot, screen


async def _soon(condition: Callable[[], bool]) -> None:
    """Wait without asking the app to be idle first, as a pilot does: a build under way never lets it be."""
    end = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < end, "never came true"
        await asyncio.sleep(0.002)


async def _log_lines(place: Path) -> Row:
    seconds = await _cpu_of(place / "many", 50_000) - await _cpu_of(place / "none", 0)
    return Row("50,000 log lines, CPU of the whole app", 0.5, seconds, "s")


async def _cpu_of(folder: Path, lines: int) -> float:
    async with _building(folder, lines) as (_, screen):
        start = time.process_time()
        await _soon(lambda: screen.desk.running is None)
        return time.process_time() - start


async def _keys_meanwhile(place: Path) -> Row:
    """Keys that scroll the output, each timed from its press until the screen has it."""
    worst = 0.0
    async with _building(place / "keys", 4 * LINES_A_SECOND, LINES_A_SECOND) as (pilot, screen):
        while screen.desk.running is not None:
            start = time.perf_counter()
            await _answered(pilot, screen)
            worst = max(worst, time.perf_counter() - start)
            await asyncio.sleep(1 / 20)
    return Row("slowest key while 5,000 lines a second arrive", 100, worst * 1000, "ms")


async def _answered(pilot: Pilot[int], screen: LessonScreen) -> None:
    """Press Tab and wait until the focus has moved and the screen was painted."""
    before, painted = screen.focused, asyncio.Event()
    pilot.app.post_message(events.Key("tab", None))
    await _soon(lambda: screen.focused is not before)
    screen.call_after_refresh(painted.set)
    await painted.wait()


async def _a_million_lines(place: Path) -> Row:
    async with _building(place / "million", 1_000_000) as (_, screen):
        before = _resident_mb(os.getpid())
        await _soon(lambda: screen.desk.running is None)
        grown = _resident_mb(os.getpid()) - before
    return Row("memory that 1,000,000 lines of output add", 50, grown, "MB")


async def _page_turns(place: Path) -> Row:
    stage = Stage(place / "turns", course=load_course)
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await in_lesson(pilot, SECTION, load_course("en").lessons[1].steps[0].id)
        before = _resident_mb(os.getpid())
        for i in range(500):
            await pilot.press("n" if i // 5 % 2 == 0 else "p")
        await pilot.pause()
        grown = _resident_mb(os.getpid()) - before
    return Row("memory that 500 page turns add", 20, grown, "MB")


# The open app


def _memory_beside_minimal() -> Row:
    """Resident memory in a real terminal, once the engine is known and the sections are listed."""
    ours, minimal = (
        _resident_when(TUTOR, b"Docker 2"),
        _resident_when([sys.executable, "-c", MINIMAL_APP], b"painted-now"),
    )
    return Row("memory of the open app / minimal app", 1.5, ours / minimal, "x", f"{ours:.0f} MB, {minimal:.0f} MB")


def _resident_when(command: list[str], text: bytes) -> float:
    with in_terminal(command) as (child, terminal):
        read_until(terminal, text)
        read_on(terminal, 1.0)  # what comes after the text is loaded, too
        return _resident_mb(child)


def _resident_mb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
