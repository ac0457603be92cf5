"""`diamol-tutor bases`: the base images that the examples stand on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tutor.cli.settings import Settings

if TYPE_CHECKING:
    from tutor.engines.bases import BaseEvent

LINE_WIDTH = 78
"""Of a line that is written over: it must not wrap."""


@click.group()
def bases() -> None:
    """List, pull or build the base images (diamol/base, diamol/golang, …).

    Published images are best; where they can't be pulled, stand-ins are built from Debian packages.
    """


@bases.command("list")
@click.pass_obj
def list_images(settings: Settings) -> None:
    """Show which base images are here, and whether they are stand-ins."""
    from tutor.engines.bases import BaseState, list_bases

    for base in list_bases(settings.engine()):
        size = f"{base.size_bytes / 1e6:>7.1f} MB" if base.state is not BaseState.MISSING else " " * 10
        note = "" if base.is_current or base.state is BaseState.MISSING else "  (its recipe has changed: bases build)"
        click.echo(f"{base.name:<16} {base.state:<10} {size}{note}")


@bases.command()
@click.argument("names", nargs=-1)
@click.option("--registry", default="", help="A mirror to pull from: MIRROR/diamol/base and so on.")
@click.pass_obj
def pull(settings: Settings, names: tuple[str, ...], registry: str) -> None:
    """Pull the published images, all or those NAMES; a stand-in is replaced."""
    from tutor.engines.bases import pull_bases

    show(pull_bases(settings.engine(), names, registry))


@bases.command()
@click.argument("names", nargs=-1)
@click.pass_obj
def build(settings: Settings, names: tuple[str, ...]) -> None:
    """Build stand-ins from Debian packages for what is missing or out of date, all or those NAMES."""
    from tutor.engines.stand_ins import build_bases

    show(build_bases(settings.engine(), names))


def show(events: Iterator[BaseEvent]) -> None:
    """Tell what happens to base images as it happens."""
    for event in events:
        show_event(event)


def show_event(event: BaseEvent) -> None:
    """One line an image, and on a terminal what it is busy with, in place."""
    from tutor.engines.bases import BaseProgress, BaseReady, BaseStarted

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
