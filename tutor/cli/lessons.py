"""Commands about the chapter's sections: list them, carry one out, check their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.cli.complete import sections_or_all
from tutor.cli.plain import plain_option
from tutor.cli.plain import sentence as read_out
from tutor.cli.settings import Settings
from tutor.errors import ExitStatus, TutorError, UsageError
from tutor.language import LANGUAGES, Words

if TYPE_CHECKING:
    from tutor.builds.engine import Engine, EngineFacts
    from tutor.course.actions import Action
    from tutor.course.lesson import Lesson, Step
    from tutor.course.seen import ActionEvent


_EXAMPLES = """
\b
Examples:
  diamol-tutor run 1                 section 1 on your engine
  diamol-tutor run all --recorded    the whole chapter as it was recorded
  diamol-tutor run 5 --lang ko       in Korean
"""


@click.command("list")
@plain_option
@click.pass_obj
def list_sections(settings: Settings) -> None:
    """List the chapter's sections."""
    from tutor.course.outline import MAIN_LANGUAGE, lesson_file, lesson_title, read_outline
    from tutor.places import lessons_folder

    folder = lessons_folder()
    titles, entries = read_outline(folder)
    click.echo(titles.get(settings.language, titles[MAIN_LANGUAGE]))
    for entry in entries:
        title = lesson_title(lesson_file(entry, settings.language, folder))
        told = settings.words("cli.plain.section", number=entry.number, title=title)
        click.echo(told if settings.plain else f"  {entry.number}  {title}")


@click.command(epilog=_EXAMPLES)
@click.argument("section", shell_complete=sections_or_all)
@click.option("--lang", type=click.Choice(list(LANGUAGES)), help="Language of the section that is run.")
@click.option("--recorded", is_flag=True, help="Play how it went when it was recorded: that needs no engine.")
@plain_option
@click.pass_obj
def run(settings: Settings, section: str, lang: str | None, recorded: bool) -> ExitStatus:
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
    teller = _Teller(words, settings.plain)
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
        raise UsageError(
            "There is no section {name}.", "The sections are {known}; `all` runs them all.", name=section, known=known
        )
    return chosen


class _Teller:
    """Tells on standard output what a section's commands do."""

    def __init__(self, words: Words, plain: bool) -> None:
        self._words = words
        self._plain = plain

    def recorded(self, facts: EngineFacts) -> None:
        builder = self._words(f"ui.builder.{facts.builder}")
        told = self._words("cli.run.recorded", version=facts.version, builder=builder, date=facts.recorded_on)
        click.echo(click.style(told, bold=True))

    def lesson(self, lesson: Lesson) -> None:
        if self._plain:
            click.echo(self._words("cli.plain.section", number=lesson.number, title=lesson.title))
        else:
            click.echo(click.style(f"\n{lesson.number}. {lesson.title}", bold=True))

    def heard(self, _step: Step, action: Action, event: ActionEvent | TutorError | None) -> None:
        from tutor.course.seen import lines

        if event is None:
            running = self._words("cli.plain.running", command=action.command)
            click.echo(running if self._plain else click.style(f"\n$ {action.command}", bold=True))
        elif isinstance(event, TutorError):
            self._row(self._words.told(event.message))
        else:
            for line in lines(event, self._words):
                self._row(line)

    def missed(self, sentences: tuple[str, ...]) -> None:
        for sentence in sentences:
            click.echo(sentence if self._plain else click.style(f"x {sentence}", fg="red"))

    def _row(self, text: str) -> None:
        click.echo(read_out(text) if self._plain else f"  {text}")


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
