"""One run of an action as the screen shows it: what it has told so far, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import get_args

from tutor.builds.engine import Exited, OutputLine
from tutor.builds.events import BuildCancelled, BuildEvent, BuildFailed
from tutor.course.actions import Action, BuildImage
from tutor.errors import TutorError
from tutor.ui.build_view import BuildView, Output

_BUILD_EVENTS = get_args(BuildEvent)


class ActionState(StrEnum):
    """What became of an action so far. `failed` means: not as the lesson says."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass
class RunView:
    """Folds what a run tells. `began` and `ended` are times of a monotonic clock; `results` what it showed besides
    builds and output; `missed` sentences about what the lesson expected and didn't come."""

    action: Action
    began: float
    ended: float | None = None
    state: ActionState = ActionState.RUNNING
    build: BuildView | None = None
    output: Output = field(default_factory=Output)
    exit_code: int | None = None
    results: list[object] = field(default_factory=list)
    error: TutorError | None = None

    def __post_init__(self) -> None:
        if isinstance(self.action, BuildImage):
            self.build = BuildView()

    def see(self, event: object, now: float) -> None:
        match event:
            case OutputLine(text):
                self.output.add(text)
            case Exited(code):
                self.exit_code = code
            case _ if isinstance(event, _BUILD_EVENTS):
                self.build = self.build or BuildView()
                self.build.see(event, now)
            case _:
                self.results.append(event)

    def end(self, now: float, error: TutorError | None, cancelled: bool) -> None:
        """The stream has ended. A failure that the lesson wants is no failure."""
        self.ended = now
        self.error = error
        self.state = self._end_state(cancelled)

    def _end_state(self, cancelled: bool) -> ActionState:
        build_end = self.build.ended if self.build else None
        if cancelled or isinstance(build_end, BuildCancelled):
            return ActionState.CANCELLED
        failed = self.error is not None or isinstance(build_end, BuildFailed) or self.exit_code not in (None, 0)
        return ActionState.DONE if failed == self.action.expected.fails else ActionState.FAILED

    def seconds(self, now: float) -> float:
        return (self.ended if self.ended is not None else now) - self.began
