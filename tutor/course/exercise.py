"""An exercise: what its `exercise.toml` says is asked for, and where its files are."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.course.document import Code, Prose
from tutor.course.markdown import Comment, Fence, Unknown, parse
from tutor.course.outline import MAIN_LANGUAGE
from tutor.course.problems import ContentError, Problem
from tutor.errors import UsageError
from tutor.phrase import Phrase

STAMP = "{stamp}"
"""Stands in an edit for a word that makes it unlike every other edit."""


@dataclass(frozen=True)
class ScriptedEdit:
    """A change to one file, made by a program. Without `find` the text goes to the file's end.

    `shows` is what the program then gives out.
    """

    file: str
    replace: str
    find: str = ""
    shows: str = STAMP

    def apply(self, folder: Path, stamp: str) -> str:
        """Change the file below `folder`; gives a sentence when it can't be done, else "".

        Never follows a link out of the folder.
        """
        file = folder / self.file
        try:
            if not file.resolve().is_relative_to(folder.resolve()):
                return Phrase("{file} leads out of the folder.", file=self.file)
            text = file.read_bytes()
            if self.find.encode() not in text:
                return Phrase("{file} no longer has the text {text}", file=self.file, text=self.find)
            new = self.replace.replace(STAMP, stamp).encode()
            text = text.replace(self.find.encode(), new, 1) if self.find else text.rstrip() + b"\n" + new
            _write(file, text)
        except OSError as error:
            return Phrase("{file} can't be edited ({reason}).", file=self.file, reason=error.strerror)
        return ""


def _write(file: Path, text: bytes) -> None:
    """Write a file, also one that says it is read-only; builders look at its mode, so that stays."""
    mode = file.stat().st_mode
    file.chmod(mode | stat.S_IWUSR)
    try:
        file.write_bytes(text)
    finally:
        file.chmod(mode)


@dataclass(frozen=True)
class Serve:
    """How the program is visited. `variable` is the environment variable whose value the page shows."""

    port: int
    deadline_s: float
    variable: str


@dataclass(frozen=True)
class Exercise:
    """`files` are those a learner is shown. `points` has the checks in their order; they add up to 100.

    `size_share` is the largest size allowed as a share of the start image's, `html_layers` how many layers an edit of
    the page may re-run, `toolchain` path patterns of files that only a compiler has.
    """

    id: str
    folder: Path
    titles: Mapping[str, str]
    files: tuple[str, ...]
    points: Mapping[str, int]
    size_share: float
    html_layers: int
    serve: Serve
    html_edit: ScriptedEdit
    code_edit: ScriptedEdit
    toolchain: tuple[str, ...]

    @property
    def start(self) -> Path:
        """The build context a learner begins with."""
        return self.folder / "start"

    @property
    def solution(self) -> Path:
        """The reference solution, a whole build context."""
        return self.folder / "solution"

    def title(self, language: str) -> str:
        return self.titles.get(language, self.titles[MAIN_LANGUAGE])


def load_exercise(exercises: Path, exercise_id: str) -> Exercise:
    """Read one exercise. Raises UsageError for an unknown id, ContentError for a file that isn't right."""
    folder = exercises / exercise_id
    file = folder / "exercise.toml"
    if not file.is_file():
        known = ", ".join(sorted(found.parent.name for found in exercises.glob("*/exercise.toml")))
        raise UsageError("There is no exercise {name}.", "Choose one of: {known}.", name=exercise_id, known=known)
    try:
        exercise = _exercise(folder, tomllib.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(Problem(file, 1, f"the exercise isn't right: {type(error).__name__} {error}")) from error
    if sum(exercise.points.values()) != 100:
        raise ContentError(Problem(file, 1, f"the points add up to {sum(exercise.points.values())}, not to 100"))
    return exercise


def _exercise(folder: Path, table: dict[str, Any]) -> Exercise:
    serve, limits, edits = table["serve"], table["limits"], table["edits"]
    return Exercise(
        id=folder.name,
        folder=folder,
        titles={language: str(title) for language, title in table["title"].items()},
        files=tuple(str(name) for name in table["files"]),
        points={check: int(points) for check, points in table["points"].items()},
        size_share=float(limits["size_share"]),
        html_layers=int(limits["html_layers"]),
        serve=Serve(int(serve["port"]), float(serve["deadline_s"]), str(serve["variable"])),
        html_edit=_edit(edits["html"]),
        code_edit=_edit(edits["code"]),
        toolchain=tuple(str(pattern) for pattern in table["toolchain"]["files"]),
    )


def _edit(table: dict[str, Any]) -> ScriptedEdit:
    find, shows = table.get("find", ""), table.get("shows", STAMP)
    return ScriptedEdit(str(table["file"]), str(table["replace"]), str(find), str(shows))


def task_file(exercise: Exercise, language: str) -> Path:
    """Where the task's text stands: in this language, or else in English."""
    file = exercise.folder / f"task.{language}.md"
    return file if file.is_file() else exercise.folder / f"task.{MAIN_LANGUAGE}.md"


def read_task(exercise: Exercise, language: str) -> tuple[Prose | Code, ...]:
    """What is asked of the learner, as text to show. Raises ContentError."""
    file = task_file(exercise, language)
    try:
        pieces = parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(Problem(file, 1, f"the task can't be read: {error}")) from error
    blocks: list[Prose | Code] = []
    for piece in pieces:
        match piece.content:
            case Fence(info, text):
                blocks.append(Code(text, info, line=piece.line))
            case Unknown(what):
                raise ContentError(Problem(file, piece.line, f"a task doesn't use this kind of Markdown: {what}"))
            case Comment():
                pass
            case prose:
                blocks.append(prose)
    return tuple(blocks)
