"""Scratch copies: what goes into one, and that the folder itself is never touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.errors import UsageError
from tutor.grade.scratch import scratch_copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir()
    (made / "Dockerfile").write_text("FROM diamol/base\n")
    return made


def test_editor_droppings_stay_behind(folder: Path) -> None:
    for name in ("index.html", ".dockerignore", "src.go", "sub/keep.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    for name in (
        ".Dockerfile.swp",
        "Dockerfile~",
        ".DS_Store",
        "4913",
        "#main.go#",
        ".#main.go",
        "sub/a~",
        ".git/HEAD",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    with scratch_copy(folder) as copy:
        found = {path.relative_to(copy).as_posix() for path in copy.rglob("*")}
    assert found == {"Dockerfile", "index.html", ".dockerignore", "src.go", "sub", "sub/keep.txt"}
    assert not copy.exists()


def test_the_folder_is_never_written(folder: Path) -> None:
    before = (folder / "Dockerfile").stat()
    with scratch_copy(folder) as copy:
        (copy / "Dockerfile").write_text("changed")
        (copy / "new").write_text("new")
    assert [path.name for path in folder.iterdir()] == ["Dockerfile"]
    after = (folder / "Dockerfile").stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)


def test_modes_and_links_are_kept(folder: Path) -> None:
    (folder / "run.sh").write_text("x")
    (folder / "run.sh").chmod(0o750)
    (folder / "link").symlink_to("run.sh")
    (folder / "out").symlink_to("/etc/hostname")
    with scratch_copy(folder) as copy:
        assert (copy / "run.sh").stat().st_mode & 0o777 == 0o750
        assert (copy / "link").readlink() == Path("run.sh")
        assert (copy / "out").is_symlink()


def test_a_read_only_folder_can_be_graded(folder: Path) -> None:
    (folder / "Dockerfile").chmod(0o444)
    folder.chmod(0o555)
    try:
        with scratch_copy(folder) as copy:
            assert (copy / "Dockerfile").read_text() == "FROM diamol/base\n"
        assert not copy.exists()
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize(
    ("name", "says"),
    [("nowhere", "doesn't exist"), ("file", "is no folder"), ("empty", "is empty"), ("other", "no Dockerfile")],
)
def test_what_cannot_be_graded_is_a_sentence_about_the_learners_folder(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "main.go").write_text("x")
    with pytest.raises(UsageError, match=says) as caught, scratch_copy(tmp_path / name):
        pass
    assert str(tmp_path / name) in caught.value.message
    assert caught.value.hint


def test_a_pipe_in_the_folder_is_named(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(UsageError, match="named pipe"), scratch_copy(folder):
        pass
