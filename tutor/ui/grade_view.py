"""A grade as the screen shows it while it runs: the probes done so far and the build going on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.builds.events import BUILD_EVENTS, BuildStarted
from tutor.errors import TutorError
from tutor.grade.events import ProbeStarted
from tutor.grade.report import GradeReport
from tutor.ui.build_view import BuildView
from tutor.ui.page_prediction import Compared


@dataclass
class ProbeView:
    """One probe. Times are of a monotonic clock; `ended` is None while it runs."""

    probe: str
    began: float
    ended: float | None = None


@dataclass
class GradeView:
    """Folds what a grade tells. `build` is the build going on or done last; a probe may make several."""

    began: float
    ended: float | None = None
    probes: list[ProbeView] = field(default_factory=list)
    build: BuildView = field(default_factory=BuildView)
    report: GradeReport | None = None
    error: TutorError | None = None
    cancelled: bool = False
    hints: Mapping[str, int] = field(default_factory=dict)
    """How many hints to show under each check of the report, by its id."""
    said: int | None = None
    """How many layers the learner said an edit of the page would run again; None when they said nothing."""
    compared: Compared | None = None
    """What came of it, once the grade has ended."""

    def see(self, event: object, now: float) -> None:
        match event:
            case ProbeStarted(probe):
                self._end_probe(now)
                self.probes.append(ProbeView(probe, now))
            case GradeReport():
                self.report = event
            case BuildStarted():
                self.build = BuildView()
                self.build.see(event, now)
            case _ if isinstance(event, BUILD_EVENTS):
                self.build.see(event, now)

    def end(self, now: float, error: TutorError | None, cancelled: bool) -> None:
        self._end_probe(now)
        self.ended, self.error, self.cancelled = now, error, cancelled

    def _end_probe(self, now: float) -> None:
        if self.probes and self.probes[-1].ended is None:
            self.probes[-1].ended = now
