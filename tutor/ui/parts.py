"""What the app is made of: everything from outside the room, handed in by the command line (or by a test)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # these import what the first screen needn't wait for
    from tutor.builds.engine import BuildRequest, Engine
    from tutor.builds.forecast import Inputs
    from tutor.course.contents import Contents, Section
    from tutor.course.exercise import Exercise
    from tutor.course.lesson import Course
    from tutor.course.workspace import Workspace
    from tutor.grade.events import Listener
    from tutor.grade.report import GradeReport
    from tutor.grade.stop import Stop
    from tutor.progress.store import Attempt


class Progress(Protocol):
    """What the learner has done. Methods block (files): the app calls them in a thread."""

    def done(self, lesson: Section) -> frozenset[str]:
        """The ids of the steps done of this lesson as it is now."""
        ...

    def finish(self, lesson: Section, step: str) -> None: ...

    def answer(self, lesson: Section, quiz: str, choice: int, right: bool) -> None: ...

    def predict(self, lesson: Section, step: str, right: int, total: int) -> None:
        """How a prediction came out."""
        ...

    def place(self) -> tuple[str, str] | None:
        """The lesson and step where the learner left, or None on a first visit."""
        ...

    def remember(self, lesson: str, step: str) -> None: ...

    def record_attempt(self, exercise: str, passed: bool, points: int, figures: Mapping[str, object]) -> None: ...

    def attempts(self, exercise: str) -> tuple[Attempt, ...]:
        """All grades of an exercise, oldest first."""
        ...

    def set_preference(self, name: str, value: str) -> None:
        """Keep `language` or `theme`."""
        ...


@dataclass
class Forgetful:
    """Progress that lasts as long as the app: for tests, and when the store can't be used."""

    steps: dict[str, set[str]] = field(default_factory=dict)
    last: tuple[str, str] | None = None
    predictions: list[tuple[str, str, int, int]] = field(default_factory=list)
    graded: dict[str, list[Attempt]] = field(default_factory=dict)
    preferences: dict[str, str] = field(default_factory=dict)

    def done(self, lesson: Section) -> frozenset[str]:
        return frozenset(self.steps.get(lesson.id, ()))

    def finish(self, lesson: Section, step: str) -> None:
        self.steps.setdefault(lesson.id, set()).add(step)

    def answer(self, lesson: Section, quiz: str, choice: int, right: bool) -> None:
        pass

    def predict(self, lesson: Section, step: str, right: int, total: int) -> None:
        self.predictions.append((lesson.id, step, right, total))

    def place(self) -> tuple[str, str] | None:
        return self.last

    def remember(self, lesson: str, step: str) -> None:
        self.last = (lesson, step)

    def record_attempt(self, exercise: str, passed: bool, points: int, figures: Mapping[str, object]) -> None:
        from tutor.progress.store import Attempt

        self.graded.setdefault(exercise, []).append(Attempt(passed, points, figures, ""))

    def attempts(self, exercise: str) -> tuple[Attempt, ...]:
        return tuple(self.graded.get(exercise, ()))

    def set_preference(self, name: str, value: str) -> None:
        self.preferences[name] = value


@dataclass(frozen=True)
class Parts:
    """All callables may block; the app calls them in threads. They raise TutorError, or NoEngine."""

    load_contents: Callable[[str], Contents]
    """The chapter's title and sections in a language: all that the first screen needs."""
    load_course: Callable[[str], Course]
    """The chapter with all its text; called when it is first wanted."""
    connect: Callable[[], Engine]
    """Find the engine; called after the first paint and whenever the learner asks again."""
    load_exercise: Callable[[str], Exercise]
    """An exercise by its id."""
    grade: Callable[[Exercise, Path, Engine, Listener, Stop], GradeReport]
    """Grade a folder; the listener is called from the grading thread, and the stop ends it from any other."""
    inputs: Callable[[BuildRequest, Engine], Inputs] | None
    """What a build is made of, right before it, so that it can be told why its steps run; None tells nothing."""
    progress: Callable[[], Progress]
    """Open the store; called once, in a thread."""
    workspace: Workspace
    language: str = "en"
    theme: str = ""
    debug: bool = False
