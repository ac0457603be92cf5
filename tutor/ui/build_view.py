"""A build as the screen shows it while it runs: each step's state and last lines, pulls, and how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.builds.builder import Outcome
from tutor.builds.events import (
    BuildCancelled,
    BuildEvent,
    BuildFailed,
    BuildStarted,
    BuildSucceeded,
    ContextSent,
    PullProgress,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.builds.layers import total_size_bytes
from tutor.builds.report import BuildReport, StepReport
from tutor.builds.steps import Step

LINES_KEPT = 2_000
"""Lines of output kept a step; the first ones are dropped, and the screen says so."""

LINE_LENGTH_KEPT = 4_000
"""Characters kept of one line."""


class State(StrEnum):
    """Where a step stands. NOT_RUN is known only when the build has ended."""

    WAITING = "waiting"
    RUNNING = "running"
    CACHED = "cached"
    REBUILT = "rebuilt"
    FAILED = "failed"
    NOT_RUN = "not_run"


_STATES = {
    Outcome.CACHED: State.CACHED,
    Outcome.REBUILT: State.REBUILT,
    Outcome.FAILED: State.FAILED,
    Outcome.NOT_RUN: State.NOT_RUN,
}


@dataclass
class Output:
    """The last lines of a step; `dropped` counts those that aren't kept."""

    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    total: int = 0

    @property
    def dropped(self) -> int:
        return self.total - len(self.lines)

    def add(self, text: str) -> None:
        self.lines.append(text if len(text) <= LINE_LENGTH_KEPT else text[:LINE_LENGTH_KEPT] + "…")
        self.total += 1


@dataclass
class StepView:
    """One step. `since` and `at` are when it started and ended (a monotonic clock), None before that.

    `seconds` is the builder's figure.
    """

    step: Step
    state: State = State.WAITING
    seconds: float = 0.0
    since: float | None = None
    at: float | None = None
    output: Output = field(default_factory=Output)


@dataclass(eq=False)
class BuildView:
    """Folds build events. `active` is the step that the screen follows: the last that started or failed."""

    steps: list[StepView] = field(default_factory=list)
    started: BuildStarted | None = None
    ended: BuildSucceeded | BuildFailed | BuildCancelled | None = None
    pulls: dict[str, PullProgress] = field(default_factory=dict)
    sent_bytes: int = 0
    began: float = 0.0
    active: int | None = None
    builder_output: Output = field(default_factory=Output)

    def see(self, event: BuildEvent, now: float) -> None:
        match event:
            case StepOutput(index, text):
                (self.builder_output if index is None else self.steps[index].output).add(text)
            case BuildStarted():
                self.started = event
                self.began = now
                self.steps = [StepView(step) for step in event.steps]
            case PullProgress(image):
                self.pulls[image] = event
            case ContextSent(sent_bytes):
                self.sent_bytes = sent_bytes
            case StepStarted(index):
                self._start(index, now)
            case StepFinished(index, outcome, seconds):
                self.steps[index].state = _STATES[outcome]
                self.steps[index].seconds = seconds
                if self.steps[index].at is None:
                    self.steps[index].at = now
            case BuildSucceeded() | BuildFailed() | BuildCancelled():
                self._end(event, now)

    def _start(self, index: int, now: float) -> None:
        view = self.steps[index]
        if view.state is State.WAITING:
            view.state = State.RUNNING
            view.since = now
        self.active = index

    def _end(self, event: BuildSucceeded | BuildFailed | BuildCancelled, now: float) -> None:
        self.ended = event
        for view in self.steps:
            if view.state in (State.WAITING, State.RUNNING):
                view.state = State.NOT_RUN
        if isinstance(event, BuildFailed) and event.step is not None:
            self.active = event.step
            failed = self.steps[event.step]
            failed.state = State.FAILED
            failed.at = now if failed.at is None else failed.at

    def span(self, step: StepView, now: float) -> tuple[float, float]:
        """When a step began and ended, in seconds since the build began; one that runs ends now.

        The builder's own figure counts from its end backwards: news of quick steps comes all at once.
        """
        ended = step.at if step.at is not None else now if step.state is State.RUNNING else self.began
        began = ended - step.seconds
        if not step.seconds and step.since is not None and step.state in (State.RUNNING, State.FAILED):
            began = step.since
        return max(0.0, began - self.began), max(0.0, ended - self.began)

    def report(self) -> BuildReport | None:
        """The build so far, without what its steps printed; None before its steps are known."""
        if self.started is None:
            return None
        outcomes = {state: outcome for outcome, state in _STATES.items()}
        done = self.ended if isinstance(self.ended, BuildSucceeded) else None
        return BuildReport(
            self.started.builder,
            self.started.dockerfile,
            tuple(StepReport(v.step, outcomes.get(v.state, Outcome.NOT_RUN), v.seconds) for v in self.steps),
            done.image_id if done else "",
            done.layers if done else (),
            self.ended if isinstance(self.ended, BuildFailed | BuildCancelled) else None,
        )

    @property
    def layer_states(self) -> list[State]:
        """The state of each layer step, in the order of the file."""
        return [view.state for view in self.steps if view.step.makes_layer]

    @property
    def layer_counts(self) -> Mapping[State, int]:
        """How many layer steps (RUN, COPY, ADD, WORKDIR) stand in each state."""
        counts = dict.fromkeys(State, 0)
        for view in self.steps:
            if view.step.makes_layer:
                counts[view.state] += 1
        return counts

    @property
    def size_bytes(self) -> int:
        return total_size_bytes(self.ended.layers) if isinstance(self.ended, BuildSucceeded) else 0
