"""Which commands there are and where each is written: a module is read when its command is asked for."""

from __future__ import annotations

from importlib import import_module

import click

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


class Commands(click.Group):
    """The commands by name. Reading all their modules would cost a fifth of the time to the first screen."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in MODULES:
            return None
        module = import_module(f"tutor.cli.{MODULES[cmd_name]}")
        found: click.Command = next(command for command in module.COMMANDS if command.name == cmd_name)
        return found
