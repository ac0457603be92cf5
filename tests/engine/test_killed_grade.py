"""A grade that is ended in the middle: the workspace is as it was, and the next one removes what was left."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.builds.layers import Layer
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import TutorError
from tutor.grade.images import EDITED, REPOSITORY, image_of
from tutor.grade.leftovers import sweep
from tutor.grade.scratch import PREFIX
from tutor.places import exercises_folder
from tutor.progress.store import Progress

pytestmark = pytest.mark.engine

DEADLINE_S = 120
POINTS = ("Building your Dockerfile", "Running your image", "Editing main.go")
"""What a grade says on standard error when it has come that far."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, buildkit: DockerEngine) -> Iterator[Path]:
    """A workspace with the solution, and a state and temporary folder of this test's own."""
    for variable, name in (("DIAMOL_TUTOR_STATE", "state"), ("DIAMOL_TUTOR_WORKSPACE", "ws"), ("TMPDIR", "tmp")):
        monkeypatch.setenv(variable, str(tmp_path / name))
    (tmp_path / "tmp").mkdir()
    tempfile.tempdir = None
    shutil.copytree(exercises_folder() / "06-optimise" / "solution", tmp_path / "ws" / "06-optimise")
    yield tmp_path
    tempfile.tempdir = None
    buildkit.remove_image(image_of(tmp_path / "ws" / "06-optimise"))


def begin(builder: str = "buildkit") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tutor", "--lang", "en", "--builder", builder, "grade", "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(process: subprocess.Popen[str], point: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(point):
            return
    raise AssertionError(f"it ended before {point!r}")


def end(process: subprocess.Popen[str], number: signal.Signals) -> int:
    process.send_signal(number)
    process.communicate(timeout=DEADLINE_S)
    return process.returncode


def digest(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() + oct(file.stat().st_mode) for file in files}


def owner(place: Path) -> str:
    """The name of the tutor that ran last."""
    return max((place / "state" / "running").iterdir(), key=lambda file: file.stat().st_mtime_ns).name


def left(engine: DockerEngine, name: str) -> list[str]:
    """What is on the engine and on disk of that tutor's."""
    containers = [container.name for container in engine.containers() if container.owner == name]
    images = [tag for image in engine.images((f"{REPOSITORY}:{EDITED}{name}*",)) for tag in image.tags]
    return containers + images + [path.name for path in Path(os.environ["TMPDIR"]).glob(f"{PREFIX}{name}*")]


def until_swept(engine: DockerEngine, name: str) -> None:
    """Sweep until nothing is left: a build that the engine was just ending may still name its image after a sweep."""
    deadline = time.monotonic() + DEADLINE_S
    sweep(engine)
    while found := left(engine, name):
        assert time.monotonic() < deadline, found
        sweep(engine)


@pytest.mark.parametrize("point", POINTS)
def test_after_a_kill_the_next_grade_removes_what_was_left(place: Path, buildkit: DockerEngine, point: str) -> None:
    before = digest(place / "ws")
    process = begin()
    wait_for(process, point)
    assert end(process, signal.SIGKILL) == -signal.SIGKILL
    killed = owner(place)
    assert digest(place / "ws") == before
    assert Progress(place / "state" / "progress.db").attempts("06-optimise") == ()
    other = buildkit.image("diamol/base")
    until_swept(buildkit, killed)
    assert buildkit.image("diamol/base") == other


def test_the_next_grade_sweeps_by_itself_and_is_recorded_whole(place: Path, buildkit: DockerEngine) -> None:
    process = begin()
    wait_for(process, POINTS[1])
    end(process, signal.SIGKILL)
    killed = owner(place)
    assert left(buildkit, killed)
    printed, told = begin().communicate(timeout=DEADLINE_S)
    assert json.loads(printed)["passed"], told
    assert left(buildkit, killed) == []
    attempts = Progress(place / "state" / "progress.db").attempts("06-optimise")
    assert [(attempt.passed, attempt.points) for attempt in attempts] == [(True, 100)]
    assert attempts[0].figures["schema"] == json.loads(printed)["schema"]
    assert left(buildkit, owner(place)) == []


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=str
)
def test_a_signal_ends_it_and_leaves_nothing(
    place: Path, buildkit: DockerEngine, number: signal.Signals, status: int
) -> None:
    process = begin()
    wait_for(process, POINTS[1])
    assert end(process, number) == status
    assert left(buildkit, owner(place)) == []
    assert Progress(place / "state" / "progress.db").attempts("06-optimise") == ()


def test_what_a_running_tutor_uses_is_not_swept(place: Path, buildkit: DockerEngine) -> None:
    process = begin()
    wait_for(process, POINTS[1])
    sweep(buildkit)
    printed, told = process.communicate(timeout=DEADLINE_S)
    assert json.loads(printed)["passed"], told
    assert place.exists()


def test_the_classic_builder_keeps_no_nameless_image_of_an_edit(place: Path, classic: DockerEngine) -> None:
    dockerfile = place / "ws" / "06-optimise" / "Dockerfile"
    command = f"go build -o /server && : {place.name} {place.parent.name}"
    dockerfile.write_text(dockerfile.read_text().replace("go build -o /server", command))

    def nameless() -> set[str]:
        """The images that no name points to, of this test's build stage."""
        ids = [str(image["Id"]) for image in classic._client.images(filters={"dangling": True})]
        return {image for image in ids if any(command in layer.created_by for layer in layers_of(classic, image))}

    begin("classic").communicate(timeout=DEADLINE_S)
    before = nameless()
    printed, told = begin("classic").communicate(timeout=DEADLINE_S)
    assert json.loads(printed)["passed"], told
    assert nameless() == before
    assert len(before) == 1  # the build stage as it is, which the next build takes from the cache
    classic.remove_image(before.pop())


def layers_of(engine: DockerEngine, image: str) -> tuple[Layer, ...]:
    try:
        return engine.layers(image)
    except TutorError:  # somebody has removed it
        return ()
