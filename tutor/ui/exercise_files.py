"""The learner's copy of an exercise, read and written. All of it blocks: call it in a thread."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.course.document import Code, Prose
from tutor.course.exercise import Exercise, read_task
from tutor.course.workspace import Workspace
from tutor.errors import TutorError
from tutor.sanitise import clean_text, decode

_LARGEST_BYTES = 500_000
"""A larger file is not shown: no file of an exercise is."""


@dataclass(frozen=True)
class FileText:
    """A file's contents, safe to show. `editable`: it is all text, so that what is shown may be saved back."""

    text: str
    editable: bool


@dataclass(frozen=True)
class Opened:
    """An exercise as the screen needs it. `texts` holds the files' contents by their names, `starts` what a learner
    begins with."""

    exercise: Exercise
    task: tuple[Prose | Code, ...]
    folder: Path
    texts: Mapping[str, FileText]
    starts: Mapping[str, str]


def open_exercise(exercise: Exercise, workspace: Workspace, language: str) -> Opened:
    """Make sure the learner has a copy, and read it."""
    folder = workspace.prepare(exercise.id)
    texts = {name: read_file(folder / name) for name in exercise.files}
    starts = {name: read_file(exercise.start / name).text for name in exercise.files}
    return Opened(exercise, read_task(exercise, language), folder, texts, starts)


def read_file(file: Path) -> FileText:
    """A file's contents. Raises TutorError with what to do when there is no such file."""
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise TutorError(
                "{file} is too large to be shown.", "Reset the exercise with r to get it back.", file=file.name
            )
        data = file.read_bytes()
    except OSError as error:
        raise TutorError(
            "{file} can't be read: {reason}.",
            "Reset the exercise with r to get the file back.",
            file=file,
            reason=error.strerror or error,
        ) from error
    text = decode(data)
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    if text.encode() == data and clean_text(plain) == plain:
        return FileText(text, editable=True)
    return FileText(clean_text(text), editable=False)


def write_file(file: Path, text: str) -> None:
    """Replace a file's contents in one step, so that a kill in between loses neither the old nor the new."""
    half = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
    try:
        try:
            half.write_bytes(text.encode())
            if file.exists():
                half.chmod(file.stat().st_mode)
            half.replace(file.resolve())
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise TutorError(
            "{file} can't be saved: {reason}.",
            "Make the folder writable, or copy the text elsewhere.",
            file=file,
            reason=error.strerror or error,
        ) from error
