"""Make the README's pictures: `python -m tests.pictures FOLDER [NAME]...`.

They show the app itself, driven by its keys, on a live engine.
The pictures hold no address: the fonts that Textual's export would load from the web are the reader's own instead.
"""

from __future__ import annotations

import asyncio
import html
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from tutor.builds.builder import Builder
from tutor.builds.cells import width_of
from tutor.course.contents import load_contents
from tutor.course.exercise import load_exercise
from tutor.course.lessons import load_course
from tutor.course.workspace import Workspace
from tutor.engines.docker_engine import DockerEngine
from tutor.engines.inputs import InputsTaker
from tutor.grade.grader import grade
from tutor.places import exercises_folder
from tutor.ui.app import TutorApp
from tutor.ui.engine_state import Connecting
from tutor.ui.parts import Forgetful, Parts
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.layers import LayersScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.steps import StepTable

SIZE = (120, 36)
DEADLINE_S = 300.0
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"

_FROM_THE_WEB = re.compile(r"@font-face\s*\{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)
_LENGTH = re.compile(r'textLength="([\d.]+)"([^>]*)>([^<]*)<')
_NAMESPACE = "http://www.w3.org/2000/svg"


def without_addresses(svg: str) -> str:
    """A picture that loads nothing and names no place. Raises ValueError where an address is left in it."""
    svg = re.sub(r"font-family:\s*Fira Code, monospace", f"font-family: {FONTS}", _FROM_THE_WEB.sub("", svg))
    svg = _LENGTH.sub(_in_cells, svg)
    left = re.findall(r"\w+://[^\s\"'<)]*", svg.replace(_NAMESPACE, ""))
    if left:
        raise ValueError(f"the picture names {left[0]}")
    return svg


def _in_cells(found: re.Match[str]) -> str:
    """A text's length by the cells it takes: Textual counts characters, and Korean ones are two cells wide."""
    length, rest, text = found.groups()
    shown = html.unescape(text)
    cells = float(length) * width_of(shown) / max(1, len(shown))
    return f'textLength="{cells:g}"{rest}>{text}<'


def app_in(folder: Path) -> TutorApp:
    takers = InputsTaker()
    return TutorApp(
        Parts(
            load_contents=load_contents,
            load_course=load_course,
            connect=lambda: DockerEngine.connect(Builder.BUILDKIT),
            load_exercise=lambda name: load_exercise(exercises_folder(), name),
            grade=lambda exercise, there, engine, listen, stop: grade(exercise, there, engine, listen, stop=stop),
            inputs=takers.take,
            progress=Forgetful,
            workspace=Workspace(folder),
        )
    )


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds; raises TimeoutError after a deadline."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the engine took too long")
        await pilot.pause(0.02)
    await pilot.pause(0.3)


async def lesson(pilot: Pilot[int], app: TutorApp) -> None:
    """A build after an edit, with what was predicted of it, and why the step under the cursor ran."""
    screen = await opened(pilot, app, "02-java", "build")
    await run(pilot, screen)
    while screen.step.id != "edit-source":
        await pilot.press("n")
    await run(pilot, screen)
    await pilot.press("enter")
    await until(pilot, lambda: screen.query_one(LivePanel).asks)
    await pilot.press(*["down", "down", "down", "space", "down", "space", "down", "down", "space"])
    await run(pilot, screen)
    screen.query_one(StepTable).focus()
    await pilot.press("up", "up")


async def layers(pilot: Pilot[int], app: TutorApp) -> None:
    """The layers of an image that a file was removed from too late."""
    await run(pilot, await opened(pilot, app, "05-multi-stage", "cleanup-later"))
    await pilot.press("i")
    await until(pilot, lambda: isinstance(app.screen, LayersScreen) and app.screen.image is not None)
    await pilot.press("end", "enter", "down", "enter", "down")


async def opened(pilot: Pilot[int], app: TutorApp, lesson_id: str, step: str) -> LessonScreen:
    app.open_lesson(lesson_id, step)
    await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.query("ActionBlock"))
    screen = app.screen
    assert isinstance(screen, LessonScreen)
    return screen


async def run(pilot: Pilot[int], screen: LessonScreen) -> None:
    """Press Enter, and wait until what it started has ended."""
    before = len(screen.desk.runs)
    await pilot.press("enter")
    await until(pilot, lambda: len(screen.desk.runs) > before and screen.desk.running is None)


async def card(pilot: Pilot[int], app: TutorApp) -> None:
    """The grade of the file that the exercise starts with: a picture of the solution would give it away."""
    app.open_exercise("06-optimise")
    await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.editors)
    screen = app.screen
    assert isinstance(screen, ExerciseScreen)
    await pilot.press("g")
    await until(pilot, lambda: screen.asking)
    await pilot.press("4")
    await until(pilot, lambda: not screen.grading and app.record.best)


def _ready(app: TutorApp) -> bool:
    return bool(app.texts.sections) and not isinstance(app.engine_state, Connecting)


PICTURES = {"lesson": lesson, "layers": layers, "grade": card}


async def make(folder: Path, names: Sequence[str] = ()) -> None:
    """Make those pictures, or all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        prepare = PICTURES[name]
        with tempfile.TemporaryDirectory(prefix="diamol-tutor-") as copies:
            app = app_in(Path(copies))
            async with app.run_test(size=SIZE) as pilot:
                await until(pilot, partial(_ready, app))
                await prepare(pilot, app)
                await pilot.pause(0.3)
                svg = without_addresses(app.export_screenshot(simplify=True))
        if copies in svg:
            raise ValueError(f"the picture {name} names a folder of this machine")
        file = folder / f"{name}.svg"
        file.write_text(svg, "utf-8")
        print(file)


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]), sys.argv[2:]))
