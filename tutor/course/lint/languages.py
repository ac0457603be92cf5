"""Whether a lesson teaches the same in every language: same steps, commands, code and right answers."""

from __future__ import annotations

from pathlib import Path

from tutor.course.lesson import Lesson, Step
from tutor.course.lessons import facts_of
from tutor.course.problems import Problem


def differences(file: Path, lesson: Lesson, main: Lesson) -> list[Problem]:
    """What of `lesson`, in `file`, isn't as in the main language."""
    here, there = [step.id for step in lesson.steps], [step.id for step in main.steps]
    if here != there:
        place = next(
            (n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), min(len(here), len(there))
        )
        line = lesson.steps[min(place, len(here) - 1)].line if here else 1
        wanted = there[place] if place < len(there) else "no more step"
        return [Problem(file, line, f"the steps aren't those of the English lesson: here comes {wanted}")]
    return [
        Problem(file, _line_of(step, place), f"the step {step.id} isn't as in the English lesson: {what}")
        for step, other in zip(lesson.steps, main.steps, strict=True)
        for place, what in _step_differences(step, other)
    ]


def _step_differences(step: Step, other: Step) -> list[tuple[int, str]]:
    """The first block that differs, as its place among the blocks that carry facts, and what is wrong."""
    here, there = facts_of(step), facts_of(other)
    for place, (a, b) in enumerate(zip(here, there, strict=False)):
        if a != b:
            return [(place, f"there it is {b}")]
    if len(here) != len(there):
        return [(len(here) - 1, f"there are {len(there)} blocks of code, commands and questions, here {len(here)}")]
    return []


def _line_of(step: Step, place: int) -> int:
    lines = [line for block in step.blocks if (line := getattr(block, "line", 0))]
    return lines[place] if 0 <= place < len(lines) else step.line
