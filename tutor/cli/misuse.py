"""What is wrong with a command line, as a sentence with a next step instead of click's own."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import click

from tutor.errors import UsageError
from tutor.phrase import Phrase

_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((.*)\)")
"""What click says of words that no argument takes; it tells them in no other way."""


def misuse(error: click.UsageError) -> UsageError:
    """The tutor's error for one of click's; its next step is another word, or the command's help."""
    command = error.ctx.command_path if error.ctx else "diamol-tutor"
    meant = _meant(error)
    hint = Phrase("Did you mean {word}?", word=meant[0]) if meant else Phrase("See: {command} --help", command=command)
    return UsageError(_problem(error), hint)


def _problem(error: click.UsageError) -> Phrase:
    match error:
        case click.NoSuchOption():
            return Phrase("There is no option {option}.", option=error.option_name)
        case click.exceptions.NoSuchCommand():
            return Phrase("There is no command {word}.", word=error.command_name)
        case click.BadOptionUsage() if "does not take a value" in error.message:
            return Phrase("{option} takes no value.", option=error.option_name)
        case click.BadOptionUsage():
            return Phrase("{option} needs a value.", option=error.option_name)
        case click.MissingParameter(param=click.Parameter() as parameter):
            return Phrase("{name} is missing.", name=_name(parameter))
        case click.BadParameter(param=click.Parameter() as parameter):
            return _wrong_value(_name(parameter), parameter.type, error.message)
        case _ if extra := _TOO_MANY.fullmatch(error.message):
            return Phrase("This is too much here: {words}", words=extra[1])
        case _:
            return Phrase("The command line can't be read: {said}", said=error.format_message())


def _meant(error: click.UsageError) -> list[str]:
    """What is close to a word that isn't known, the closest first."""
    match error:
        case click.NoSuchOption():
            return error.possibilities or []
        case click.exceptions.NoSuchCommand(ctx=click.Context(command=click.Group() as group) as context):
            return get_close_matches(error.command_name, group.list_commands(context))
        case _:
            return []


def _wrong_value(name: str, kind: click.ParamType[Any], said: str) -> Phrase:
    match kind:
        case click.Choice():
            return Phrase("{name} must be one of: {choices}", name=name, choices=", ".join(map(str, kind.choices)))
        case click.IntRange(max=int()) | click.FloatRange(max=float()):
            return Phrase("{name} must be a number from {low} to {high}.", name=name, low=kind.min, high=kind.max)
        case click.IntRange() | click.FloatRange():
            return Phrase("{name} must be a number, at least {low}.", name=name, low=kind.min)
        case _:
            return Phrase("{name} can't be used: {said}", name=name, said=said)


def _name(parameter: click.Parameter) -> str:
    """What the learner writes: an option's longest name, an argument's as the help shows it."""
    return max(parameter.opts, key=len) if isinstance(parameter, click.Option) else parameter.human_readable_name
