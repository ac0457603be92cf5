"""One run of an action as the screen shows it: what it has told so far, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.builds.engine import Exited, OutputLine
from tutor.builds.events import (
    BUILD_EVENTS,
    BuildCancelled,
    BuildStarted,
    BuildSucceeded,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.course.actions import Action, BuildImage, InspectImage, LookInside, ShowHistory
from tutor.course.seen import ContainerStarted, HttpAnswer
from tutor.errors import TutorError
from tutor.ui.build_view import BuildView, Output, State
from tutor.ui.foresight import Reasons
from tutor.ui.prediction import Prediction, Score, score

if TYPE_CHECKING:
    from tutor.builds.forecast.why import Why


class ActionState(StrEnum):
    """What became of an action so far. DONE: it did what the lesson says, be that a failure; FAILED: it didn't."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Timed:
    """An event with its time by the run's clock: a frame takes many events, of a skipped recording all at once."""

    event: BuildStarted | StepStarted | StepFinished
    at: float


QUIET_S = 10
"""After so long without news it is said that there is none: a step may be silent, or its engine be stuck."""


@dataclass
class RunView:
    """Folds what a run tells. `began` and `ended` are times of `clock`, which goes as fast as a recording plays.

    `results` is what it showed besides builds and output; `missed` a sentence for each thing that the lesson promised
    and that didn't come.
    """

    action: Action
    began: float
    ended: float | None = None
    state: ActionState = ActionState.RUNNING
    build: BuildView | None = None
    output: Output = field(default_factory=Output)
    exit_code: int | None = None
    results: list[object] = field(default_factory=list)
    error: TutorError | None = None
    missed: tuple[str, ...] = ()
    prediction: Prediction | None = None
    reasons: dict[int, Why] = field(default_factory=dict)
    """Why each step ran, by its index, as far as earlier builds tell."""
    recorded: bool = False
    clock: Callable[[], float] = time.monotonic
    heard: float = field(init=False)
    """When it told something last."""

    def __post_init__(self) -> None:
        self.heard = self.began
        if isinstance(self.action, BuildImage):
            self.build = BuildView()

    def see(self, event: object, now: float) -> None:
        self.heard = now
        match event:
            case StepOutput() if self.build is not None:  # first, because there may be a million of them
                self.build.see(event, now)
            case Timed(timed, at):
                self.see(timed, at)
            case OutputLine(text):
                self.output.add(text)
            case Exited(code):
                self.exit_code = code
            case Reasons(steps):
                self.reasons = {why.index: why for why in steps}
            case _ if isinstance(event, BUILD_EVENTS):
                self.build = self.build or BuildView()
                self.build.see(event, now)
            case _:
                self.results.append(event)

    def end(self, now: float, error: TutorError | None, missed: tuple[str, ...], cancelled: bool) -> None:
        """The run is over. A failure that the lesson wants is no failure."""
        self.ended = now
        self.error = error
        if cancelled or (self.build is not None and isinstance(self.build.ended, BuildCancelled)):
            self.state = ActionState.CANCELLED
        else:
            self.missed = missed
            self.state = ActionState.FAILED if missed else ActionState.DONE

    def quiet_s(self, now: float) -> int:
        """How long nothing has been heard of what runs; 0 while that is nothing to speak of, and behind a recording."""
        quiet = int(now - self.heard) if self.ended is None and not self.recorded else 0
        return quiet if quiet >= QUIET_S else 0

    @property
    def score(self) -> Score | None:
        """How the prediction came out, once there is something to compare."""
        if self.prediction is None or self.build is None or self.state is not ActionState.DONE:
            return None
        return score(self.prediction, self.build)

    @property
    def layer_states(self) -> list[State]:
        return self.build.layer_states if self.build is not None else []

    @property
    def failed_as_meant(self) -> bool:
        return self.state is ActionState.DONE and self.action.expected.fails

    @property
    def address(self) -> str:
        """What a browser could open, as the run showed it, or ""; behind a recording nothing answers."""
        if self.recorded:
            return ""
        for result in reversed(self.results):
            match result:
                case HttpAnswer(address, status) if status:
                    return address
                case ContainerStarted(container) if container.ports:
                    return f"http://localhost:{next(iter(container.ports.values()))}"
        return ""

    @property
    def image(self) -> tuple[str, str]:
        """The image it built or showed, as the engine knows it, and its name; "" for none, and behind a recording."""
        if self.recorded or self.state is ActionState.RUNNING:
            return "", ""
        if self.build is not None:
            built = self.build.ended
            name = getattr(self.action, "tag", "")
            return (built.image_id, name or built.image_id[:19]) if isinstance(built, BuildSucceeded) else ("", "")
        if isinstance(self.action, ShowHistory | InspectImage | LookInside) and self.results:
            return self.action.image, self.action.image
        return "", ""

    def seconds(self, now: float) -> float:
        return (self.ended if self.ended is not None else now) - self.began
