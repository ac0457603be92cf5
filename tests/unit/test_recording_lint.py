"""Recordings held to the lessons they are of."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor.course.lessons import load_course
from tutor.course.lint import lint
from tutor.course.lint import recordings as recordings_lint
from tutor.course.lint.recordings import recording_problems
from tutor.places import exercises_folder, lessons_folder


@dataclass
class Shipped:
    """A copy of the shipped course. `problems()` lints its recordings: (file name, sentence)."""

    root: Path

    @property
    def recordings(self) -> Path:
        return self.root / "lessons" / "recordings"

    @property
    def first(self) -> Path:
        return self.recordings / "01-build-server.jsonl.gz"

    def change(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")

    def record_anew(self, old: str, new: str) -> None:
        """Have the first recording say something else."""
        text = gzip.decompress(self.first.read_bytes()).decode()
        assert old in text
        self.first.write_bytes(gzip.compress(text.replace(old, new, 1).encode()))

    def problems(self) -> list[tuple[str, str]]:
        lessons = self.root / "lessons"
        found = recording_problems(lessons, self.root / "exercises", load_course("en", lessons).lessons)
        return [(p.file.name, p.sentence) for p in found]


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    shutil.copytree(lessons_folder(), tmp_path / "lessons")
    shutil.copytree(exercises_folder(), tmp_path / "exercises", symlinks=True)
    return Shipped(tmp_path)


LESSON = "lessons/en/01-build-server.md"


@pytest.mark.parametrize(
    ("spoil", "part"),
    [
        (lambda it: it.first.unlink(), "has no recording: diamol-tutor record 1"),
        (lambda it: it.first.write_text("no"), "can't be read"),
        (lambda it: it.change(LESSON, "run multi-stage\n", "run -e A=b multi-stage\n"), "the recording `docker"),
        (
            lambda it: it.change(LESSON, "- [ ] The one in `build-stage`", "- [x] The one in `build-stage`"),
            "have changed",
        ),
        (lambda it: it.change(LESSON, 'output="Testing..."', 'output="Tested"'), "doesn't show it"),
        (lambda it: it.change("exercises/01-multi-stage/Dockerfile", "Building", "Making"), "Dockerfile has changed"),
        (lambda it: it.record_anew('{"text":"Testing..."}', '{"text":"Tested"}'), "doesn't show it"),
        (lambda it: it.record_anew("20.10.24", "28.5.1"), "of several engines"),
        (lambda it: shutil.copyfile(it.first, it.recordings / "09-x.jsonl.gz"), "the recording of no lesson"),
    ],
)
def test_what_has_come_apart_is_told(shipped: Shipped, spoil: Callable[[Shipped], object], part: str) -> None:
    assert shipped.problems() == []
    spoil(shipped)
    ((name, sentence),) = shipped.problems()
    assert part in sentence
    assert name in ("01-build-server.jsonl.gz", "09-x.jsonl.gz", "recordings")


def test_it_is_part_of_the_check(shipped: Shipped) -> None:
    shipped.first.unlink()
    problems = lint(shipped.root / "lessons", shipped.root / "exercises")
    assert [problem.file for problem in problems] == [shipped.first]


def test_an_action_that_was_added_is_missed(shipped: Shipped) -> None:
    block = "```bash run\ndocker container run multi-stage\n```\n"
    shipped.change(LESSON, "<!-- quiz: when-run -->", f"{block}\n<!-- quiz: when-run -->")
    ((_, sentence),) = shipped.problems()
    assert "record it again: diamol-tutor record 1" in sentence


def test_prose_may_change(shipped: Shipped) -> None:
    shipped.change(LESSON, "Put the toolchain into an image", "Put all the tools into an image")
    assert shipped.problems() == []


def test_all_recordings_together_are_small(shipped: Shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings_lint, "BYTES_ALLOWED", 10)
    ((name, sentence),) = shipped.problems()
    assert (name, "10 are allowed" in sentence) == ("recordings", True)


def test_every_lesson_ships_with_its_recording() -> None:
    there = {file.name.removesuffix(".jsonl.gz") for file in (lessons_folder() / "recordings").iterdir()}
    assert there == {lesson.id for lesson in load_course().lessons}
