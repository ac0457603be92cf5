"""Why the steps of a build ran: what it was made of, beside what the builds before it were made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.builds.engine import BuildRequest, Engine
from tutor.builds.report import BuildReport
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.builds.forecast import Inputs
    from tutor.builds.forecast.why import Why

_REMEMBERED = 6
"""Builds of one context that are remembered: whatever they made may still be cached."""


@dataclass(frozen=True)
class Reasons:
    """For each step that ran, why. Empty where nothing is known, as after the first build of a folder."""

    steps: tuple[Why, ...]


class Foresight:
    """Remembers the builds of this evening. Its methods block; they are called in the threads that build."""

    def __init__(self, take: Callable[[BuildRequest, Engine], Inputs] | None) -> None:
        self._take = take
        self._built: dict[tuple[Path, str], deque[tuple[Inputs, BuildReport]]] = {}

    def anew(self) -> Foresight:
        """One that remembers nothing yet."""
        return Foresight(self._take)

    def inputs(self, request: BuildRequest, engine: Engine) -> Inputs | None:
        """What the build is made of, taken right before it; None when it can't be told: then the build says why."""
        if self._take is None:
            return None
        try:
            return self._take(request, engine)
        except TutorError:
            return None

    def reasons(self, request: BuildRequest, inputs: Inputs, report: BuildReport) -> Reasons:
        """Why its steps ran, once it has ended; the build is remembered for the next one."""
        from tutor.builds.forecast import forecast
        from tutor.builds.forecast.why import why

        built = self._built.setdefault((request.context, request.dockerfile), deque(maxlen=_REMEMBERED))
        found: tuple[Why, ...] = ()
        if built and not request.no_cache and len(report.steps) == len(forecast(inputs).steps):
            *older, (before, last_report) = built
            foreseen = forecast(inputs, before, last_report, [each for each, _ in older])
            found = why(report, foreseen)
        built.append((inputs, report))
        return Reasons(found)
