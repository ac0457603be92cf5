"""Scratch copies: a solution is built, edited and rebuilt in a copy, so that the workspace is never written."""

from __future__ import annotations

import fnmatch
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import UsageError

DROPPINGS = ("*.swp", "*.swo", "*~", "#*#", ".#*", ".DS_Store", "4913", "Thumbs.db", ".git", ".idea", ".vscode")
"""What editors and file managers leave beside a file (`4913` is Vim's test for a writable folder)."""


@contextmanager
def scratch_copy(folder: Path) -> Iterator[Path]:
    """A copy of a build context without editor droppings, gone afterwards.

    Links stay links. Raises UsageError when the folder is missing, empty, or can't be copied.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Start the exercise first: diamol-tutor start")
    with tempfile.TemporaryDirectory(prefix="diamol-tutor-") as place:
        copy = Path(place) / "context"
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=_is_dropping)
        except (shutil.Error, OSError) as error:
            raise UsageError(
                f"{folder} can't be copied: {_first_reason(error)}", "Free its files, then grade again."
            ) from error
        if not any(copy.iterdir()):
            raise UsageError(f"The folder {folder} is empty.", "Get the start files back: diamol-tutor reset-exercise")
        yield copy


def _is_dropping(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in DROPPINGS)}


def _first_reason(error: OSError) -> str:
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list) and error.args[0]:
        return str(error.args[0][0][-1])
    return error.strerror or str(error)
