"""What the learner has done: steps, answers, predictions, attempts; and where they left.

Kept by lesson id and content hash: a lesson whose content has changed has nothing done, and `stale` tells what was.
Every method is one transaction; all may be called from any thread, and from several tutors at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from tutor.progress.database import Database

_PLACE = "place"


class Taught(Protocol):
    """What progress needs to know of a lesson."""

    @property
    def id(self) -> str: ...

    @property
    def content_hash(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """One answer to a quiz, in the order they were given. `choice` counts from 0; `at` is UTC, ISO 8601."""

    quiz: str
    choice: int
    right: bool
    at: str


@dataclass(frozen=True)
class Prediction:
    """What came of a prediction before a build: `right` of `total` steps."""

    step: str
    right: int
    total: int
    at: str


@dataclass(frozen=True)
class Attempt:
    """One graded solution. `figures` is what was measured, as JSON knows it."""

    passed: bool
    points: int
    figures: Mapping[str, object]
    at: str


class Progress:
    """The learner's progress in one file. Opening and every method raise TutorError when it can't be used."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    @property
    def notice(self) -> str:
        """A sentence to tell the learner, when a damaged file had to be set aside; else ""."""
        return self._database.notice

    def close(self) -> None:
        self._database.close()

    # Steps

    def finish(self, lesson: Taught, step: str) -> None:
        """Keep that a step is done. Doing it again changes nothing."""
        with self._database.transaction() as change:
            change.execute(
                "INSERT OR IGNORE INTO steps VALUES (?, ?, ?, ?)", (lesson.id, lesson.content_hash, step, _now())
            )

    def done(self, lesson: Taught) -> frozenset[str]:
        """The ids of the steps done of this lesson as it is now."""
        query = "SELECT step FROM steps WHERE lesson = ? AND content = ?"
        return frozenset(row["step"] for row in self._database.rows(query, lesson.id, lesson.content_hash))

    def stale(self, lesson: Taught) -> frozenset[str]:
        """The ids of steps that were done of an earlier text of the lesson, and not since."""
        query = "SELECT step FROM steps WHERE lesson = ? AND content <> ?"
        before = frozenset(row["step"] for row in self._database.rows(query, lesson.id, lesson.content_hash))
        return before - self.done(lesson)

    # Quizzes and predictions

    def answer(self, lesson: Taught, quiz: str, choice: int, right: bool) -> None:
        with self._database.transaction() as change:
            change.execute(
                "INSERT INTO answers (lesson, content, quiz, choice, right, at) VALUES (?, ?, ?, ?, ?, ?)",
                (lesson.id, lesson.content_hash, quiz, choice, right, _now()),
            )

    def answers(self, lesson: Taught) -> tuple[Answer, ...]:
        """All answers to this lesson's quizzes as it is now, oldest first."""
        query = "SELECT * FROM answers WHERE lesson = ? AND content = ? ORDER BY id"
        found = self._database.rows(query, lesson.id, lesson.content_hash)
        return tuple(Answer(row["quiz"], row["choice"], bool(row["right"]), row["at"]) for row in found)

    def predict(self, lesson: Taught, step: str, right: int, total: int) -> None:
        """Keep how a prediction came out. `lesson` may also be an exercise."""
        with self._database.transaction() as change:
            change.execute(
                "INSERT INTO predictions (lesson, content, step, right, total, at) VALUES (?, ?, ?, ?, ?, ?)",
                (lesson.id, lesson.content_hash, step, right, total, _now()),
            )

    def predictions(self, lesson: Taught) -> tuple[Prediction, ...]:
        query = "SELECT * FROM predictions WHERE lesson = ? AND content = ? ORDER BY id"
        found = self._database.rows(query, lesson.id, lesson.content_hash)
        return tuple(Prediction(row["step"], row["right"], row["total"], row["at"]) for row in found)

    # Attempts

    def record_attempt(self, exercise: str, passed: bool, points: int, figures: Mapping[str, object]) -> None:
        """Keep a grade. Raises TypeError for figures that JSON doesn't know."""
        text = json.dumps(dict(figures), ensure_ascii=False)
        with self._database.transaction() as change:
            change.execute(
                "INSERT INTO attempts (exercise, passed, points, figures, at) VALUES (?, ?, ?, ?, ?)",
                (exercise, passed, points, text, _now()),
            )

    def attempts(self, exercise: str) -> tuple[Attempt, ...]:
        """All attempts at an exercise, oldest first."""
        found = self._database.rows("SELECT * FROM attempts WHERE exercise = ? ORDER BY id", exercise)
        return tuple(
            Attempt(bool(row["passed"]), row["points"], json.loads(row["figures"]), row["at"]) for row in found
        )

    # Where the learner left, and how they like it

    def remember(self, lesson: str, step: str) -> None:
        self.set_preference(_PLACE, json.dumps([lesson, step]))

    def place(self) -> tuple[str, str] | None:
        """The lesson and step where the learner left, or None on a first visit."""
        text = self.preference(_PLACE)
        if not text:
            return None
        lesson, step = json.loads(text)
        return str(lesson), str(step)

    def set_preference(self, name: str, value: str) -> None:
        """Keep a preference: `language`, `theme`."""
        with self._database.transaction() as change:
            change.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def preference(self, name: str) -> str:
        """What was kept, or "" when nothing was."""
        rows = self._database.rows("SELECT value FROM settings WHERE name = ?", name)
        return str(rows[0]["value"]) if rows else ""

    # Starting over

    def forget(self, lesson: str = "", exercise: str = "") -> None:
        """Forget what was done of a lesson, and the attempts at its exercise; without either, everything but
        preferences."""
        everything = not lesson and not exercise
        with self._database.transaction() as change:
            for table in ("steps", "answers", "predictions"):
                change.execute(f"DELETE FROM {table} WHERE lesson = ? OR ?", (lesson, everything))
            change.execute("DELETE FROM attempts WHERE exercise = ? OR ?", (exercise, everything))
            if everything:
                change.execute("DELETE FROM settings WHERE name = ?", (_PLACE,))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
