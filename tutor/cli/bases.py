"""`diamol-tutor bases`: the base images that the examples stand on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.cli.complete import base_images
from tutor.cli.plain import plain_option
from tutor.cli.settings import Settings

if TYPE_CHECKING:
    from tutor.engines.bases.images import BaseEvent
    from tutor.engines.bases.kit import Kit, KitProgress

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

    for base in list_bases(settings.engine()):
        size = f"{base.size_bytes / 1e6:>7.1f} MB" if base.state is not BaseState.MISSING else " " * 10
        if settings.plain:
            size = f", {base.size_bytes / 1e6:.1f} MB" if base.state is not BaseState.MISSING else ""
            click.echo(f"{base.name}: {base.state}{size}.")
            continue
        note = "" if base.is_current or base.state is BaseState.MISSING else "  (its recipe has changed: bases build)"
        click.echo(f"{base.name:<16} {base.state:<10} {size}{note}")


@bases.command()
@click.argument("names", nargs=-1, shell_complete=base_images)
@click.option("--registry", default="", help="A mirror to pull from: MIRROR/diamol/base and so on.")
@click.pass_obj
def pull(settings: Settings, names: tuple[str, ...], registry: str) -> None:
    """Pull the published images, all or those NAMES. A stand-in is replaced."""
    from tutor.engines.bases.images import pull_bases

    show(pull_bases(settings.engine(), names, registry))


@bases.command()
@click.argument("names", nargs=-1, shell_complete=base_images)
@click.pass_obj
def build(settings: Settings, names: tuple[str, ...]) -> None:
    """Build stand-ins from Debian packages. They are for what is missing or out of date, all or those NAMES."""
    from tutor.engines.bases.stand_ins import build_bases

    show(build_bases(settings.engine(), names))


@bases.command()
@click.argument("kit", type=click.Path(path_type=Path))
@click.pass_obj
def save(settings: Settings, kit: Path) -> None:
    """Save all base images as a classroom kit. KIT is one file, to carry into a room without a network."""
    from tutor.engines.bases.kit import save_kit

    _show_kit(save_kit(settings.engine(), kit), kit)


@bases.command()
@click.argument("kit", type=click.Path(path_type=Path))
@click.pass_obj
def load(settings: Settings, kit: Path) -> None:
    """Load a classroom kit. A damaged or foreign file is refused before anything is loaded."""
    from tutor.engines.bases.kit import load_kit

    _show_kit(load_kit(settings.engine(), kit), kit)


def _show_kit(events: Iterator[KitProgress | Kit], file: Path) -> None:
    from tutor.engines.bases.kit import Kit

    live = sys.stdout.isatty()
    for event in events:
        if isinstance(event, Kit):
            names = ", ".join(image.name for image in event.images)
            line = f"{file}: {names}; {event.size_bytes / 1e6:.0f} MB"
            click.echo(f"\r{line:<{LINE_WIDTH}}" if live else line)
        elif live:
            share = f" {event.done_bytes / event.total_bytes:.0%}" if event.total_bytes else ""
            line = f"  {event.phase}{share} {event.done_bytes / 1e6:.0f} MB {event.text}"[:LINE_WIDTH]
            click.echo(f"\r{line:<{LINE_WIDTH}}", nl=False)


def show(events: Iterator[BaseEvent]) -> None:
    """Tell what happens to base images as it happens."""
    for event in events:
        show_event(event)


def show_event(event: BaseEvent) -> None:
    """One line an image, and on a terminal what it is busy with, in place."""
    from tutor.engines.bases.images import BaseProgress, BaseReady, BaseStarted

    live = sys.stdout.isatty()
    match event:
        case BaseStarted(name, number, total):
            click.echo(f"{name} ({number} of {total}) …")
        case BaseProgress(_, told):
            if live:
                click.echo(f"\r  {told[: LINE_WIDTH - 2]:<{LINE_WIDTH - 2}}", nl=False)
        case BaseReady(base, changed):
            done = "ready" if changed else "nothing to do"
            line = f"{base.name}: {base.state}, {base.size_bytes / 1e6:.1f} MB, {done}"
            click.echo(f"\r{line:<{LINE_WIDTH}}" if live else line)


COMMANDS = (bases,)
