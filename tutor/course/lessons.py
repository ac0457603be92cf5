"""The lessons as files: the Markdown of each section, read into the Course.

CONTRIBUTING.md ("Writing a lesson") describes the format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tutor.course.actions import Action
from tutor.course.blocks import BlockError, make_block
from tutor.course.contents import lesson_text, scan
from tutor.course.document import Heading, ListBlock, Paragraph
from tutor.course.lesson import Block, Choice, Course, Lesson, Quiz, Step
from tutor.course.markdown import Comment, Fence, Piece, Unknown, parse, plain
from tutor.course.outline import MAIN_LANGUAGE, Entry, lesson_file, read_outline
from tutor.course.problems import ContentError, Problem
from tutor.places import lessons_folder


def load_course(language: str = MAIN_LANGUAGE, folder: Path | None = None) -> Course:
    """The chapter in one language. Raises ContentError where its files can't be used."""
    folder = folder or lessons_folder()
    titles, entries = read_outline(folder)
    lessons = tuple(load_lesson(entry, language, folder) for entry in entries)
    return Course(titles.get(language, titles[MAIN_LANGUAGE]), language, lessons)


def load_lesson(entry: Entry, language: str = MAIN_LANGUAGE, folder: Path | None = None) -> Lesson:
    """One lesson. Raises ContentError with all that is wrong in its file."""
    file = lesson_file(entry, language, folder or lessons_folder())
    lesson, problems = read_lesson(file, entry)
    if problems:
        raise ContentError(*problems)
    return lesson


def read_lesson(file: Path, entry: Entry) -> tuple[Lesson, tuple[Problem, ...]]:
    """A lesson as far as it can be read, and what is wrong with its file. Raises ContentError without a file."""
    text = lesson_text(file)
    reader = _Reader(file)
    reader.read(parse(text))
    lesson = Lesson(
        id=entry.id,
        number=entry.number,
        title=reader.title,
        summary=reader.summary,
        language=file.parent.name,
        steps=tuple(reader.steps),
        content_hash=scan(text).content_hash,
        exercise=entry.exercise,
    )
    return lesson, tuple(reader.problems)


@dataclass
class _Reader:
    """Turns a file's pieces into a title, a summary and steps, noting every problem on the way."""

    file: Path
    title: str = ""
    summary: str = ""
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, pieces: tuple[Piece, ...]) -> None:
        waiting = iter(pieces)
        body = self._read_head(waiting)
        while body is not None:
            body = self._read_step(body, waiting)
        if not self.title or not self.summary:
            self._wrong(1, "a lesson begins with its title (`# …`) and a paragraph that sums it up")
        if not self.steps:
            self._wrong(1, "a lesson has at least one step (`<!-- step: id -->`, then `## …`)")

    def _wrong(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(self.file, line, sentence))

    def _read_head(self, waiting: Iterator[Piece]) -> Piece | None:
        """Reads up to the first step; gives the comment it starts with."""
        for piece in waiting:
            match piece.content:
                case Heading(spans, level=1) if not self.title:
                    self.title = plain(spans)
                case Paragraph(spans) if not self.summary:
                    self.summary = plain(spans)
                case Comment():
                    return piece
                case _:
                    self._wrong(piece.line, "before the first step there are only the title and one paragraph")
        return None

    def _read_step(self, opening: Piece, waiting: Iterator[Piece]) -> Piece | None:
        """Reads one step; gives the comment that the next one starts with."""
        step_id = self._named(opening, "step")
        heading = next(waiting, None)
        title = ""
        if heading and isinstance(heading.content, Heading) and heading.content.level == 2:
            title = plain(heading.content.spans)
        else:
            self._wrong(opening.line, "after a step's id comes its title (`## …`)")
        if any(step.id == step_id for step in self.steps):
            self._wrong(opening.line, f"there are two steps {step_id}")
        blocks: list[Block] = []
        following = None
        for piece in waiting:
            if isinstance(piece.content, Comment) and piece.content.text.startswith("step:"):
                following = piece
                break
            block = self._block(piece, waiting)
            if isinstance(block, Action):
                block = replace(block, id=f"{self.file.stem}/{step_id}/{sum(isinstance(b, Action) for b in blocks)}")
            if block is not None:
                blocks.append(block)
        self.steps.append(Step(step_id, title, tuple(blocks), opening.line))
        return following

    def _named(self, piece: Piece, kind: str) -> str:
        text = piece.content.text if isinstance(piece.content, Comment) else ""
        found, colon, name = (part.strip() for part in text.partition(":"))
        if found != kind or not colon or not name.replace("-", "").isalnum() or not name.isascii():
            self._wrong(piece.line, f"a comment here has to be `<!-- {kind}: id -->`, with letters, digits and hyphens")
        return name

    def _block(self, piece: Piece, waiting: Iterator[Piece]) -> Block | None:
        match piece.content:
            case Comment():
                return self._quiz(piece, waiting)
            case Fence(info, text):
                try:
                    return make_block(info, text, piece.line)
                except BlockError as error:
                    self._wrong(piece.line + error.offset, str(error))
            case Unknown(what):
                self._wrong(piece.line, f"lessons don't use this kind of Markdown: {what}")
            case Heading(level=level) if level < 3:
                self._wrong(piece.line, "a step's title needs its id in a comment above: `<!-- step: id -->`")
            case prose:
                return prose
        return None

    def _quiz(self, opening: Piece, waiting: Iterator[Piece]) -> Quiz | None:
        quiz_id = self._named(opening, "quiz")
        question, answers = next(waiting, None), next(waiting, None)
        if not (
            question and isinstance(question.content, Paragraph) and answers and isinstance(answers.content, ListBlock)
        ):
            self._wrong(opening.line, "after a quiz's id come its question, one paragraph, and a list of answers")
            return None
        choices = tuple(self._choice(plain(item), answers.line) for item in answers.content.items)
        if not any(choice.right for choice in choices) or all(choice.right for choice in choices):
            self._wrong(answers.line, "a quiz needs right answers (`- [x]`) and wrong ones (`- [ ]`)")
        return Quiz(quiz_id, plain(question.content.spans), choices, opening.line)

    def _choice(self, text: str, line: int) -> Choice:
        mark, answer = text[:3], text[3:].strip()
        said, _, why = (part.strip() for part in answer.partition(" — "))
        if mark not in ("[x]", "[ ]") or not said or not why:
            self._wrong(line, f"an answer is written `- [x] answer — why` or `- [ ] answer — why`: {text}")
        return Choice(said, mark == "[x]", why)
