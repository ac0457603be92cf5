"""`diamol-tutor doctor`: what this machine has, and what to do about what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from tutor.cli.plain import plain_option
from tutor.cli.settings import Settings
from tutor.errors import ExitStatus

if TYPE_CHECKING:
    from tutor.engines.bases.images import BaseEvent
    from tutor.language import Words

SIGNS = {"ok": ("+", "green"), "warn": ("!", "yellow"), "bad": ("x", "red")}


@click.command()
@click.option("--fix", is_flag=True, help="Do what can be done here: install and start an engine, get base images.")
@click.option("--yes", is_flag=True, help="Install without asking.")
@click.option("--stop", is_flag=True, help="End the engine that --fix started.")
@plain_option
@click.pass_obj
def doctor(settings: Settings, fix: bool, yes: bool, stop: bool) -> ExitStatus:
    """Look at this machine, and say what has to be mended.

    It looks at Docker context, engine, builder, store, base images, disk, ports and terminal.

    Exit status: 0 when lessons can be built here, 1 when something must be mended first, 3 without an engine.
    """
    if stop:
        from tutor.engines.setup.daemon import stop_engine

        click.echo(settings.words("cli.doctor.stopped" if stop_engine() else "cli.doctor.nothing_to_stop"))
        return ExitStatus.PASS
    if fix:
        _fix(settings, (lambda _: True) if yes else (lambda question: click.confirm(question, default=True)))
    return _report(settings)


def _fix(settings: Settings, confirm: Callable[[str], bool]) -> None:
    from tutor.engines.setup.install import fix_bases, fix_engine

    _tell(fix_engine(settings.words, confirm), settings.words)
    _tell(fix_bases(settings.engine(), settings.words, confirm), settings.words)


def _tell(events: Iterator[str | BaseEvent], words: Words) -> None:
    from tutor.cli.bases import show_event

    for event in events:
        if isinstance(event, str):
            click.echo(event)
        else:
            show_event(event, words)


def _report(settings: Settings) -> ExitStatus:
    from tutor.builds.builder import Builder
    from tutor.engines.setup.doctor import examine

    words = settings.words
    worst = ExitStatus.PASS
    for finding in examine(words, Builder(settings.builder)):
        sign, colour = SIGNS[finding.verdict]
        title = words(f"doctor.topic.{finding.topic}")
        if settings.plain:
            click.echo(f"{title}, {words(f'cli.plain.verdict_{finding.verdict}')}: {finding.sentence}")
        else:
            click.echo(f"{click.style(sign, fg=colour)} {title}: {finding.sentence}")
        if finding.next_step:
            step = words("cli.plain.next_step", step=finding.next_step)
            click.echo(step if settings.plain else f"    -> {finding.next_step}")
        if finding.verdict == "bad" and worst is not ExitStatus.NO_ENGINE:
            worst = ExitStatus.NO_ENGINE if finding.topic == "engine" else ExitStatus.NOT_PASSED
    return worst


COMMANDS = (doctor,)
