"""Whether a lesson's blocks agree with the exercises' files: code shown, folders, Dockerfiles, edits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor.course import edits
from tutor.course.actions import Action, BuildImage, EditFile
from tutor.course.document import Code
from tutor.course.lesson import Lesson, Quiz
from tutor.course.problems import Problem

QUIZZES_WANTED = 3
"""Questions that each lesson has at least."""


def lesson_problems(file: Path, lesson: Lesson, exercises: Path) -> list[Problem]:
    blocks = [block for step in lesson.steps for block in step.blocks]
    problems = []
    for block in blocks:
        match block:
            case Code(file=shown) if shown:
                problems += [Problem(file, block.line, said) for said in _code_problems(block, exercises)]
            case Action(folder=folder) if folder:
                problems += [Problem(file, block.line, said) for said in _action_problems(block, exercises)]
            case _:
                pass
    quizzes = [block.id for block in blocks if isinstance(block, Quiz)]
    if len(quizzes) < QUIZZES_WANTED:
        problems.append(Problem(file, 1, f"the lesson has {len(quizzes)} quizzes; {QUIZZES_WANTED} are wanted"))
    twice = sorted({quiz for quiz in quizzes if quizzes.count(quiz) > 1})
    problems += [Problem(file, 1, f"there are two quizzes {quiz}") for quiz in twice]
    return problems


def _code_problems(code: Code, exercises: Path) -> Iterator[str]:
    path = exercises / code.file
    if not path.is_file():
        yield f"the block shows {code.file}, which isn't there"
        return
    there = path.read_text("utf-8").rstrip("\n").split("\n")
    shown = code.text.rstrip("\n").split("\n")
    wanted = there if code.whole else there[code.first_line - 1 :][: len(shown)]
    if shown != wanted:
        same = 0
        while same < min(len(shown), len(wanted)) and shown[same] == wanted[same]:
            same += 1
        yield f"the code shown isn't the text of {code.file} from its line {code.first_line + same} on"


def shipped_folder(name: str, exercises: Path) -> Path:
    """The shipped folder that a lesson's `in=` means: of an exercise, its start files."""
    folder = exercises / name
    return folder / "start" if (folder / "exercise.toml").is_file() else folder


def _action_problems(action: Action, exercises: Path) -> Iterator[str]:
    folder = shipped_folder(action.folder, exercises)
    if not folder.is_dir():
        yield f"the folder {action.folder} isn't among the exercises"
        return
    match action:
        case BuildImage(dockerfile=dockerfile, context=context):
            if not (folder / dockerfile).is_file():
                yield f"there is no {dockerfile} in {action.folder}"
            if not (folder / context).is_dir():
                yield f"there is no build context {context} in {action.folder}"
        case EditFile():
            yield from _edit_problems(action, folder, exercises)
        case _:
            pass


def _edit_problems(edit: EditFile, folder: Path, exercises: Path) -> Iterator[str]:
    path = folder / edit.file
    top, _, rest = edit.folder.partition("/")
    if rest and (exercises / top / "exercise.toml").is_file():
        yield f"{edit.folder} is a shipped folder of an exercise: an edit needs the learner's copy, {top}"
    if not path.is_file():
        yield f"there is no {edit.file} in {edit.folder}"
        return
    text = path.read_text("utf-8")
    if edits.is_made(text, edit):
        yield f"{edit.file} has the edit already, so it couldn't be undone"
    elif (places := text.count(edit.find)) != 1 or edits.make(text, edit, "") is None:
        yield f"the lines to change are {places} times in {edit.file}; they have to be there once, as whole lines"
