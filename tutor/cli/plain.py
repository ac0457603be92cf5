"""Output for screen readers and for pipes: no colours, no signs, no columns; one sentence a line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])

HELP = "No colours, signs or columns: one sentence a line, for screen readers."


def plain_option(command: C) -> C:
    """`--plain` for a command; it finds it in `settings.plain`."""
    return click.option("--plain", is_flag=True, expose_value=False, callback=_take, help=HELP)(command)


def _take(context: click.Context, _parameter: click.Parameter, plain: bool) -> None:
    if plain and context.obj is not None:
        context.obj = replace(context.obj, plain=True)
        context.color = False


def colours(plain: bool) -> bool | None:
    """Whether to colour: never with `--plain` or NO_COLOR (no-color.org), else where a terminal shows it (None)."""
    return False if plain or os.environ.get("NO_COLOR") else None


def sentence(text: str) -> str:
    """A row of a table as a line to read out: no indent, no columns."""
    return " ".join(text.split())
