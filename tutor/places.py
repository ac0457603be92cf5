"""Where things stand on this machine: shipped content, the learner's workspace, the tutor's state."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


def content_folder() -> Path:
    """The folder that holds `lessons/` and `exercises/`: the checkout's top, or inside the installed package."""
    installed = _PACKAGE / "_content"
    return installed if installed.is_dir() else _PACKAGE.parent


def lessons_folder() -> Path:
    return content_folder() / "lessons"


def exercises_folder() -> Path:
    return content_folder() / "exercises"


def default_workspace() -> Path:
    """Where the learner's own copies go: `DIAMOL_TUTOR_WORKSPACE`, else `~/diamol-tutor`."""
    chosen = os.environ.get("DIAMOL_TUTOR_WORKSPACE")
    return Path(chosen).expanduser() if chosen else Path.home() / "diamol-tutor"


def state_folder() -> Path:
    """Where progress is kept: `DIAMOL_TUTOR_STATE`, else the platform's state folder. Not created here."""
    chosen = os.environ.get("DIAMOL_TUTOR_STATE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_state_path("diamol-tutor", appauthor=False)


def progress_file() -> Path:
    """The file that keeps what the learner has done."""
    return state_folder() / "progress.db"
