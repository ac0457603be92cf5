"""Whether the exercises are complete: start files, a reference solution, a task in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor.course.exercise import Exercise, load_exercise, read_task
from tutor.course.lint.text import text_problems
from tutor.course.problems import ContentError, Problem
from tutor.language import LANGUAGES


def exercise_problems(exercises: Path, languages: list[str]) -> list[Problem]:
    """What is wrong with every folder that has an exercise.toml, for the languages that lessons exist in."""
    problems: list[Problem] = []
    for file in sorted(exercises.glob("*/exercise.toml")):
        try:
            exercise = load_exercise(exercises, file.parent.name)
        except ContentError as error:
            problems += error.problems
            continue
        problems += [Problem(file, 1, sentence) for sentence in _missing_files(exercise)]
        for language in languages:
            problems += _task_problems(exercise, language, file)
    return problems


def _missing_files(exercise: Exercise) -> Iterator[str]:
    for folder, what in ((exercise.start, "start files"), (exercise.solution, "solution")):
        for name in exercise.files:
            if not (folder / name).is_file():
                yield f"the {what} have no {name}" if what.endswith("s") else f"the {what} has no {name}"
    for edit in (exercise.html_edit, exercise.code_edit):
        for folder in (exercise.start, exercise.solution):
            path = folder / edit.file
            if path.is_file() and edit.find not in path.read_text("utf-8"):
                yield f"{folder.name}/{edit.file} doesn't have the text to edit: {edit.find}"


def _task_problems(exercise: Exercise, language: str, file: Path) -> list[Problem]:
    problems = []
    if language not in exercise.titles:
        problems.append(Problem(file, 1, f"the exercise has no title in {LANGUAGES[language]}"))
    task = exercise.folder / f"task.{language}.md"
    if not task.is_file():
        return [*problems, Problem(task, 1, f"the exercise has no task in {LANGUAGES[language]}")]
    try:
        read_task(exercise, language)
    except ContentError as error:
        problems += error.problems
    return [*problems, *text_problems(task)]
