"""The learner's copies: made whole, never overwritten, brought back with the old files kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.course.workspace import Workspace
from tutor.errors import UsageError


@pytest.fixture
def exercises(tmp_path: Path) -> Path:
    folder = tmp_path / "exercises"
    (folder / "01-example" / "src").mkdir(parents=True)
    (folder / "01-example" / "Dockerfile").write_text("FROM a\n")
    (folder / "01-example" / "src" / "run.sh").write_text("echo\n")
    (folder / "01-example" / "src" / "run.sh").chmod(0o555)
    (folder / "06-exercise" / "start").mkdir(parents=True)
    (folder / "06-exercise" / "exercise.toml").write_text("")
    (folder / "06-exercise" / "start" / "Dockerfile").write_text("FROM start\n")
    return folder


@pytest.fixture
def workspace(tmp_path: Path, exercises: Path) -> Workspace:
    return Workspace(tmp_path / "mine", exercises)


def test_the_first_need_makes_a_copy(workspace: Workspace) -> None:
    folder = workspace.prepare("01-example")
    assert folder == workspace.folder("01-example") == workspace.root / "01-example"
    assert (folder / "Dockerfile").read_text() == "FROM a\n"
    assert (folder / "src" / "run.sh").stat().st_mode & 0o777 == 0o755
    assert [entry.name for entry in workspace.root.iterdir()] == ["01-example"]


def test_an_exercise_gives_its_start_files(workspace: Workspace) -> None:
    assert (workspace.prepare("06-exercise") / "Dockerfile").read_text() == "FROM start\n"


def test_a_folder_within_an_exercise_is_the_shipped_one(workspace: Workspace, exercises: Path) -> None:
    assert workspace.prepare("06-exercise/start") == exercises / "06-exercise" / "start"
    assert not workspace.root.exists()


def test_a_folder_within_an_example_is_in_the_copy(workspace: Workspace) -> None:
    assert workspace.prepare("01-example/src") == workspace.root / "01-example" / "src"
    assert (workspace.root / "01-example" / "Dockerfile").is_file()


def test_what_the_learner_has_written_stays(workspace: Workspace) -> None:
    folder = workspace.prepare("01-example")
    (folder / "Dockerfile").write_text("mine")
    (folder / "src" / "run.sh").unlink()
    workspace.prepare("01-example")
    assert (folder / "Dockerfile").read_text() == "mine"
    assert not (folder / "src" / "run.sh").exists()


def test_an_empty_folder_is_filled(workspace: Workspace) -> None:
    workspace.folder("01-example").mkdir(parents=True)
    assert not workspace.is_copy("01-example")
    assert (workspace.prepare("01-example") / "Dockerfile").is_file()
    assert workspace.is_copy("01-example")


def test_reset_keeps_the_old_files_beside(workspace: Workspace) -> None:
    folder = workspace.prepare("01-example")
    for text in ("first", "second"):
        (folder / "Dockerfile").write_text(text)
        (folder / "notes.txt").write_text("mine")
        kept = workspace.reset("01-example")
        assert [file.read_text() for file in kept] == [text]
        assert (folder / "Dockerfile").read_text() == "FROM a\n"
    assert sorted(file.name for file in folder.iterdir()) == [
        "Dockerfile",
        "Dockerfile.before-reset-1",
        "Dockerfile.before-reset-2",
        "notes.txt",
        "src",
    ]


def test_reset_brings_back_what_is_gone(workspace: Workspace) -> None:
    assert workspace.reset("01-example") == ()
    (workspace.folder("01-example") / "Dockerfile").unlink()
    assert workspace.reset("01-example") == ()
    assert (workspace.folder("01-example") / "Dockerfile").is_file()


def test_a_workspace_that_cannot_be_written(tmp_path: Path, exercises: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can't be written") as caught:
        Workspace(tmp_path / "file" / "mine", exercises).prepare("01-example")
    assert "--workspace" in caught.value.hint


@pytest.mark.parametrize("name", ["09-none", "..", "../mine", ".", ""])
def test_an_unknown_name(workspace: Workspace, name: str) -> None:
    with pytest.raises(UsageError, match="There is no example"):
        workspace.prepare(name)
