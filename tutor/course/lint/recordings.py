"""Whether each lesson has a recording, and whether it is still of what the lesson says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tutor.builds.events import BuildStarted
from tutor.course.actions import BuildImage, EditFile
from tutor.course.judge import judge
from tutor.course.lesson import Lesson
from tutor.course.lint.files import shipped_folder
from tutor.course.problems import ContentError, Problem
from tutor.course.recordings.recording import FOLDER, SUFFIX, RecordedAction, Recording, read_recording

BYTES_ALLOWED = 1_000_000
"""Of all recordings together: they travel with the program."""


def recording_problems(lessons_folder: Path, exercises: Path, lessons: Iterable[Lesson]) -> list[Problem]:
    """What is wrong with a course's recordings. `lessons` in any language will do: all languages share them."""
    folder = lessons_folder / FOLDER
    problems: list[Problem] = []
    recordings: list[Recording] = []
    known = {folder / f"{lesson.id}{SUFFIX}": lesson for lesson in lessons}
    for file, lesson in known.items():
        if not file.is_file():
            problems.append(Problem(file, 1, f"the lesson has no recording: diamol-tutor record {lesson.number}"))
            continue
        try:
            recordings.append(read_recording(file))
        except ContentError as error:
            problems += error.problems
            continue
        sentence = next(_drift(lesson, recordings[-1], exercises), "")
        if sentence:
            problems.append(Problem(file, 1, f"{sentence}; record it again: diamol-tutor record {lesson.number}"))
    there = sorted(folder.glob(f"*{SUFFIX}"))
    problems += [Problem(file, 1, "it is the recording of no lesson") for file in there if file not in known]
    size_bytes = sum(file.stat().st_size for file in there)
    if size_bytes > BYTES_ALLOWED:
        problems.append(Problem(folder, 1, f"the recordings have {size_bytes} bytes; {BYTES_ALLOWED} are allowed"))
    return problems + _engines(folder, recordings)


def _drift(lesson: Lesson, recording: Recording, exercises: Path) -> Iterator[str]:
    """Where the lesson and its recording have come apart."""
    actions = [action for step in lesson.steps for action in step.actions]
    edited: set[str] = set()
    for action, recorded in zip(actions, recording.actions, strict=False):
        if (action.id, action.command) != (recorded.id, recorded.command):
            yield f"the lesson has `{action.command}` ({action.id}), the recording `{recorded.command}` ({recorded.id})"
        if isinstance(action, EditFile):
            edited.add(f"{action.folder}/{action.file}")
            continue
        missed = judge(action, (moment.event for moment in recorded.moments)) if recorded.failure is None else ()
        yield from (f"`{action.command}` ({action.id}) doesn't show it: {sentence}" for sentence in missed)
        if isinstance(action, BuildImage) and f"{action.folder}/{action.dockerfile}" not in edited:
            yield from _dockerfile_drift(action, recorded, exercises)
    if len(actions) != len(recording.actions):
        yield f"the lesson has {len(actions)} actions, the recording {len(recording.actions)}"
    if lesson.content_hash != recording.heading.content_hash:
        yield "the code, edits or questions of the lesson have changed"


def _dockerfile_drift(action: BuildImage, recorded: RecordedAction, exercises: Path) -> Iterator[str]:
    file = shipped_folder(action.folder, exercises) / action.dockerfile
    started = (moment.event for moment in recorded.moments if isinstance(moment.event, BuildStarted))
    if file.is_file() and any(event.dockerfile.source != file.read_text("utf-8") for event in started):
        yield f"{action.folder}/{action.dockerfile} has changed"


def _engines(folder: Path, recordings: Iterable[Recording]) -> list[Problem]:
    """The screens name one engine for all that they play."""
    engines = {(r.heading.engine.version, r.heading.engine.builder, r.heading.engine.store) for r in recordings}
    if len(engines) > 1:
        told = "; ".join(sorted(" ".join(engine) for engine in engines))
        return [Problem(folder, 1, f"the recordings are of several engines ({told}): diamol-tutor record all")]
    return []
