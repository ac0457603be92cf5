"""`diamol-tutor grade`: judge a solution without the screens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.builds.cells import fitted, width_of
from tutor.cli.settings import Settings
from tutor.errors import ExitStatus

if TYPE_CHECKING:
    from tutor.grade.events import GradeEvent
    from tutor.grade.report import GradeReport
    from tutor.language import Words

SIGNS = {"pass": "+", "fail": "x", "not judged": "-"}
COLOURS = {"pass": "green", "fail": "red", "not judged": "yellow"}


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--exercise", "exercise_id", default="06-optimise", show_default=True, help="Which exercise to judge by.")
@click.pass_obj
def grade(settings: Settings, folder: Path | None, as_json: bool, exercise_id: str) -> ExitStatus:
    """Grade a solution by what your Docker engine measures.

    It is built, edited, built again and visited. FOLDER is a build context; without it, your copy of the exercise in
    the workspace is graded. The folder is only read.

    Exit status: 0 passed, 1 not passed, 2 no such folder, 3 no Docker engine.
    """
    from tutor.course.exercise import load_exercise
    from tutor.course.workspace import Workspace
    from tutor.grade.as_json import report_as_json
    from tutor.grade.grader import grade as grade_folder
    from tutor.places import exercises_folder

    exercise = load_exercise(exercises_folder(), exercise_id)
    chosen = folder or Workspace(settings.workspace).folder(exercise.id)
    words = settings.words
    report = grade_folder(exercise, chosen, settings.grading_engine(), lambda event: _tell(event, words))
    if as_json:
        click.echo(json.dumps(report_as_json(report, words, str(chosen)), indent=2, ensure_ascii=False))
    else:
        _print(report, words)
    return ExitStatus.PASS if report.passed else ExitStatus.NOT_PASSED


def _tell(event: GradeEvent, words: Words) -> None:
    """Say on standard error which probe runs: a first build can take a while."""
    from tutor.grade.events import ProbeStarted

    if isinstance(event, ProbeStarted):
        click.echo(words(f"grade.probe.{event.probe}") + " …", err=True)


def _print(report: GradeReport, words: Words) -> None:
    titles = {check.id: words(f"grade.title.{check.id}") for check in report.checks}
    verdicts = {
        verdict: f"{sign} " + words(f"grade.verdict.{verdict.replace(' ', '_')}") for verdict, sign in SIGNS.items()
    }
    title_width, verdict_width = (max(map(width_of, column.values())) for column in (titles, verdicts))
    for check in report.checks:
        verdict = click.style(fitted(verdicts[check.verdict], verdict_width), fg=COLOURS[check.verdict])
        points = f"{check.points:>3}/{check.points_possible:<3}"
        click.echo(f"{verdict} {points} {fitted(titles[check.id], title_width)}  {check.sentence(words)}")
    possible = sum(check.points_possible for check in report.checks)
    outcome = "grade.outcome.passed" if report.passed else "grade.outcome.not_passed"
    click.echo(words(outcome, points=report.points, possible=possible))


COMMANDS = (grade,)
