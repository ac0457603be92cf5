"""The chapter's contents: scanned from the lesson files' lines, and held to what Markdown makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.test_lessons import LESSON
from tutor.course.contents import Fact, StepTitle, load_contents, scan
from tutor.course.lessons import load_course
from tutor.course.problems import ContentError
from tutor.language import LANGUAGES


def test_what_the_lines_tell() -> None:
    found = scan(LESSON)
    assert (found.title, found.summary) == ("A title", "What it is about.")
    assert [(step.id, step.title) for step in found.steps] == [
        ("first", "The first step"),
        ("second", "The second step"),
    ]
    code, build, question = found.steps[0].facts
    assert code.text == "dockerfile file=ex/Dockerfile lines=3-4\nRUN one\nRUN two"
    assert build.text.endswith("\ndocker image build -t name .")
    assert question.text == "the question why, x-"
    rows = LESSON.splitlines()
    assert [rows[fact.line - 1][:8] for step in found.steps for fact in step.facts] == [
        "```docke",
        "```bash ",
        "<!-- qui",
        "```diff ",
        "```text ",
    ]


def test_a_summary_of_several_lines() -> None:
    assert scan("# T\n\nOne\ntwo.\n\n<!-- step: a -->\n## A\n").summary == "One two."


def test_marks_within_a_block_are_its_text() -> None:
    block = "```text file=a\n<!-- step: b -->\n## B\n- [x] c\n```"
    (step,) = scan(f"# T\n\nS.\n\n<!-- step: a -->\n## A\n\n{block}\n").steps
    assert step.facts == [Fact(8, "text file=a\n<!-- step: b -->\n## B\n- [x] c")]


@pytest.mark.parametrize("text", ["", "```", "# T", "<!-- quiz: a -->\n- [x] b — c", "<!-- step: a -->\n```bash run"])
def test_what_is_no_lesson_is_scanned_all_the_same(text: str) -> None:
    assert len(scan(text).content_hash) == 12


def test_the_hash_is_of_what_is_taught() -> None:
    before = scan(LESSON).content_hash
    same = [("Some *quiet*", "Einige"), ("## The first", "## Der erste"), ("Yes — It", "Ja — Es")]
    other = [("-t name", "-t other"), ("new {stamp}", "newer"), ("step: second", "step: last"), ("- [x]", "- [ ]")]
    for old, new in (*same, *other):
        assert old in LESSON
        assert (scan(LESSON.replace(old, new)).content_hash == before) == ((old, new) in same)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_contents_are_those_of_the_lessons(language: str) -> None:
    contents, course = load_contents(language), load_course(language)
    assert contents.title == course.title
    for section, lesson in zip(contents.sections, course.lessons, strict=True):
        assert section.steps == tuple(StepTitle(step.id, step.title) for step in lesson.steps)
        for name in ("id", "number", "title", "summary", "language", "content_hash", "exercise"):
            assert getattr(section, name) == getattr(lesson, name)


def test_a_lesson_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('[title]\nen = "C"\n[[lessons]]\nid = "01-name"\n')
    with pytest.raises(ContentError, match=r"01-name\.md:1: the lesson can't be read"):
        load_contents("en", tmp_path)
