"""End a grade from another thread: the learner stopped it, its time is up, the tutor is told to end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tutor.builds.engine import Engine
from tutor.errors import TutorError


class GradeStopped(TutorError):
    """The grade was stopped. Nothing is recorded of it."""


class Stop:
    """Asked once, it cancels the builds under way, and whoever waits or starts something finds out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._error: TutorError | None = None
        self._builds: dict[str, Engine] = {}

    @property
    def asked(self) -> bool:
        return self._error is not None

    def ask(self, why: TutorError | None = None) -> None:
        """End the grade, raising `why` in it; the first reason given holds. Blocks for an engine call at most."""
        with self._lock:
            self._error = self._error or why or GradeStopped("The grade was stopped.", "Grade again when you like.")
            builds = dict(self._builds)
        for build_id, engine in builds.items():
            engine.cancel(build_id)

    def check(self) -> None:
        """Raises the reason once the end was asked for."""
        if self._error is not None:
            raise self._error

    @contextmanager
    def building(self, build_id: str, engine: Engine) -> Iterator[None]:
        """While this build runs, `ask` ends it. Raises when the end was asked for before."""
        with self._lock:
            self.check()
            self._builds[build_id] = engine
        try:
            yield
        finally:
            with self._lock:
                self._builds.pop(build_id, None)
