"""Scratch copies: a solution is built, edited and rebuilt in a copy, so that the workspace is never written."""

from __future__ import annotations

import fnmatch
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor import alive
from tutor.errors import UsageError
from tutor.sanitise import clean_line

PREFIX = "diamol-tutor-"
"""Begins the name of every scratch folder; the tutor's name (`tutor.alive`) follows."""

DROPPINGS = ("*.swp", "*.swo", "*~", "#*#", ".#*", ".DS_Store", "4913", "Thumbs.db", ".git", ".idea", ".vscode")
"""What editors and file managers leave beside a file (`4913` is Vim's test for a writable folder)."""


@contextmanager
def scratch_copy(folder: Path) -> Iterator[Path]:
    """A copy of a build context without editor droppings, gone afterwards.

    Links stay links. Raises UsageError when the folder is missing, holds no Dockerfile, or can't be copied.
    """
    _check(folder)
    with tempfile.TemporaryDirectory(prefix=PREFIX + (alive.me() or "unknown") + "-") as place:
        copy = Path(place) / "context"
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=_is_dropping)
        except (shutil.Error, OSError) as error:
            raise UsageError(
                f"{shown(folder)} can't be copied: {_first_reason(error)}", "Make its files readable, then grade again."
            ) from error
        yield copy


def _check(folder: Path) -> None:
    if not folder.is_dir():
        problem = "is no folder" if os.path.lexists(folder) else "doesn't exist"
        raise UsageError(f"{shown(folder)} {problem}.", "Start the exercise first: diamol-tutor start")
    try:
        names = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise UsageError(
            f"{shown(folder)} can't be read: {error.strerror}.", "Make it readable, then grade again."
        ) from error
    if not names:
        raise UsageError(
            f"The folder {shown(folder)} is empty.", "Get the start files back: diamol-tutor reset-exercise"
        )
    if not names & {"Dockerfile", "dockerfile"}:
        raise UsageError(f"There is no Dockerfile in {shown(folder)}.", "Name the folder that holds your Dockerfile.")


def shown(folder: Path) -> str:
    return clean_line(str(folder))


def _is_dropping(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in DROPPINGS)}


def _first_reason(error: OSError) -> str:
    """What stood in the way, naming the file where it is known."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list) and error.args[0]:
        return clean_line(str(error.args[0][0][-1]))
    return clean_line(error.strerror or str(error))
