"""A lesson carried out from beginning to end without a screen, held to what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tutor.builds.engine import Engine
from tutor.course.actions import Action
from tutor.course.judge import Judge
from tutor.course.lesson import Lesson, Step
from tutor.course.runner import run_action
from tutor.course.seen import ActionEvent
from tutor.course.session import LessonSession
from tutor.errors import NoEngine, TutorError
from tutor.language import Words

RunListener = Callable[[Step, Action, ActionEvent | TutorError | None], None]
"""Hears of each action: None when it begins, then its events, or the error that ended it."""


@dataclass(frozen=True)
class Rehearsed:
    """One action carried out. `missed` says what the lesson promised and the engine didn't show."""

    step: Step
    action: Action
    missed: tuple[str, ...]


def rehearse(
    lesson: Lesson,
    session: LessonSession,
    engine: Engine,
    words: Words,
    listen: RunListener = lambda *_: None,
) -> Iterator[Rehearsed]:
    """Carry out a lesson's actions in order, until one doesn't do what the lesson says; then undo its edits.

    Raises NoEngine when the engine is lost; every other error is the action's.
    """
    session.restore(lesson)
    try:
        for step in lesson.steps:
            for action in step.actions:
                result = Rehearsed(step, action, _carry_out(step, action, session, engine, words, listen))
                yield result
                if result.missed:
                    return
    finally:
        session.restore(lesson)


def _carry_out(
    step: Step, action: Action, session: LessonSession, engine: Engine, words: Words, listen: RunListener
) -> tuple[str, ...]:
    judge = Judge(action, words)
    listen(step, action, None)
    try:
        for event in run_action(session, action, engine):
            judge.see(event)
            listen(step, action, event)
    except NoEngine:
        raise
    except TutorError as error:
        judge.see_error(error)
        listen(step, action, error)
    return judge.missed()
