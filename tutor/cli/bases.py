"""`diamol-tutor bases`: the base images that the examples stand on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.builds.cells import fitted, width_of
from tutor.cli.complete import base_images
from tutor.cli.plain import plain_option
from tutor.cli.settings import Settings

if TYPE_CHECKING:
    from tutor.engines.bases.images import BaseEvent
    from tutor.engines.bases.kit import Kit, KitProgress
    from tutor.language import Words

LINE_WIDTH = 78
"""Of a line that is written over: it must not wrap."""


@click.group()
def bases() -> None:
    """List, pull, build, save or load the base images.

    Published images are best; where they can't be pulled, stand-ins are built from Debian packages.
    """


@bases.command("list")
@plain_option
@click.pass_obj
def list_images(settings: Settings) -> None:
    """Show which base images are here, and whether they are stand-ins."""
    from tutor.engines.bases.images import BaseState, list_bases

    words = settings.words
    width = max(width_of(words(f"cli.bases.{state}")) for state in BaseState)
    for base in list_bases(settings.engine()):
        state = words(f"cli.bases.{base.state}")
        missing = base.state is BaseState.MISSING
        size = "" if missing else f"{base.size_bytes / 1e6:.1f} MB"
        note = "" if missing or base.is_current else words("cli.bases.stale")
        if settings.plain:
            click.echo(f"{base.name}: {', '.join(filter(None, (state, size, note)))}.")
        else:
            click.echo(f"{base.name:<16} {fitted(state, width)} {size:>10}  {note}".rstrip())


@bases.command()
@click.argument("names", nargs=-1, shell_complete=base_images)
@click.option("--registry", default="", help="A mirror to pull from: MIRROR/diamol/base and so on.")
@click.pass_obj
def pull(settings: Settings, names: tuple[str, ...], registry: str) -> None:
    """Pull the published images, all or those NAMES. A stand-in is replaced."""
    from tutor.engines.bases.images import pull_bases

    show(pull_bases(settings.engine(), names, registry), settings.words)


@bases.command()
@click.argument("names", nargs=-1, shell_complete=base_images)
@click.pass_obj
def build(settings: Settings, names: tuple[str, ...]) -> None:
    """Build stand-ins from Debian packages. They are for what is missing or out of date, all or those NAMES."""
    from tutor.engines.bases.stand_ins import build_bases

    show(build_bases(settings.engine(), names), settings.words)


@bases.command()
@click.argument("kit", type=click.Path(path_type=Path))
@click.pass_obj
def save(settings: Settings, kit: Path) -> None:
    """Save all base images as a classroom kit. KIT is one file, to carry into a room without a network."""
    from tutor.engines.bases.kit import save_kit

    _show_kit(save_kit(settings.engine(), kit), kit, settings.words)


@bases.command()
@click.argument("kit", type=click.Path(path_type=Path))
@click.pass_obj
def load(settings: Settings, kit: Path) -> None:
    """Load a classroom kit. A damaged or foreign file is refused before anything is loaded."""
    from tutor.engines.bases.kit import load_kit

    _show_kit(load_kit(settings.engine(), kit), kit, settings.words)


def _show_kit(events: Iterator[KitProgress | Kit], file: Path, words: Words) -> None:
    from tutor.engines.bases.kit import Kit

    live = sys.stdout.isatty()
    for event in events:
        if isinstance(event, Kit):
            names = ", ".join(image.name for image in event.images)
            line = words("cli.bases.kit", file=file, names=names, size_mb=event.size_bytes / 1e6)
            _end_line(line, live)
        elif live:
            share = f" {event.done_bytes / event.total_bytes:.0%}" if event.total_bytes else ""
            line = f"  {words(f'cli.bases.{event.phase}')}{share} {event.done_bytes / 1e6:.0f} MB {event.text}"
            click.echo(f"\r{fitted(line, LINE_WIDTH)}", nl=False)


def _end_line(line: str, live: bool) -> None:
    """Print a line, on a terminal over the one that told of progress."""
    click.echo(f"\r{line}{' ' * (LINE_WIDTH - width_of(line))}" if live else line)


def show(events: Iterator[BaseEvent], words: Words) -> None:
    """Tell what happens to base images as it happens."""
    for event in events:
        show_event(event, words)


def show_event(event: BaseEvent, words: Words) -> None:
    """One line an image, and on a terminal what it is busy with, in place."""
    from tutor.engines.bases.images import BaseProgress, BaseReady, BaseStarted

    live = sys.stdout.isatty()
    match event:
        case BaseStarted(name, number, total):
            click.echo(words("cli.bases.started", name=name, number=number, total=total))
        case BaseProgress(_, told):
            if live:
                click.echo(f"\r  {fitted(words.told(told), LINE_WIDTH - 2)}", nl=False)
        case BaseReady(base, changed):
            state, size_mb = words(f"cli.bases.{base.state}"), base.size_bytes / 1e6
            key = "cli.bases.ready" if changed else "cli.bases.nothing_to_do"
            _end_line(words(key, name=base.name, state=state, size_mb=size_mb), live)


COMMANDS = (bases,)
