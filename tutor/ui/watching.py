"""Watching a folder, so that every save is graded: once each, however it was saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from tutor.errors import TutorError
from tutor.ui.jobs import Job, follow

if TYPE_CHECKING:
    from tutor.grade.watch import State


class Watching:
    """Knows which saves no grade has seen yet. All but `grade_begins` is called on the loop."""

    def __init__(self) -> None:
        self._job: Job | None = None
        self._graded: State | None = None
        """What the files were when the last grade began."""
        self.waiting: State | None = None
        """What a save made of the files while no grade could begin."""

    @property
    def on(self) -> bool:
        return self._job is not None

    def start(
        self, app: App[int], folder: Path, saw: Callable[[State], None], failed: Callable[[TutorError], None]
    ) -> Job:
        """Tell `saw` what the files are now, and after each save. `failed`: the folder can't be watched any longer."""
        from tutor.grade.watch import states

        self._job = follow(app, partial(states, folder), saw, failed, "watch")
        return self._job

    def stop(self) -> None:
        if self._job is not None:
            self._job.stop()
        self._job = self.waiting = None

    def grade_begins(self, folder: Path) -> None:
        """What the folder holds now is graded; called in the grade's thread."""
        from tutor.grade.watch import state_of

        self._graded = state_of(folder)

    def grade_failed(self) -> None:
        """The engine was lost in the middle of a grade: what it was to judge waits for the next one."""
        if self.on and self.waiting is None:
            self.waiting, self._graded = self._graded, None

    def wants(self, state: State, busy: bool) -> bool:
        """Whether a save asks for a grade now. While none can begin it waits, the last save in place of all."""
        self.waiting = state if busy else None
        return not busy and state != self._graded
