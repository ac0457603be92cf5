"""Without any engine, in a real terminal: it says so, still teaches from recordings, marks them, and doesn't grade."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

COMMAND = str(Path(sysconfig.get_path("scripts")) / "diamol-tutor")
RECORDED = "◇ Recorded: 2"  # then comes the version of the engine that was recorded


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    env = {
        "DOCKER_HOST": "unix:///nowhere",
        "DIAMOL_TUTOR_WORKSPACE": str(tmp_path / "workspace"),
        "DIAMOL_TUTOR_STATE": str(tmp_path / "state"),
        "LC_ALL": "C.UTF-8",
    }
    with Terminal(120, 40, env) as terminal:
        yield terminal


def open_build(terminal: Terminal) -> None:
    terminal.run(COMMAND)
    terminal.wait_for("A Dockerfile instead of a build server", RECORDED)
    terminal.keys("Enter")
    terminal.wait_for("What a build needs", "1 of")
    for page in range(2, 7):
        terminal.keys("n")
        terminal.wait_for(f"{page} of")
    terminal.wait_for("docker image build -t multi-stage .", RECORDED)


def test_it_says_why_and_what_to_do(terminal: Terminal) -> None:
    terminal.run(COMMAND)
    terminal.wait_for(RECORDED, "what was recorded on 20", "No Docker engine is running here", "doctor --fix")


def test_section_one_plays_marked_as_recorded(terminal: Terminal) -> None:
    open_build(terminal)
    terminal.keys("Enter")
    terminal.wait_for("build-stage FROM diamol/base", "◇ recorded  ✓ done", "4 built", "2 layers", RECORDED)
    terminal.keys("n")
    terminal.wait_for("docker container run multi-stage")
    terminal.keys("Enter")
    terminal.wait_for("Building...", "Testing...", "exit code 0", "◇ recorded  ✓ done", RECORDED)
    terminal.keys("q")
    terminal.wait_for("done:0")


def test_a_recording_can_be_stopped_and_skipped(terminal: Terminal) -> None:
    terminal.run(COMMAND)
    terminal.wait_for("A Dockerfile instead of a build server", RECORDED)
    terminal.keys("2")
    terminal.wait_for("1 of")
    for page in range(2, 6):
        terminal.keys("n")
        terminal.wait_for(f"{page} of")
    terminal.keys("Enter")
    terminal.wait_for("running", "Skip")
    terminal.keys("Escape")
    terminal.wait_for("Stopped.")
    terminal.keys("Enter")
    terminal.wait_for("running", "Skip")
    terminal.keys("s")  # the build took half a minute, and that is what stands there
    screen = terminal.wait_for("◇ recorded  ✓ done", "5 built", deadline_s=10)
    assert not re.search(r"✓ done +\d\.\d s", screen), screen


def test_a_grade_needs_an_engine(terminal: Terminal) -> None:
    terminal.run(COMMAND, "grade")
    terminal.wait_for("A grade needs a live Docker engine.", "doctor --fix", "done:3")


def test_a_section_plays_without_screens(terminal: Terminal) -> None:
    terminal.run(COMMAND, "run", "1", "--recorded", "--plain")
    terminal.wait_for("Everything went as the lessons say, when it was recorded.", "done:0")
    terminal.run(COMMAND, "run", "1", "--plain")
    terminal.wait_for("No Docker engine is running here", "done:3")
