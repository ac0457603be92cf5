"""Runs a lesson's actions, one at a time, in threads, and keeps what they showed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import Engine
from tutor.builds.events import BUILD_EVENTS, BuildStarted, StepFinished, StepOutput, StepStarted
from tutor.builds.report import BuildRecorder
from tutor.builds.steps import Step, built_stages, plan
from tutor.course.actions import Action, BuildImage, EditFile
from tutor.course.seen import ActionEvent
from tutor.errors import TutorError
from tutor.language import Words
from tutor.sanitise import decode
from tutor.ui.foresight import Foresight
from tutor.ui.jobs import Feed, Job, hear_all
from tutor.ui.prediction import Prediction
from tutor.ui.run_view import RunView, Timed

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson
    from tutor.course.session import LessonSession

Key = tuple[str, int]
"""An action's place: the id of its step, and which of the step's actions it is (from 0)."""


_TIMED = (BuildStarted, StepStarted, StepFinished)

_KEPT = 12
"""Runs kept: the learner may page back to them. Older ones are forgotten, so memory stays bounded."""


@dataclass(frozen=True)
class Coming:
    """A build that hasn't begun: its steps, and which stages it needs."""

    dockerfile: Dockerfile
    steps: tuple[Step, ...]
    needed: frozenset[int]


class Desk:
    """The runs of one open lesson. All but the threads it starts is called on the loop."""

    def __init__(self, lesson: Lesson, session: LessonSession, foresight: Foresight) -> None:
        self._lesson = lesson
        self.session = session
        self._foresight = foresight
        self.runs: dict[Key, RunView] = {}
        self.running: Key | None = None
        self._feed: Feed[object] | None = None
        self._missed: Callable[[], tuple[str, ...]] = tuple

    def start(
        self, key: Key, action: Action, engine: Engine, words: Words, prediction: Prediction | None = None
    ) -> Job:
        """Run an action; what is still running must have ended."""
        from tutor.course.judge import Judge
        from tutor.course.runner import run_action

        run_id, judge = uuid.uuid4().hex, Judge(action, words)
        feed: Feed[object] = Feed("action", lambda: self.session.cancel(run_id))

        def work(put: Callable[[object], None]) -> None:
            def hand_over(event: ActionEvent) -> None:
                judge.see(event)
                put(Timed(event, view.clock()) if isinstance(event, _TIMED) else event)

            if isinstance(action, BuildImage):
                self._build(action, engine, run_id, hand_over, put)
            else:
                hear_all(run_action(self.session, action, engine, run_id), hand_over)

        def missed() -> tuple[str, ...]:
            if feed.error is not None:
                judge.see_error(feed.error)
            return judge.missed()

        self.runs.pop(key, None)
        view = self.runs[key] = _view(action, engine, run_id, prediction)
        while len(self.runs) > _KEPT:
            del self.runs[next(iter(self.runs))]
        self._feed, self._missed, self.running = feed, missed, key
        feed.start(work)
        return feed.job

    def _build(
        self,
        action: BuildImage,
        engine: Engine,
        run_id: str,
        hand_over: Callable[[ActionEvent], None],
        put: Callable[[object], None],
    ) -> None:
        """Build, in the run's thread, and tell why its steps ran."""
        from tutor.course.recordings.engine import RecordedEngine
        from tutor.course.runner import build_request, run_action
        from tutor.ui.hindsight import recorded_reasons

        request, recorder = build_request(self.session, action), BuildRecorder()
        inputs = None if isinstance(engine, RecordedEngine) else self._foresight.inputs(request, engine)

        def see(event: ActionEvent) -> None:
            if isinstance(event, BUILD_EVENTS) and type(event) is not StepOutput:  # what it printed gives no reasons
                recorder.see(event)
            hand_over(event)

        hear_all(run_action(self.session, action, engine, run_id), see)
        if inputs is not None and recorder.started is not None:
            put(self._foresight.reasons(request, inputs, recorder.report()))
        elif isinstance(engine, RecordedEngine):
            put(recorded_reasons(self._lesson, action, engine, self._foresight.anew()))

    def take(self) -> RunView | None:
        """Bring the running action's view up to date with what it has told; None when nothing runs.

        When the view has `ended`, nothing runs any more.
        """
        feed, key = self._feed, self.running
        if feed is None or key is None:
            return None
        view = self.runs[key]
        now, ended = view.clock(), feed.ended  # asked first: what comes between is taken below or next time
        for event in feed.take():
            view.see(event, now)
        if ended and feed.ended:
            cancelled = feed.job.stopping
            view.end(view.clock(), feed.error, () if cancelled else self._missed(), cancelled)
            self._feed = self.running = None
        return view

    def coming(self, action: BuildImage, builder: Builder) -> Coming:
        """What building this will do, read from the learner's own copy. Blocks; raises TutorError, DockerfileError."""
        from tutor.builds.parser import parse

        file = self.session.workspace.prepare(action.folder) / action.dockerfile
        try:
            dockerfile = parse(decode(file.read_bytes()))
        except OSError as error:
            raise TutorError(
                "{file} can't be read: {reason}.", "Bring the start files back.", file=file, reason=error.strerror
            ) from error
        return Coming(dockerfile, plan(dockerfile, builder), built_stages(dockerfile, builder, action.target))

    @property
    def stopping(self) -> bool:
        """What runs was asked to end and hasn't yet."""
        return self._feed is not None and self._feed.job.stopping

    def stop(self) -> None:
        """Ask what runs to end."""
        if self._feed is not None:
            self._feed.job.stop()


def _view(action: Action, engine: Engine, run_id: str, prediction: Prediction | None) -> RunView:
    """The view of a run that begins; a recording has its own time, and edits are made for real."""
    from tutor.course.recordings.engine import RecordedEngine

    if not isinstance(engine, RecordedEngine) or isinstance(action, EditFile):
        return RunView(action, time.monotonic(), prediction=prediction)
    return RunView(action, 0.0, prediction=prediction, recorded=True, clock=partial(engine.player.place_s, run_id))
