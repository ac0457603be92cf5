"""Every command is found in the module that is said to hold it, and every module's commands are told."""

from __future__ import annotations

from importlib import import_module

import click
import pytest

from tutor.cli.commands import MODULES
from tutor.cli.main import cli


@pytest.mark.parametrize("name", MODULES)
def test_a_command_is_found_by_its_name(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str()


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_no_command_of_a_module_is_forgotten(module: str) -> None:
    written = {command.name for command in import_module(f"tutor.cli.{module}").COMMANDS}
    assert written == {name for name, home in MODULES.items() if home == module}


def test_an_unknown_command_is_none() -> None:
    assert cli.get_command(click.Context(cli), "grad") is None
