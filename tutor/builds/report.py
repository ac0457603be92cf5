"""What a finished build came to, folded from its events."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tutor.builds.builder import Builder, Outcome
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.events import (
    BuildCancelled,
    BuildEvent,
    BuildFailed,
    BuildStarted,
    BuildSucceeded,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.builds.layers import Layer, total_size_bytes
from tutor.builds.steps import Step

OUTPUT_LINES_KEPT = 40
"""How many of a step's last lines a report keeps: enough to see why a RUN failed, bounded whatever it prints."""


@dataclass(frozen=True)
class StepReport:
    """One step's fate. `seconds` is the builder's own measurement (0 when it took none), `image_id` the classic
    builder's image of it.
    """

    step: Step
    outcome: Outcome
    seconds: float = 0.0
    last_lines: tuple[str, ...] = ()
    image_id: str = ""


@dataclass(frozen=True)
class BuildReport:
    """A whole build. `failure` is None when it succeeded; `image_id` is "" unless it did."""

    builder: Builder
    dockerfile: Dockerfile
    steps: tuple[StepReport, ...]
    image_id: str = ""
    layers: tuple[Layer, ...] = ()
    failure: BuildFailed | BuildCancelled | None = None

    @property
    def succeeded(self) -> bool:
        return self.failure is None and self.image_id != ""

    @property
    def size_bytes(self) -> int:
        return total_size_bytes(self.layers)

    @property
    def rebuilt(self) -> tuple[StepReport, ...]:
        """The layer steps (RUN, COPY, ADD, WORKDIR) that ran again: the graded figure on both builders."""
        return tuple(s for s in self.steps if s.step.makes_layer and s.outcome is Outcome.REBUILT)

    @property
    def cached(self) -> tuple[StepReport, ...]:
        return tuple(s for s in self.steps if s.step.makes_layer and s.outcome is Outcome.CACHED)

    @property
    def metadata_rebuilt(self) -> tuple[StepReport, ...]:
        """Metadata steps that ran again; only the classic builder has any."""
        return tuple(s for s in self.steps if not s.step.makes_layer and s.outcome is Outcome.REBUILT)


@dataclass
class BuildRecorder:
    """Folds events into a report; `report()` may be asked for at any time."""

    started: BuildStarted | None = None
    ended: BuildSucceeded | BuildFailed | BuildCancelled | None = None
    _outcomes: dict[int, StepFinished] = field(default_factory=dict)
    _running: set[int] = field(default_factory=set)
    _output: dict[int, deque[str]] = field(default_factory=dict)

    def see(self, event: BuildEvent) -> None:
        match event:
            case BuildStarted():
                self.started = event
            case StepStarted(step):
                self._running.add(step)
            case StepFinished(step):
                self._outcomes[step] = event
                self._running.discard(step)
            case StepOutput(int(step), text):
                self._output.setdefault(step, deque(maxlen=OUTPUT_LINES_KEPT)).append(text)
            case BuildSucceeded() | BuildFailed() | BuildCancelled():
                self.ended = event
            case _:
                pass

    def report(self) -> BuildReport:
        """The report so far. Raises ValueError before the build has started."""
        if self.started is None:
            raise ValueError("no BuildStarted event yet")
        done = self.ended if isinstance(self.ended, BuildSucceeded) else None
        return BuildReport(
            builder=self.started.builder,
            dockerfile=self.started.dockerfile,
            steps=tuple(self._step_report(i, step) for i, step in enumerate(self.started.steps)),
            image_id=done.image_id if done else "",
            layers=done.layers if done else (),
            failure=self.ended if isinstance(self.ended, BuildFailed | BuildCancelled) else None,
        )

    def _step_report(self, index: int, step: Step) -> StepReport:
        finished = self._outcomes.get(index)
        lines = tuple(self._output.get(index, ()))
        if finished is None:
            return StepReport(step, Outcome.NOT_RUN, last_lines=lines)
        return StepReport(step, finished.outcome, finished.seconds, lines, finished.image_id)


def report_of(events: Iterable[BuildEvent]) -> BuildReport:
    """Run a build to its end and report on it."""
    recorder = BuildRecorder()
    for event in events:
        recorder.see(event)
    return recorder.report()
