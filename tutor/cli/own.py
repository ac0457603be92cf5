"""Commands about what is the learner's own: copies, progress, and what stands on the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.complete import examples, sections
from tutor.cli.plain import plain_option
from tutor.cli.settings import Settings
from tutor.cli.store import open_progress
from tutor.errors import TutorError, UsageError

if TYPE_CHECKING:
    from tutor.builds.engine import Engine, ImageInfo
    from tutor.course.contents import Section
    from tutor.progress.store import Progress

EXERCISE = "06-optimise"


@click.command()
@click.pass_obj
def start(settings: Settings) -> None:
    """Copy the exercise's start files to your workspace. A copy that is there stays as it is."""
    from tutor.course.workspace import Workspace

    folder = Workspace(settings.workspace).prepare(EXERCISE)
    click.echo(settings.words("cli.start.ready", folder=folder))


@click.command("reset-exercise")
@click.argument("folder", default=EXERCISE, shell_complete=examples)
@click.pass_obj
def reset_exercise(settings: Settings, folder: str) -> None:
    """Bring the exercise's start files back. Your own are kept beside them.

    FOLDER names an example whose files are brought back instead, such as 02-java.
    """
    from tutor.course.workspace import Workspace

    for file in Workspace(settings.workspace).reset(folder):
        click.echo(settings.words("cli.start.kept", file=file))
    if folder == EXERCISE:
        click.echo(settings.words("cli.start.ready", folder=settings.workspace / EXERCISE))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@plain_option
@click.pass_obj
def progress(settings: Settings, as_json: bool) -> None:
    """Show what you have done. Steps, questions, predictions, and attempts at the exercise are counted."""
    from tutor.course.contents import load_contents

    store = open_progress(settings.words)
    chapter = load_contents(settings.language).sections
    summary = [_summary(store, section) for section in chapter]
    if as_json:
        click.echo(json.dumps({"schema": "diamol-tutor/progress/1", "sections": summary}, ensure_ascii=False, indent=2))
        return
    for section, figures in zip(chapter, summary, strict=True):
        key = "cli.plain.progress" if settings.plain else "cli.progress.section"
        click.echo(settings.words(key, number=section.number, title=section.title, **figures))


def _summary(store: Progress, section: Section) -> dict[str, Any]:
    answers, predictions = store.answers(section), store.predictions(section)
    attempts = store.attempts(section.exercise) if section.exercise else ()
    return {
        "section": section.id,
        "steps": len(section.steps),
        "steps_done": len(store.done(section)),
        "steps_stale": len(store.stale(section)),
        "answers": len(answers),
        "answers_right": sum(answer.right for answer in answers),
        "predictions": sum(prediction.total for prediction in predictions),
        "predictions_right": sum(prediction.right for prediction in predictions),
        "attempts": len(attempts),
        "best_points": max((attempt.points for attempt in attempts), default=0),
        "passed": any(attempt.passed for attempt in attempts),
    }


@click.command()
@click.argument("section", required=False, shell_complete=sections)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset(settings: Settings, section: str | None, yes: bool) -> None:
    """Forget your progress, all of it or that of SECTION. Your files stay as they are."""
    from tutor.course.contents import load_contents

    known = {name: each for each in load_contents().sections for name in (each.id, str(each.number))}
    if section is not None and section not in known:
        raise UsageError("There is no section {name}.", "`diamol-tutor list` shows the sections.", name=section)
    if not yes:
        click.confirm(settings.words("cli.reset.ask"), abort=True)
    chosen = known[section] if section else None
    open_progress(settings.words).forget(chosen.id if chosen else "", chosen.exercise if chosen else "")
    click.echo(settings.words("cli.reset.done"))


@click.command()
@click.option("--images", is_flag=True, help="Remove the images that lessons and grading built, too.")
@click.pass_obj
def clean(settings: Settings, images: bool) -> None:
    """Remove the tutor's containers and networks. Nothing without its label is touched."""
    engine = settings.engine()
    for container in engine.containers():
        engine.remove_container(container.id)
        click.echo(settings.words("cli.clean.container", name=container.name))
    for network in engine.networks():
        engine.remove_network(network)
        click.echo(settings.words("cli.clean.network", name=network))
    for image in remove_images(engine) if images else ():
        click.echo(settings.words("cli.clean.image", name=", ".join(image.tags) or image.id[:19]))


def remove_images(engine: Engine) -> Iterator[ImageInfo]:
    """Remove the tutor's images but the stand-ins, giving each that is gone.

    An engine refuses an image on which another stands, until that one has gone: so each is tried again as long as
    others go. Raises the engine's TutorError when all that are left are refused.
    """
    left = [image for image in engine.images() if not image.is_stand_in]
    while left:
        refused: list[tuple[ImageInfo, TutorError]] = []
        for image in left:
            try:
                for name in image.tags or (image.id,):  # by its id, one of several names is refused
                    engine.remove_image(name)
            except TutorError as error:
                refused.append((image, error))
            else:
                yield image
        if len(refused) == len(left):
            raise refused[0][1]
        left = [image for image, _ in refused]


COMMANDS = (start, reset_exercise, progress, reset, clean)
