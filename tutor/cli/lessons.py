"""Commands about the chapter's sections: list them, carry one out, check their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.cli.settings import Settings
from tutor.errors import ExitStatus, TutorError, UsageError
from tutor.language import LANGUAGES, Words

if TYPE_CHECKING:
    from tutor.builds.engine import Engine, EngineFacts
    from tutor.course.actions import Action
    from tutor.course.lesson import Lesson, Step
    from tutor.course.seen import ActionEvent


@click.command("list")
@click.pass_obj
def list_sections(settings: Settings) -> None:
    """List the chapter's sections."""
    from tutor.course.outline import MAIN_LANGUAGE, lesson_file, lesson_title, read_outline
    from tutor.places import lessons_folder

    folder = lessons_folder()
    titles, entries = read_outline(folder)
    click.echo(titles.get(settings.language, titles[MAIN_LANGUAGE]))
    for entry in entries:
        click.echo(f"  {entry.number}  {lesson_title(lesson_file(entry, settings.language, folder))}")


@click.command()
@click.argument("section")
@click.option("--lang", type=click.Choice(list(LANGUAGES)), help="Language of the section that is run.")
@click.option("--recorded", is_flag=True, help="Play how it went when it was recorded: that needs no engine.")
@click.option("--plain", is_flag=True, help="No colours and no signs: one sentence a line, for screen readers.")
@click.pass_obj
def run(settings: Settings, section: str, lang: str | None, recorded: bool, plain: bool) -> ExitStatus:
    """Carry out a section's commands, without screens.

    SECTION is its number, its id, or `all`. Each command is held to what its lesson says. Ends with status 1 at the
    first that does something else.
    """
    from tutor.course.lessons import load_course
    from tutor.course.rehearsal import rehearse
    from tutor.course.session import LessonSession
    from tutor.course.workspace import Workspace

    words = Words(lang or settings.language)
    engine = _recorded(settings) if recorded else settings.engine()
    teller = _Teller(words, plain)
    if recorded:
        teller.recorded(engine.facts())
    for lesson in chosen_lessons(load_course(words.language).lessons, section):
        teller.lesson(lesson)
        with LessonSession(Workspace(settings.workspace)) as session:
            for done in rehearse(lesson, session, engine, words, teller.heard):
                if done.missed:
                    teller.missed(done.missed)
                    return ExitStatus.NOT_PASSED
    click.echo(words("cli.run.as_recorded" if recorded else "cli.run.done"))
    return ExitStatus.PASS


def _recorded(settings: Settings) -> Engine:
    from tutor.course.recordings.player import Pace

    engine = settings.recorded_engine()
    engine.player.pace = Pace.AT_ONCE
    return engine


def chosen_lessons(lessons: tuple[Lesson, ...], section: str) -> tuple[Lesson, ...]:
    """The lessons that SECTION means. Raises UsageError when it means none."""
    if section == "all":
        return lessons
    chosen = tuple(lesson for lesson in lessons if section in (lesson.id, str(lesson.number)))
    if not chosen:
        known = ", ".join(str(lesson.number) for lesson in lessons)
        raise UsageError(f"There is no section {section}.", f"The sections are {known}; `all` runs them all.")
    return chosen


class _Teller:
    """Tells on standard output what a section's commands do."""

    def __init__(self, words: Words, plain: bool) -> None:
        self._words = words
        self._plain = plain

    def recorded(self, facts: EngineFacts) -> None:
        builder = self._words(f"ui.builder.{facts.builder}")
        told = self._words("cli.run.recorded", version=facts.version, builder=builder, date=facts.recorded_on)
        self._echo(told, bold=True)

    def lesson(self, lesson: Lesson) -> None:
        self._echo(f"\n{lesson.number}. {lesson.title}", bold=True)

    def heard(self, _step: Step, action: Action, event: ActionEvent | TutorError | None) -> None:
        from tutor.course.seen import lines

        if event is None:
            self._echo(f"\n{'' if self._plain else '$ '}{action.command}", bold=True)
        elif isinstance(event, TutorError):
            self._echo(f"  {event.message}")
        else:
            for line in lines(event, self._words):
                self._echo(f"  {line}")

    def missed(self, sentences: tuple[str, ...]) -> None:
        for sentence in sentences:
            self._echo(f"{'' if self._plain else 'x '}{sentence}", fg="red")

    def _echo(self, text: str, fg: str | None = None, bold: bool = False) -> None:
        click.echo(text if self._plain else click.style(text, fg=fg, bold=bold))


@click.command()
def check() -> ExitStatus:
    """Check lessons and exercises for mistakes. Their authors do it before a release."""
    from tutor.course.lint import lint
    from tutor.places import exercises_folder, lessons_folder

    problems = lint(lessons_folder(), exercises_folder())
    for problem in problems:
        click.echo(str(problem))
    click.echo(f"{len(problems)} problems." if problems else "No problems.")
    return ExitStatus.NOT_PASSED if problems else ExitStatus.PASS


COMMANDS = (list_sections, run, check)
