"""A lesson: a chapter's section as steps, each a page of blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.course.actions import Action
from tutor.course.contents import Section, StepTitle
from tutor.course.document import Code, Prose


@dataclass(frozen=True)
class Choice:
    """One answer of a quiz, and why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Quiz:
    """A question to answer. `line` is where it starts in the lesson file."""

    id: str
    question: str
    choices: tuple[Choice, ...]
    line: int = field(default=0, compare=False)


Block = Prose | Code | Action | Quiz


@dataclass(frozen=True)
class Step(StepTitle):
    """One page. `line` is where it starts in the file."""

    blocks: tuple[Block, ...]
    line: int = 0

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Action))


@dataclass(frozen=True)
class Lesson(Section):
    """A section with all its text."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Course:
    """The chapter: its lessons in order, in one language."""

    title: str
    language: str
    lessons: tuple[Lesson, ...]
