"""Whether a lesson teaches the same in every language: same steps, commands, code and right answers."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from tutor.course.contents import Scanned, ScannedStep
from tutor.course.problems import Problem


def differences(file: Path, lesson: Scanned, main: Scanned) -> list[Problem]:
    """What of `lesson`, in `file`, isn't as in the main language."""
    for step, other in zip_longest(lesson.steps, main.steps):
        if step is None or other is None or step.id != other.id:
            line = step.line if step else lesson.steps[-1].line if lesson.steps else 1
            wanted = other.id if other else "no more step"
            return [Problem(file, line, f"the steps aren't those of the English lesson: here comes {wanted}")]
    return [
        Problem(file, line, f"the step {step.id} isn't as in the English lesson: {what}")
        for step, other in zip(lesson.steps, main.steps, strict=True)
        for line, what in _step_differences(step, other)
    ]


def _step_differences(step: ScannedStep, other: ScannedStep) -> list[tuple[int, str]]:
    """The line of the first fact that differs, and what is wrong."""
    for here, there in zip(step.facts, other.facts, strict=False):
        if here.text != there.text:
            return [(here.line, f"there it is {there.text}")]
    if len(step.facts) != len(other.facts):
        line = step.facts[-1].line if step.facts else step.line
        count = f"there are {len(other.facts)} blocks of code, commands and questions, here {len(step.facts)}"
        return [(line, count)]
    return []
