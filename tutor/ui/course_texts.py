"""The chapter's texts as the app has them: its contents from the start, its lessons once one is wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.course.contents import Contents, Section
    from tutor.course.lesson import Course
    from tutor.ui.parts import Parts


@dataclass(frozen=True)
class Texts:
    """What is at hand in one language. `course` is None while no lesson was wanted."""

    language: str
    contents: Contents
    course: Course | None = None


class _Do(Protocol):
    def __call__(
        self, work: Callable[[], Texts], done: Callable[[Texts], object], failed: Callable[[TutorError], object]
    ) -> object: ...


class CourseTexts:
    """Belongs to the app's loop; `do` does blocking work in a thread, `tell` hears why lessons can't be read.

    Lessons that no one has opened take 4 MB with what reads them (measured): the first screen does without.
    """

    def __init__(self, parts: Parts, do: _Do, tell: Callable[[TutorError], object]) -> None:
        self.at_hand: Texts | None = None
        self._parts = parts
        self._do = do
        self._tell = tell
        self._waiting: Callable[[Course], object] | None = None

    @property
    def sections(self) -> tuple[Section, ...]:
        """The chapter's sections; none while they are being read."""
        return self.at_hand.contents.sections if self.at_hand else ()

    @property
    def title(self) -> str:
        """The chapter's title, or "" while it is being read."""
        return self.at_hand.contents.title if self.at_hand else ""

    @property
    def course(self) -> Course | None:
        return self.at_hand.course if self.at_hand else None

    def read(self, language: str, with_course: bool) -> Texts:
        """Read a language's texts. Blocks; raises TutorError."""
        course = self._parts.load_course(language) if with_course else None
        return Texts(language, self._parts.load_contents(language), course)

    def want(self, then: Callable[[Course], object]) -> None:
        """Do something with the lessons, at once or when they have been read.

        Only what was asked for last is done then: an impatient learner opens one lesson.
        """
        if self.course is not None:
            then(self.course)
            return
        asked_before, self._waiting = self._waiting, then
        if asked_before is None:
            self._read_course()

    def _read_course(self) -> None:
        if self.at_hand is None:  # the contents come first, and tell by themselves when they can't be read
            self._waiting = None
            return
        self._do(partial(self.read, self.at_hand.language, with_course=True), self._has_come, self._has_failed)

    def _has_come(self, found: Texts) -> None:
        if self.at_hand is None or found.language != self.at_hand.language:  # the language was switched meanwhile
            self._read_course()
            return
        self.at_hand = found
        then, self._waiting = self._waiting, None
        if then is not None and found.course is not None:
            then(found.course)

    def _has_failed(self, error: TutorError) -> None:
        self._waiting = None
        self._tell(error)
