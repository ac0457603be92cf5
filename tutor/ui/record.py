"""What the learner has done: at hand for the screens, and written to the store in order, by one thread."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import TutorError
from tutor.ui.parts import Forgetful, Progress

if TYPE_CHECKING:
    from tutor.course.contents import Contents, Section
    from tutor.course.lesson import Quiz
    from tutor.progress.store import Attempt


@dataclass(frozen=True)
class Kept:
    """What the store has, as it is read at the start."""

    store: Progress
    done: Mapping[str, frozenset[str]]
    attempts: Mapping[str, Sequence[Attempt]]
    place: tuple[str, str] | None


def read(store: Progress, contents: Contents) -> Kept:
    """Read what the screens need at hand. Blocks; raises TutorError."""
    exercises = [section.exercise for section in contents.sections if section.exercise]
    return Kept(
        store,
        {section.id: store.done(section) for section in contents.sections},
        {exercise: store.attempts(exercise) for exercise in exercises},
        store.place(),
    )


class Record:
    """`done` holds the ids of the steps done by lesson id, `place` where the learner is or was last.

    `tell` hears, in the writing thread, what couldn't be written.
    """

    def __init__(self, tell: Callable[[TutorError], object]) -> None:
        self.store: Progress = Forgetful()
        self.done: dict[str, frozenset[str]] = {}
        self.place: tuple[str, str] | None = None
        self.best: dict[str, Attempt] = {}
        """The best grade of each exercise."""
        self._tell = tell
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def open(self, kept: Kept) -> None:
        """Go on from what the store has."""
        self.store, self.done = kept.store, dict(kept.done)
        self.place = self.place or kept.place
        for exercise, attempts in kept.attempts.items():
            self.graded(exercise, attempts)

    def graded(self, exercise: str, attempts: Sequence[Attempt]) -> None:
        """All grades of an exercise so far; whoever calls has them from the store."""
        if attempts:
            self.best[exercise] = max(attempts, key=lambda attempt: attempt.points)

    def finish(self, lesson: Section, step: str) -> None:
        before = self.done.get(lesson.id, frozenset())
        if step not in before:
            self.done[lesson.id] = before | {step}
            self._write(lambda: self.store.finish(lesson, step))

    def answer(self, lesson: Section, quiz: Quiz, choice: int) -> None:
        right = quiz.choices[choice].right
        self._write(lambda: self.store.answer(lesson, quiz.id, choice, right))

    def predict(self, lesson: Section, step: str, right: int, total: int) -> None:
        self._write(lambda: self.store.predict(lesson, step, right, total))

    def remember(self, lesson: str, step: str) -> None:
        """The learner is at this step now."""
        self.place = (lesson, step)
        self._write(lambda: self.store.remember(lesson, step))

    def prefer(self, name: str, value: str) -> None:
        self._write(lambda: self.store.set_preference(name, value))

    def first_step(self, lesson: Section) -> str:
        """Where to open a lesson: where the learner left it, else its first step that isn't done."""
        if self.place is not None and self.place[0] == lesson.id:
            return self.place[1]
        done = self.done.get(lesson.id, frozenset())
        return next((step.id for step in lesson.steps if step.id not in done), "")

    def _write(self, work: Callable[[], None]) -> None:
        self._waiting.put(work)
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_all, name="record", daemon=True)
            self._thread.start()

    def _write_all(self) -> None:
        while (work := self._waiting.get()) is not None:
            try:
                work()
            except TutorError as error:
                self._tell(error)

    def close(self, until: float) -> None:
        """Have everything written, at most until this `time.monotonic()`."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(max(0.0, until - time.monotonic()))
            self._thread = None
