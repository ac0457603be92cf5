"""`diamol-tutor grade`: judge one solution or a class without the screens."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli.plain import plain_option
from tutor.cli.settings import Settings
from tutor.cli.signals import ended_by_signals
from tutor.errors import ExitStatus, TutorError, UsageError

if TYPE_CHECKING:
    from tutor.course.exercise import Exercise
    from tutor.grade.several import Entry


_EXAMPLES = """
\b
Examples:
  diamol-tutor grade                         your copy of the exercise
  diamol-tutor grade --hint                  with a hint for what failed
  diamol-tutor grade --watch                 again after every save
  diamol-tutor grade class/* --junit r.xml   a class, for a build server
"""


@click.command(epilog=_EXAMPLES)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write a JUnit XML report too.")
@click.option(
    "--result", type=click.Path(path_type=Path), metavar="FILE", help="Write result.json for autograding too."
)
@click.option("--hint", "hints", count=True, help="A hint for each check that failed; once more for the next one.")
@click.option("--watch", is_flag=True, help="Grade again after every save, until Ctrl+C.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="How many folders at a time.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long each folder may take.",
)
@click.option("--offline", is_flag=True, help="Pull nothing, and give the builds of the folders no network.")
@click.option("--exercise", "exercise_id", default="06-optimise", show_default=True, help="Which exercise to judge by.")
@plain_option
@click.pass_obj
def grade(
    settings: Settings,
    folders: tuple[Path, ...],
    as_json: bool,
    junit: Path | None,
    result: Path | None,
    hints: int,
    watch: bool,
    jobs: int,
    timeout_s: float,
    offline: bool,
    exercise_id: str,
) -> ExitStatus:
    """Grade a solution by what your Docker engine measures.

    It is built, edited, built again and visited. FOLDER is a build context; without it, your copy of the exercise in
    the workspace is graded, and the attempt is kept. Several folders are graded as a class. Folders are only read, and
    the containers of those that are named have no network, little memory and few processes.

    Exit status: 0 all passed, 1 not passed, 2 wrong use, 3 no Docker engine.
    """
    from tutor.course.exercise import load_exercise
    from tutor.places import exercises_folder

    exercise = load_exercise(exercises_folder(), exercise_id)
    options = _Options(as_json, junit, result, hints, jobs, timeout_s, offline)
    with ended_by_signals():
        run = _Run(settings, exercise, folders, options)
        return run.watch() if watch else run.once()


@dataclass(frozen=True)
class _Options:
    """What the command was told, besides the folders."""

    as_json: bool
    junit: Path | None
    result: Path | None
    hints: int
    jobs: int
    timeout_s: float
    offline: bool


class _Run:
    """One call of the command."""

    def __init__(self, settings: Settings, exercise: Exercise, folders: tuple[Path, ...], options: _Options) -> None:
        from tutor.course.workspace import Workspace
        from tutor.grade.rig import Terms

        self._settings = settings
        self._exercise = exercise
        self._own = Workspace(settings.workspace).folder(exercise.id)
        self._folders = folders or (self._own,)
        self._options = options
        self._terms = Terms(isolated=bool(folders), offline=options.offline)
        self._engine = settings.grading_engine()

    def once(self) -> ExitStatus:
        entries = self._class() if len(self._folders) > 1 else (self._single(self._folders[0]),)
        self._write(entries)
        self._print(entries)
        return self._status(entries)

    def watch(self) -> ExitStatus:
        """Grade now and after every save."""
        from tutor.grade.watch import states

        if len(self._folders) > 1:
            raise UsageError("--watch is for one folder.", "Name one, or none for your own copy of the exercise.")
        for _ in states(self._folders[0], threading.Event()):
            self._once_more()
        return ExitStatus.PASS

    def _once_more(self) -> None:
        from tutor.cli.main import complain

        try:
            self.once()
        except TutorError as error:
            complain(error, self._settings.words)
        click.echo(self._settings.words("grade.watch.waiting"), err=True)

    def _single(self, folder: Path) -> Entry:
        """Grade one folder. Raises what kept it from being graded."""
        from tutor.cli.grade_show import tell
        from tutor.grade.several import Class

        words = self._settings.words
        single = Class(self._exercise, self._engine, self._terms, self._options.timeout_s)
        entry = single.one(folder, lambda event: tell(event, words))
        if entry.report is None:
            raise entry.error or AssertionError("neither graded nor not")
        if folder.resolve() == self._own.resolve():
            self._keep(entry)
        return entry

    def _class(self) -> tuple[Entry, ...]:
        from tutor.cli.grade_show import tell_finished
        from tutor.grade.several import Class

        words, total = self._settings.words, len(self._folders)
        several = Class(self._exercise, self._engine, self._terms, self._options.timeout_s)
        return several.grade(self._folders, self._options.jobs, tell_finished(total, words))

    def _keep(self, entry: Entry) -> None:
        """Keep an attempt at the learner's own copy. That it can't be kept is said, and changes nothing."""
        from tutor.cli.store import open_progress
        from tutor.grade.as_json import report_as_json

        assert entry.report is not None
        report = entry.report
        figures = report_as_json(report, self._settings.words, str(entry.folder))
        try:
            open_progress(self._settings.words).record_attempt(report.exercise, report.passed, report.points, figures)
        except TutorError as error:
            click.echo(self._settings.words.told(error.message), err=True)

    def _write(self, entries: tuple[Entry, ...]) -> None:
        from tutor.grade.reports import autograding, junit

        words = self._settings.words
        if self._options.junit:
            _write_file(self._options.junit, junit(entries, words))
        if self._options.result:
            text = json.dumps(autograding(entries, words), indent=2, ensure_ascii=False)
            _write_file(self._options.result, text.encode() + b"\n")

    def _print(self, entries: tuple[Entry, ...]) -> None:
        from tutor.cli.grade_read import read_card, read_table
        from tutor.cli.grade_show import print_card, print_table
        from tutor.grade.as_json import class_as_json, entry_as_json

        words = self._settings.words
        if self._options.as_json:
            found = [entry_as_json(self._exercise.id, entry, words) for entry in entries]
            told = found[0] if len(self._folders) == 1 else class_as_json(self._exercise.id, found)
            click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        elif len(self._folders) == 1 and entries[0].report:
            show = read_card if self._settings.plain else print_card
            show(entries[0].report, words, self._options.hints)
        else:
            (read_table if self._settings.plain else print_table)(entries, words)

    def _status(self, entries: tuple[Entry, ...]) -> ExitStatus:
        from tutor.grade.several import lost_engine

        if lost_engine(entries):
            return ExitStatus.NO_ENGINE
        return ExitStatus.PASS if all(entry.passed for entry in entries) else ExitStatus.NOT_PASSED


def _write_file(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(
            "{file} can't be written: {reason}.", "Name another file.", file=file, reason=error.strerror
        ) from error


COMMANDS = (grade,)
