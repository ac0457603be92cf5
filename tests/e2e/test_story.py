"""The newcomer's story, in a real terminal, with the installed command, against the live engine."""

from __future__ import annotations

import random
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal, open_first_build, sleeps
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine

COMMAND = str(Path(sysconfig.get_path("scripts")) / "diamol-tutor")
GRADE_DEADLINE_S = 240


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def terminal(tmp_path: Path, workspace: Path) -> Iterator[Terminal]:
    env = {"DIAMOL_TUTOR_WORKSPACE": str(workspace), "DIAMOL_TUTOR_STATE": str(tmp_path / "state"), "LC_ALL": "C.UTF-8"}
    with Terminal(120, 40, env) as terminal:
        yield terminal


def test_first_section_builds_live_and_the_exercise_is_graded(terminal: Terminal, workspace: Path) -> None:
    terminal.run(COMMAND)
    terminal.wait_for("A Dockerfile instead of a build server", "The exercise", "● Docker")
    terminal.keys("Enter")
    terminal.wait_for("What a build needs", "1 of")
    for page in range(2, 7):
        terminal.keys("n")
        terminal.wait_for(f"{page} of")
    terminal.wait_for("docker image build -t multi-stage .")
    terminal.keys("Enter")
    terminal.wait_for("build-stage FROM diamol/base", "test-stage FROM diamol/base", "2 layers", deadline_s=60)
    terminal.keys("n")
    terminal.wait_for("docker container run multi-stage")
    terminal.keys("Enter")
    terminal.wait_for("Building...", "Testing...", "exit code 0", "✓ done", deadline_s=60)

    terminal.keys("Escape")
    terminal.wait_for("Docker engine")
    terminal.keys("End", "Enter")
    terminal.wait_for("A Dockerfile that works")
    terminal.keys("End")
    terminal.wait_for("Your turn")
    terminal.keys("Enter")
    terminal.wait_for("Press g")
    terminal.keys("g")
    terminal.wait_for("An edit of index.html", "how many layers")
    terminal.keys("4")
    terminal.wait_for("45 of 100", "You predicted it: 4 layers", deadline_s=GRADE_DEADLINE_S)

    solution = exercises_folder() / "06-optimise" / "solution" / "Dockerfile"
    shutil.copyfile(solution, workspace / "06-optimise" / "Dockerfile")
    terminal.keys("g")
    terminal.wait_for("An edit of index.html", "FROM diamol/base")
    terminal.keys("s")
    terminal.wait_for("100 of 100", deadline_s=GRADE_DEADLINE_S)
    terminal.keys("q")
    terminal.wait_for("done:0")


def test_quitting_during_a_build_leaves_nothing_running(terminal: Terminal, workspace: Path) -> None:
    slow = workspace / "01-multi-stage"
    slow.mkdir(parents=True)
    seconds = str(random.randint(100_000, 999_999))
    (slow / "Dockerfile").write_text(f"FROM diamol/base\nRUN sleep {seconds}\n")
    open_first_build(terminal, COMMAND)
    terminal.keys("Enter")
    # the engine is on this machine, so what a build runs can be seen
    terminal.wait_until(lambda _: sleeps(seconds), "the build's sleep", deadline_s=60)
    terminal.keys("q")
    terminal.wait_for("done:0", deadline_s=30)
    terminal.wait_until(lambda _: not sleeps(seconds), "the end of what the build ran")


def test_without_a_terminal_it_says_so(terminal: Terminal) -> None:
    terminal.type(f"clear; {COMMAND} | cat; echo end")
    terminal.keys("Enter")
    terminal.wait_for("needs a terminal", "--help", "end")
