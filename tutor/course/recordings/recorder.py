"""A lesson carried out on a live engine and written down, for those who have none."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import replace

from tutor.builds.engine import Engine
from tutor.course.actions import Action, BuildImage
from tutor.course.judge import Judge
from tutor.course.lesson import Block, Lesson, Step
from tutor.course.recordings.publishable import Publisher
from tutor.course.recordings.recording import SCHEMA, Failure, Heading, Moment, RecordedAction, Recording
from tutor.course.rehearsal import rehearse
from tutor.course.seen import ActionEvent, ContainerStarted
from tutor.course.session import LessonSession
from tutor.errors import TutorError
from tutor.language import Words


def record(
    lesson: Lesson, session: LessonSession, engine: Engine, listen: Callable[[Action], None] = lambda _: None
) -> Recording:
    """Carry out a lesson on a live engine; `listen` hears of each action that begins.

    The first build of each Dockerfile takes nothing from the cache, so that whoever plays it sees work being done.
    Containers that the lesson starts are removed at the end. Raises TutorError when an action doesn't do what its
    lesson says, be it live or as recorded.
    """
    tape = _Tape(listen)
    publisher = Publisher(session.workspace.root)
    recorded: list[RecordedAction] = []
    try:
        for done in rehearse(_from_scratch(lesson), session, engine, Words(), tape.hear):
            moments = publisher.publishable(done.action, tape.moments)
            missed = done.missed or _missed(done.action, moments, tape.error)
            if missed:
                raise TutorError(
                    "Section {number} can't be recorded. {command}: {missed}",
                    "See what it does: diamol-tutor run {number}",
                    number=lesson.number,
                    command=done.action.command,
                    missed=" ".join(missed),
                )
            failure = Failure(publisher.text(tape.error.message), tape.error.hint) if tape.error else None
            recorded.append(RecordedAction(done.action.id, done.action.command, moments, failure))
    finally:
        for container in tape.started:
            engine.remove_container(container)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    facts = replace(engine.facts(), host="", live=False, recorded_on=today)
    return Recording(Heading(SCHEMA, lesson.id, lesson.content_hash, facts), tuple(recorded))


def _from_scratch(lesson: Lesson) -> Lesson:
    """The lesson with the first build of each Dockerfile made without the cache, where the lesson allows it."""
    built: set[tuple[str, str, str]] = set()

    def change(block: Block) -> Block:
        if not isinstance(block, BuildImage):
            return block
        dockerfile = (block.folder, block.dockerfile, block.context)
        is_first = dockerfile not in built
        built.add(dockerfile)
        expected = block.expected
        from_cache = expected.cached or expected.rebuilt_layers is not None
        return replace(block, no_cache=True) if is_first and not from_cache else block

    steps = (replace(step, blocks=tuple(change(block) for block in step.blocks)) for step in lesson.steps)
    return replace(lesson, steps=tuple(steps))


class _Tape:
    """Takes down one action after another as `rehearse` tells of them. `started` are the containers of all of them."""

    def __init__(self, listen: Callable[[Action], None]) -> None:
        self.moments: list[Moment] = []
        self.error: TutorError | None = None
        self.started: list[str] = []
        self._listen = listen
        self._began_s = 0.0

    def hear(self, _step: Step, action: Action, event: ActionEvent | TutorError | None) -> None:
        if event is None:
            self._listen(action)
            self.moments, self.error, self._began_s = [], None, time.monotonic()
        elif isinstance(event, TutorError):
            self.error = event
        else:
            if isinstance(event, ContainerStarted):
                self.started.append(event.container.id)
            self.moments.append(Moment(round((time.monotonic() - self._began_s) * 1000), event))


def _missed(action: Action, moments: tuple[Moment, ...], error: TutorError | None) -> tuple[str, ...]:
    """What a recording doesn't show any more, now that it is fit to ship."""
    judge = Judge(action)
    for moment in moments:
        judge.see(moment.event)
    if error is not None:
        judge.see_error(error)
    return judge.missed()
