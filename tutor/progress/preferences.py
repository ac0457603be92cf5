"""A quick look at the learner's preferences, for the time before the first screen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def peek(file: Path) -> dict[str, str]:
    """The preferences in a progress file, read without checking or changing it; empty where they can't be read.

    What is wrong with the file is told by whoever opens it for good, with `Progress`.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return dict(database.execute("SELECT name, value FROM settings"))
    except sqlite3.Error:
        return {}
