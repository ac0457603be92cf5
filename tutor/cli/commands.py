"""Which commands there are and where each is written: a module is read when its command is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from tutor.cli.settings import language_in
from tutor.language import Words

MODULES = {
    "list": "lessons",
    "run": "lessons",
    "start": "own",
    "grade": "grade",
    "reset-exercise": "own",
    "progress": "own",
    "reset": "own",
    "doctor": "doctor",
    "bases": "bases",
    "clean": "own",
    "serve": "serve",
    "record": "record",
    "check": "lessons",
}
"""Each command's module of this room, in the order in which `--help` tells them."""


class Context(click.Context):
    """What click knows of a command under way, whose help is told in the learner's language."""

    def make_formatter(self) -> click.HelpFormatter:
        language = language_in(self)
        if language == "en":
            return super().make_formatter()
        from tutor.cli.helping import TranslatedHelp

        return TranslatedHelp(Words(language), width=self.terminal_width, max_width=self.max_content_width)


def with_translated_help(command: click.Command) -> click.Command:
    """The command itself, that now tells its help, and that of the commands below it, in the learner's language."""
    command.context_class = Context
    for below in getattr(command, "commands", {}).values():
        with_translated_help(below)
    return command


class Commands(click.Group):
    """The commands by name. Reading all their modules would cost a fifth of the time to the first screen."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in MODULES:
            return None
        module = import_module(f"tutor.cli.{MODULES[cmd_name]}")
        found: click.Command = next(command for command in module.COMMANDS if command.name == cmd_name)
        return with_translated_help(found)
