"""`diamol-tutor record`: carry lessons out on a live engine and keep how they went, for those who have none."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli.complete import sections_or_all
from tutor.cli.lessons import chosen_lessons
from tutor.cli.settings import Settings
from tutor.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from tutor.builds.engine import Engine
    from tutor.course.lesson import Lesson


@click.command()
@click.argument("section", default="all", shell_complete=sections_or_all)
@click.option("--into", type=click.Path(path_type=Path), help="Folder to write to, instead of the lessons' own.")
@click.pass_obj
def record(settings: Settings, section: str, into: Path | None) -> ExitStatus:
    """Record sections on your engine, to play them without one.

    Their authors do it before a release. Without SECTION, all are recorded. Each lesson is carried out on fresh copies
    of its files and held to what it says. The recordings are played where there is no engine; one serves every
    language.
    """
    from tutor.course.lessons import load_course
    from tutor.course.recordings.recording import FOLDER
    from tutor.places import lessons_folder

    engine = settings.engine()
    folder = into or lessons_folder() / FOLDER
    for lesson in chosen_lessons(load_course().lessons, section):
        _record(lesson, engine, folder)
    return ExitStatus.PASS


def _record(lesson: Lesson, engine: Engine, folder: Path) -> None:
    from tutor.course.recordings.recorder import record as record_lesson
    from tutor.course.recordings.recording import write_recording
    from tutor.course.session import LessonSession
    from tutor.course.workspace import Workspace

    click.echo(f"{lesson.number}. {lesson.title}")
    with tempfile.TemporaryDirectory(prefix="diamol-tutor-") as copies, LessonSession(Workspace(Path(copies))) as fresh:
        recording = record_lesson(lesson, fresh, engine, lambda action: click.echo(f"  $ {action.command}"))
    try:
        file = write_recording(recording, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            "The recording can't be written: {reason}.", "Choose a folder with --into.", reason=reason
        ) from error
    click.echo(f"  {file.name}: {file.stat().st_size / 1000:.0f} kB")


COMMANDS = (record,)
