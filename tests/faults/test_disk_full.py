"""No space left for the state, the learner's copies, a grade's scratch copy, the engine: told, and work goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.own_engine import OwnEngine
from tutor.builds.builder import Builder
from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildFailed, BuildSucceeded, FailureKind
from tutor.course.workspace import Workspace
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import TutorError, UsageError
from tutor.grade.scratch import scratch_copy
from tutor.places import exercises_folder
from tutor.progress.store import Progress

SIZE_KB = 256
ENGINE_SIZE_MB = 48
SOLUTION = exercises_folder() / "06-optimise" / "solution"


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A folder that is a file system of its own, of this size."""
    assert os.geteuid() == 0, "This test mounts a small file system: run it as root (sudo make test)."
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with next to no room."""
    with mounted(tmp_path / "small", f"{SIZE_KB}k") as folder:
        yield folder


def fill(folder: Path) -> Path:
    """Leave no room at all; gives the file that takes it."""
    file = folder / "full"
    with file.open("wb", buffering=0) as target:
        try:
            while True:
                target.write(b"x" * 4096)
        except OSError:
            return file


def test_progress_that_can_not_be_kept_is_a_sentence_and_is_kept_later(small: Path) -> None:
    store = Progress(small / "progress.db")
    store.set_preference("theme", "first")
    full = fill(small)
    with pytest.raises(TutorError, match="can't be kept") as caught:
        store.set_preference("large", "x" * SIZE_KB * 1024)
    assert "disk isn't full" in caught.value.hint
    assert store.preference("theme") == "first"
    full.unlink()
    store.set_preference("theme", "later")
    store.close()
    again = Progress(small / "progress.db")
    assert again.preference("theme") == "later"
    again.close()


def test_a_state_that_can_not_even_be_begun_is_a_sentence(small: Path) -> None:
    fill(small)
    with pytest.raises(TutorError, match="can't be kept") as caught:
        Progress(small / "state" / "progress.db").set_preference("theme", "x")
    assert caught.value.hint


def test_a_copy_that_does_not_fit_is_none(small: Path) -> None:
    workspace = Workspace(small / "ws")
    full = fill(small)
    with pytest.raises(UsageError, match="No space left") as caught:
        workspace.prepare("06-optimise")
    assert "--workspace" in caught.value.hint
    assert not workspace.is_copy("06-optimise")
    full.unlink()
    assert (workspace.prepare("06-optimise") / "Dockerfile").is_file()


def test_a_scratch_copy_that_does_not_fit_is_a_sentence(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(small))
    fill(small)
    with pytest.raises(TutorError) as caught, scratch_copy(SOLUTION):
        pass
    assert caught.value.hint
    assert [path.name for path in small.iterdir()] == ["full"]


@pytest.mark.engine
def test_a_grade_without_room_for_its_attempt_is_told_all_the_same(small: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    shutil.copytree(SOLUTION, workspace / "06-optimise")
    (small / "state").mkdir()
    fill(small)
    env = os.environ | {"DIAMOL_TUTOR_STATE": str(small / "state"), "DIAMOL_TUTOR_WORKSPACE": str(workspace)}
    command = [sys.executable, "-m", "tutor", "--lang", "en", "grade"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert "100/100" in done.stdout, done.stderr
    assert "can't be kept" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where an engine keeps its images, with little room; the tutor is told to use it."""
    with (
        tempfile.TemporaryDirectory(prefix="small-engine-", ignore_cleanup_errors=True) as folder,
        mounted(Path(folder) / "data-root", f"{ENGINE_SIZE_MB}m") as room,
    ):
        engine = OwnEngine(Path(folder))
        try:
            engine.start()
            monkeypatch.setenv("DOCKER_HOST", engine.address)
            yield room
        finally:
            engine.stop()


@pytest.mark.engine
@pytest.mark.parametrize("builder", list(Builder))
def test_an_engine_without_room_is_told_with_what_to_do(builder: Builder, crowded: Path, tmp_path: Path) -> None:
    engine = DockerEngine.connect(builder)
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY large /\n")
    (tmp_path / "large").write_bytes(bytes(ENGINE_SIZE_MB * 1024 * 1024))
    last = list(engine.build(BuildRequest(tmp_path)))[-1]
    assert isinstance(last, BuildFailed), last
    assert last.kind is FailureKind.ENGINE
    assert "no space left on device" in last.message
    assert "disk is full" in last.hint
    subprocess.run(["mount", "-o", f"remount,size={3 * ENGINE_SIZE_MB}m", str(crowded)], check=True)
    (tmp_path / "large").write_bytes(b"small")
    assert isinstance(list(engine.build(BuildRequest(tmp_path)))[-1], BuildSucceeded)
