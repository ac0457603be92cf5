"""What ships is right: the lessons and exercises pass their own linter."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tutor.course.blocks import make_block
from tutor.course.lessons import load_course
from tutor.course.lint import lint
from tutor.course.markdown import Fence, parse
from tutor.places import content_folder, exercises_folder, lessons_folder


def test_the_shipped_content_has_no_problems() -> None:
    assert [str(problem) for problem in lint(lessons_folder(), exercises_folder())] == []


def test_the_guide_for_authors_is_right() -> None:
    """Every fenced block that CONTRIBUTING.md gives as an example is one that lessons may have."""
    guide = textwrap.dedent(_indented(content_folder() / "CONTRIBUTING.md"))
    fences = [piece.content for piece in parse(guide) if isinstance(piece.content, Fence)]
    kinds = [type(make_block(fence.info, fence.text, 1)).__name__ for fence in fences]
    assert kinds == ["Code", "BuildImage", "EditFile", "LookInside"]


def _indented(file: Path) -> str:
    return "\n".join(row for row in file.read_text("utf-8").split("\n") if row.startswith("    ") or not row)


def test_the_chapter_begins_with_section_one_and_ends_with_the_exercise() -> None:
    course = load_course("en")
    assert course.lessons[0].id == "01-build-server"
    assert course.lessons[-1].exercise == "06-optimise"


def test_every_lesson_is_short_pages() -> None:
    """One idea a step: a page of more than this many blocks or words wants to be two."""
    for lesson in load_course("en").lessons:
        for step in lesson.steps:
            words = sum(len(span.text.split()) for block in step.blocks for span in getattr(block, "spans", ()))
            assert len(step.blocks) <= 12, (lesson.id, step.id)
            assert words <= 180, (lesson.id, step.id, words)
