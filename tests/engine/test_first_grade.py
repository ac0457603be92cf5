"""The first grade on an engine, whose builds are the first to use its base images."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildSucceeded
from tutor.course.exercise import Exercise, load_exercise
from tutor.engines.docker_engine import DockerEngine
from tutor.grade.grader import grade
from tutor.grade.images import image_of
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine

SLOW_S = 6
"""How much longer the reference takes to build than shipped."""

AS_SHIPPED = load_exercise(exercises_folder(), "06-optimise")


@pytest.fixture
def golang(tmp_path: Path, buildkit: DockerEngine, tag: str) -> str:
    """A base image that no build has used."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "Dockerfile").write_text(f"FROM diamol/golang\nRUN echo {uuid4().hex} > /new\nWORKDIR /go\n")
    *_, last = buildkit.build(BuildRequest(tmp_path / "base", tag=tag))
    assert isinstance(last, BuildSucceeded)
    return tag


@pytest.fixture
def exercise(tmp_path: Path, golang: str) -> Exercise:
    """As shipped, on that image; its reference is still being built while a solution is rebuilt."""
    folder = tmp_path / "06-optimise"
    shutil.copytree(AS_SHIPPED.folder, folder)
    for file in folder.rglob("Dockerfile"):
        file.write_text(file.read_text().replace("diamol/golang", golang))
    slow = folder / "solution" / "Dockerfile"
    slow.write_text(slow.read_text().replace("RUN go build", f"RUN sleep {SLOW_S} && go build"))
    return replace(AS_SHIPPED, folder=folder)


@pytest.fixture
def mine(tmp_path: Path, exercise: Exercise, buildkit: DockerEngine) -> Iterator[Path]:
    shutil.copytree(exercise.start, tmp_path / "mine")
    yield tmp_path / "mine"
    buildkit.remove_image(image_of(tmp_path / "mine"))


def test_its_edit_of_the_page_is_counted_like_that_of_any_other(
    exercise: Exercise, mine: Path, buildkit: DockerEngine
) -> None:
    report = grade(exercise, mine, buildkit)
    assert [step.step.instruction.line for step in report.page_reran] == [4, 5, 7, 8]
    assert report.start_edited is not None
    assert [step.step.instruction.line for step in report.start_edited.rebuilt] == [4, 5, 7, 8]
