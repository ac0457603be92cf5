"""What is kept of a lesson's actions: each event with its time; and the files that hold it.

A file is gzipped JSON Lines: the heading, then one action a line (`tutor.builds.codec` says how). Equal recordings give
equal bytes.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.builds.codec import CodecError, from_json, to_json
from tutor.builds.engine import EngineFacts
from tutor.course.actions import Action
from tutor.course.problems import ContentError, Problem
from tutor.course.seen import ActionEvent
from tutor.errors import NoEngine

SCHEMA = "diamol-tutor/recording/1"
"""Changes when files of before can't be read any more."""

FOLDER = "recordings"
"""Where the files are, below `lessons/`."""

SUFFIX = ".jsonl.gz"


class NotRecorded(NoEngine):
    """Something was asked for that only a live engine can give."""

    def __init__(self) -> None:
        super().__init__(
            "This was not recorded; with a Docker engine it runs live.",
            "`diamol-tutor doctor --fix` helps to get one.",
        )


@dataclass(frozen=True)
class Heading:
    """What a recording is of. `content_hash` is the lesson's (see `Lesson`), `engine` what it ran on, and when."""

    schema: str
    lesson: str
    content_hash: str
    engine: EngineFacts


@dataclass(frozen=True)
class Moment:
    """An event, and how long after the action's beginning it came."""

    at_ms: int
    event: ActionEvent


@dataclass(frozen=True)
class Failure:
    """The error that ended an action."""

    message: str
    hint: str = ""


@dataclass(frozen=True)
class RecordedAction:
    """One action as it went; `id` is the action's own. Edits have no moments: they need no engine."""

    id: str
    command: str
    moments: tuple[Moment, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True)
class Recording:
    """A lesson as it went."""

    heading: Heading
    actions: tuple[RecordedAction, ...]


def write_recording(recording: Recording, folder: Path) -> Path:
    """Write a recording into its file; gives the file. Raises OSError."""
    values = [to_json(recording.heading, Heading), *(to_json(action, RecordedAction) for action in recording.actions)]
    text = "".join(f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n" for value in values)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{recording.heading.lesson}{SUFFIX}"
    file.write_bytes(gzip.compress(text.encode(), mtime=0))
    return file


def read_recording(file: Path) -> Recording:
    """A lesson's recording. Raises ContentError where the file can't be used."""
    rows = _rows(file)
    heading = _heading(file, next(rows, None))
    return Recording(heading, tuple(_decoded(file, row, RecordedAction) for row in rows))


def read_heading(file: Path) -> Heading:
    """The beginning of a recording: quick. Raises ContentError."""
    return _heading(file, next(_rows(file), None))


def _heading(file: Path, row: str | None) -> Heading:
    heading: Heading = _decoded(file, row or "null", Heading)
    if heading.schema != SCHEMA or f"{heading.lesson}{SUFFIX}" != file.name:
        raise _damaged(file, f"it is of {heading.lesson}, {heading.schema}")
    return heading


def _rows(file: Path) -> Iterator[str]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as rows:
            yield from rows
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _damaged(file, str(error)) from error


def _decoded(file: Path, row: str, kind: type) -> Any:
    try:
        return from_json(json.loads(row), kind)
    except (CodecError, json.JSONDecodeError, RecursionError) as error:
        raise _damaged(file, str(error)) from error


def _damaged(file: Path, reason: str) -> ContentError:
    return ContentError(Problem(file, 1, f"the recording can't be read: {reason}"))


class Recordings:
    """The recordings of all lessons in a folder, each read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._actions: dict[str, dict[str, RecordedAction]] = {}

    def facts(self) -> EngineFacts:
        """The engine of the oldest recording. Raises NotRecorded without any."""
        engines = [read_heading(file).engine for file in self._folder.glob(f"*{SUFFIX}")]
        if not engines:
            raise NotRecorded
        return min(engines, key=lambda engine: engine.recorded_on)

    def find(self, action: Action) -> RecordedAction:
        """How an action went, whatever the learner did before. Raises NotRecorded."""
        lesson = action.id.partition("/")[0]
        if lesson not in self._actions:
            file = self._folder / f"{lesson}{SUFFIX}"
            if not lesson or not file.is_file():
                raise NotRecorded
            self._actions[lesson] = {recorded.id: recorded for recorded in read_recording(file).actions}
        recorded = self._actions[lesson].get(action.id)
        if recorded is None or recorded.command != action.command:
            raise NotRecorded
        return recorded
