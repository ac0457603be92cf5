"""The course's files held to their rules, as code is by a linter: `diamol-tutor check`, for authors and for CI."""

from __future__ import annotations

from pathlib import Path

from tutor.course.contents import Scanned, lesson_text, scan
from tutor.course.lesson import Lesson
from tutor.course.lessons import read_lesson
from tutor.course.lint.contents import misreadings
from tutor.course.lint.exercises import exercise_problems
from tutor.course.lint.files import lesson_problems
from tutor.course.lint.languages import differences
from tutor.course.lint.recordings import recording_problems
from tutor.course.lint.story import Story
from tutor.course.lint.text import text_problems
from tutor.course.outline import MAIN_LANGUAGE, Entry, read_outline
from tutor.course.problems import ContentError, Problem
from tutor.language import LANGUAGES


def lint(lessons: Path, exercises: Path) -> tuple[Problem, ...]:
    """All that is wrong with the course, by file and line."""
    try:
        titles, entries = read_outline(lessons)
    except ContentError as error:
        return error.problems
    problems = _outline_problems(lessons, exercises, entries)
    languages = [code for code in LANGUAGES if any((lessons / code).glob("*.md"))]
    problems += [
        Problem(lessons / "course.toml", 1, f"the chapter has no title in {LANGUAGES[code]}")
        for code in languages
        if code not in titles
    ]
    lessons_in_main: list[Lesson] = []
    in_main: dict[str, Scanned] = {}
    for language in languages:
        story = Story(exercises)
        for entry in entries:
            file = lessons / language / f"{entry.id}.md"
            if not file.is_file() and language != MAIN_LANGUAGE:
                continue
            try:
                lesson, found = read_lesson(file, entry)
            except ContentError as error:
                problems += error.problems
                continue
            scanned = scan(lesson_text(file))
            problems += [*found, *lesson_problems(file, lesson, exercises), *text_problems(file)]
            problems += story.follow(file, lesson)
            problems += [] if found else misreadings(file, scanned, lesson)
            if language == MAIN_LANGUAGE:
                lessons_in_main.append(lesson)
                in_main[entry.id] = scanned
            elif entry.id in in_main:
                problems += differences(file, scanned, in_main[entry.id])
    problems += exercise_problems(exercises, languages)
    problems += recording_problems(lessons, exercises, lessons_in_main)
    return tuple(sorted(set(problems)))


def _outline_problems(lessons: Path, exercises: Path, entries: tuple[Entry, ...]) -> list[Problem]:
    outline = lessons / "course.toml"
    known = {entry.id for entry in entries}
    problems = [
        Problem(file, 1, "course.toml doesn't list this lesson")
        for file in sorted(lessons.glob("*/*.md"))
        if file.parent.name in LANGUAGES and file.stem not in known
    ]
    problems += [
        Problem(outline, 1, f"the lesson {entry.id} leads to an exercise {entry.exercise} that isn't there")
        for entry in entries
        if entry.exercise and not (exercises / entry.exercise / "exercise.toml").is_file()
    ]
    return problems
