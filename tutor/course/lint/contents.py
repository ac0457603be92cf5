"""Whether the chapter's contents, which are scanned without a Markdown library, say what the lesson says."""

from __future__ import annotations

from pathlib import Path

from tutor.course.actions import Action
from tutor.course.contents import Scanned
from tutor.course.document import Code
from tutor.course.lesson import Lesson, Quiz
from tutor.course.problems import Problem


def misreadings(file: Path, scanned: Scanned, lesson: Lesson) -> list[Problem]:
    """Where a scan of the file's lines and the lesson, as Markdown reads it, have come apart."""
    for what, seen, read in (("title", scanned.title, lesson.title), ("summary", scanned.summary, lesson.summary)):
        if seen != read:
            return [Problem(file, 1, f"the {what} is plain text, without marks: {read}")]
    if [step.id for step in scanned.steps] != [step.id for step in lesson.steps]:
        return [Problem(file, 1, "a step's id stands in a line of its own, outside of blocks: `<!-- step: id -->`")]
    for step, page in zip(scanned.steps, lesson.steps, strict=True):
        if step.title != page.title:
            return [Problem(file, page.line, f"a step's title is plain text, without marks: {page.title}")]
        blocks = sum(isinstance(block, Code | Action | Quiz) for block in page.blocks)
        if len(step.facts) != blocks:
            return [Problem(file, page.line, "blocks begin and end with three backticks at the start of a line")]
    return []
