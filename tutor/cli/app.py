"""Open the tutor: choose its parts and hand them to the app."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.cli.settings import Settings
from tutor.cli.store import open_progress
from tutor.errors import UsageError
from tutor.language import LANGUAGES, Words

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.builds.engine import BuildRequest, Engine
    from tutor.builds.forecast import Inputs
    from tutor.course.contents import Contents
    from tutor.course.exercise import Exercise
    from tutor.course.lesson import Course
    from tutor.engines.inputs import InputsTaker
    from tutor.grade.events import Listener
    from tutor.grade.report import GradeReport
    from tutor.grade.stop import Stop


def open_app(settings: Settings) -> int:
    """Run the app until the learner quits; gives the exit status. Raises UsageError where there is no terminal."""
    in_browser = "TEXTUAL_DRIVER" in os.environ  # set by tutor/web, which is at the other end of both pipes
    # the third as well: Textual draws on standard error
    if not in_browser and not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError(
            "diamol-tutor needs a terminal for its screens.",
            "Run it without pipes and without `2>`; `diamol-tutor --help` lists the commands that need no screen.",
        )
    gc.disable()  # 13 % of the time to the first paint (measured); the app turns it on again once it is ready
    from tutor.course.workspace import Workspace
    from tutor.ui.app import run
    from tutor.ui.parts import Parts

    language, theme = _remembered(settings)
    return run(
        Parts(
            load_contents=_load_contents,
            load_course=_load_course,
            connect=settings.engine_or_recordings,
            load_exercise=_load_exercise,
            grade=_grade,
            inputs=_inputs_taker(),
            progress=lambda: open_progress(Words(language)),
            workspace=Workspace(settings.workspace),
            language=language,
            theme=theme,
            debug=settings.debug,
        )
    )


def _remembered(settings: Settings) -> tuple[str, str]:
    """Language and theme as the learner left them; a language given with --lang comes first."""
    from tutor.places import progress_file
    from tutor.progress.preferences import peek

    kept = peek(progress_file())
    language = "" if settings.language_given else kept.get("language", "")
    return language if language in LANGUAGES else settings.language, kept.get("theme", "")


# Each part imports what it needs when it is first used: nothing of it delays the first paint.


def _load_contents(language: str) -> Contents:
    from tutor.course.contents import load_contents

    return load_contents(language)


def _load_course(language: str) -> Course:
    from tutor.course.lessons import load_course

    return load_course(language)


def _load_exercise(exercise_id: str) -> Exercise:
    from tutor.course.exercise import load_exercise
    from tutor.places import exercises_folder

    return load_exercise(exercises_folder(), exercise_id)


def _inputs_taker() -> Callable[[BuildRequest, Engine], Inputs]:
    """One taker for all builds of this app: it remembers what it has read."""
    takers: list[InputsTaker] = []

    def take(request: BuildRequest, engine: Engine) -> Inputs:
        from tutor.engines.inputs import InputsTaker

        if not takers:
            takers.append(InputsTaker())
        return takers[0].take(request, engine)

    return take


def _grade(exercise: Exercise, folder: Path, engine: Engine, listen: Listener, stop: Stop) -> GradeReport:
    from tutor.grade.grader import grade

    return grade(exercise, folder, engine, listen, stop=stop)
