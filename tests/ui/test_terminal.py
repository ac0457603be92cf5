"""The app in a real terminal: its sudden end, input that isn't text, the learner's own editor, no colours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.terminal import PAUSE_S, Terminal

ROOT = Path(__file__).parents[2]


def start(terminal: Terminal, folder: Path, *flags: str) -> None:
    terminal.type(f"cd {ROOT}")
    terminal.keys("Enter")
    terminal.run(sys.executable, "-m", "tests.ui.demo", str(folder), *flags)
    terminal.wait_for("Docker 20.10.24", "1  A Dockerfile instead of a build server")


def build(terminal: Terminal) -> None:
    """Open the first lesson at its build, and start it."""
    terminal.keys("Enter")
    terminal.wait_for("1 of 4")
    terminal.keys("n")
    terminal.wait_for("Three stages in one Dockerfile")
    terminal.keys("Enter")
    terminal.wait_for("● running", "build-stage FROM")


def calls(folder: Path) -> list[str]:
    """What the engine was asked, once the program has ended by itself."""
    end = time.monotonic() + 20
    while not (folder / "calls").is_file() or not (folder / "calls").read_text("utf-8"):
        assert time.monotonic() < end, "the program never ended"
        time.sleep(PAUSE_S)
    return (folder / "calls").read_text("utf-8").split("\n")


def process_of(folder: Path) -> int:
    found = subprocess.run(["pgrep", "-f", f"tests.ui.demo {folder}"], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[-1])


def test_bytes_that_are_not_utf_8_do_not_end_the_app(tmp_path: Path) -> None:
    with Terminal(80, 24) as terminal:
        start(terminal, tmp_path)
        terminal.bytes(b"\xff\xfe")
        terminal.bytes("한글".encode("euc-kr"))
        terminal.keys("?")
        terminal.wait_for("Keys of this screen")


def test_a_closed_terminal_cancels_the_build(tmp_path: Path) -> None:
    with Terminal() as terminal:
        start(terminal, tmp_path, "--hold")
        build(terminal)
    assert calls(tmp_path) == ["build", "cancel"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_cancels_the_build_and_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    with Terminal() as terminal:
        start(terminal, tmp_path, "--hold")
        build(terminal)
        os.kill(process_of(tmp_path), number)
        terminal.wait_for(f"done:{128 + number}")
    assert calls(tmp_path) == ["build", "cancel"]


def test_quitting_during_a_build_cancels_it(tmp_path: Path) -> None:
    with Terminal() as terminal:
        start(terminal, tmp_path, "--hold")
        build(terminal)
        terminal.keys("q")
        terminal.wait_for("done:0")
    assert calls(tmp_path) == ["build", "cancel"]


def test_the_learners_own_editor_opens_the_file_and_comes_back(tmp_path: Path) -> None:
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\necho "EDITING $1"; read answer; echo "# $answer" >> "$1"\n', "utf-8")
    editor.chmod(0o755)
    with Terminal(env={"EDITOR": f"'{editor}'"}) as terminal:
        start(terminal, tmp_path)
        terminal.keys("6")
        terminal.wait_for("1 of 1")
        terminal.keys("n")
        terminal.wait_for("Press g to have your Dockerfile graded")
        terminal.keys("e")
        terminal.wait_for("EDITING")
        terminal.type("by hand")
        terminal.keys("Enter")
        terminal.wait_for("Press g to have your Dockerfile graded")
        terminal.keys("2")
        terminal.wait_for("# by hand")


def test_without_colours_everything_is_told_by_signs_and_words(tmp_path: Path) -> None:
    with Terminal(env={"NO_COLOR": "1"}) as terminal:
        start(terminal, tmp_path)
        terminal.keys("Enter")
        terminal.wait_for("1 of 4")
        terminal.keys("n", "Enter")
        terminal.wait_for("≡ cached", "✓ built", "✓ done")
