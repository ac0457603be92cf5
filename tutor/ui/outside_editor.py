"""The learner's own editor, as `VISUAL` or `EDITOR` names it."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tutor.errors import TutorError
from tutor.language import Words
from tutor.phrase import Phrase


def edit_outside(app: App[int], file: Path, words: Words) -> TutorError | None:
    """Hand the terminal to the editor and wait for its end; gives what to tell when it couldn't be opened.

    Blocks: async work inside suspend() deadlocks (Textual 8.2).
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    hint = words("ui.exercise.no_editor_hint")
    if not command.strip():
        return TutorError(words("ui.exercise.no_editor"), hint)
    try:
        with app.suspend():
            subprocess.run([*shlex.split(command), str(file)], check=False)
    except SuspendNotSupported:
        return TutorError(words("ui.exercise.no_suspend"), words("ui.exercise.no_suspend_hint"))
    except (OSError, ValueError) as error:
        return TutorError("{command}: {reason}", Phrase(hint), command=command, reason=error)
    return None
