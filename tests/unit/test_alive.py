"""Tutors that run and tutors that have ended are told apart, however they ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor import alive

PROGRAM = "from tutor import alive; print(alive.me(), flush=True); input()"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DIAMOL_TUTOR_STATE", str(tmp_path))
    return tmp_path


def test_a_killed_tutor_is_left_and_a_running_one_is_not(state: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    assert name != alive.me()
    assert not alive.is_left(name)
    process.kill()
    process.wait()
    assert alive.is_left(name)
    assert alive.left() == (name,)
    lock = state / "running" / name
    os.utime(lock, (0, 0))
    assert alive.left() == ()
    assert not lock.exists()
    assert not alive.is_left(name)


def test_this_process_has_one_name_and_is_not_left() -> None:
    assert alive.me() == alive.me() != ""
    assert not alive.is_left(alive.me())
    assert alive.left() == ()


@pytest.mark.parametrize("name", ["", "..", "unknown", "../../etc/passwd", "0123456789ab"])
def test_unknown_names_are_nobodys_to_clean_up(name: str) -> None:
    assert not alive.is_left(name)


def test_without_a_state_folder_there_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIAMOL_TUTOR_STATE", str(tmp_path / "file"))
    assert alive.me() == ""
    assert alive.left() == ()
