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
def scratch_folder() -> Iterator[Path]:
    """An empty folder, gone afterwards; the next grade removes what a killed one leaves."""
    with tempfile.TemporaryDirectory(prefix=PREFIX + (alive.me() or "unknown") + "-") as place:
        yield Path(place)


@contextmanager
def scratch_copy(folder: Path) -> Iterator[Path]:
    """A copy of a build context without editor droppings, gone afterwards.

    Links stay links. Raises UsageError when the folder is missing, holds no Dockerfile, or can't be copied.
    """
    _check(folder)
    with scratch_folder() as place:
        copy = place / "context"
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=_is_dropping)
        except (shutil.Error, OSError) as error:
            raise UsageError(
                "{folder} can't be copied: {reason}",
                "Make its files readable, then grade again.",
                folder=shown(folder),
                reason=_first_reason(error),
            ) from error
        yield copy


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(
            "{folder} is no folder." if os.path.lexists(folder) else "{folder} doesn't exist.",
            "Start the exercise first: diamol-tutor start",
            folder=shown(folder),
        )
    try:
        names = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise UsageError(
            "{folder} can't be read: {reason}.",
            "Make it readable, then grade again.",
            folder=shown(folder),
            reason=error.strerror,
        ) from error
    if not names:
        raise UsageError(
            "The folder {folder} is empty.",
            "Get the start files back: diamol-tutor reset-exercise",
            folder=shown(folder),
        )
    if not names & {"Dockerfile", "dockerfile"}:
        raise UsageError(
            "There is no Dockerfile in {folder}.",
            "Name the folder that holds your Dockerfile.",
            folder=shown(folder),
        )


def shown(folder: Path) -> str:
    return clean_line(str(folder))


def _is_dropping(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in DROPPINGS)}


def _first_reason(error: OSError) -> str:
    """What stood in the way, naming the file where it is known."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list) and error.args[0]:
        return clean_line(str(error.args[0][0][-1]))
    return clean_line(error.strerror or str(error))
