"""Commands about the chapter's lessons and the learner's copies."""

from __future__ import annotations

import click

from tutor.cli.settings import Settings
from tutor.errors import ExitStatus


@click.command("list")
@click.pass_obj
def list_sections(settings: Settings) -> None:
    """List the chapter's sections."""
    from tutor.course.lessons import load_course

    course = load_course(settings.language)
    click.echo(course.title)
    for lesson in course.lessons:
        click.echo(f"  {lesson.number}  {lesson.title}")


@click.command()
@click.pass_obj
def check(_settings: Settings) -> ExitStatus:
    """Check the lessons and exercises for mistakes, as their authors do before a release."""
    from tutor.course.lint import lint
    from tutor.places import exercises_folder, lessons_folder

    problems = lint(lessons_folder(), exercises_folder())
    for problem in problems:
        click.echo(str(problem))
    click.echo(f"{len(problems)} problems." if problems else "No problems.")
    return ExitStatus.NOT_PASSED if problems else ExitStatus.PASS


COMMANDS = (list_sections, check)
