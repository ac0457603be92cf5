"""The installed command in a real terminal: the socket forbidden, the engine gone, the terminal closed."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.terminal import PAUSE_S, Terminal, open_first_build, sleeps
from tests.faults.own_engine import OwnEngine
from tests.faults.proxy import BUILD, Answer, Cut, Proxy
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine

COMMAND = str(Path(sysconfig.get_path("scripts")) / "diamol-tutor")
NOBODY = 65534
DEADLINE_S = 60


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state and a workspace of this test's own."""
    for variable, name in (("DIAMOL_TUTOR_STATE", "state"), ("DIAMOL_TUTOR_WORKSPACE", "workspace")):
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def command(*words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run the tutor to its end; `before` is a command that runs it."""
    done = subprocess.run([*before, COMMAND, *words], capture_output=True, text=True, check=False, timeout=DEADLINE_S)
    assert "Traceback" not in done.stderr
    return done


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What it complained of: a sentence, then the next step."""
    *_, message, hint = done.stderr.rstrip().splitlines()
    assert hint.startswith("  -> ")
    return message


def wait(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"not seen: {what}"
        time.sleep(PAUSE_S)


def test_commands_say_that_the_engine_is_gone_and_work_when_it_is_back(place: Path, own: OwnEngine) -> None:
    own.stop()
    for words in (("clean",), ("run", "1"), ("grade", str(exercises_folder() / "06-optimise" / "solution"))):
        done = command(*words)
        assert done.returncode == 3
        assert "No Docker engine is running here" in sentence(done)
    own.start()
    assert command("clean").returncode == 0
    assert place.is_dir()


@pytest.mark.parametrize(
    "fault", [Answer("500 Internal Server Error", b'{"message":"broken"}'), Cut(0, b"moby.buildkit.trace")]
)
def test_a_section_whose_builds_break_off_ends_in_words(place: Path, proxy: Proxy, fault: Answer | Cut) -> None:
    proxy.spoil(BUILD, fault)
    done = command("--lang", "en", "run", "1", "--plain")
    assert done.returncode == 1
    assert "It should have worked, but failed" in done.stdout + done.stderr
    assert place.is_dir()


def test_without_permission_it_says_so_and_plays_recordings(place: Path, proxy: Proxy) -> None:
    """Root without its right to pass over permissions is as any user before a socket of somebody else's."""
    assert os.geteuid() == 0, "This test takes a right away from root: run it as root (sudo make test)."
    socket = Path(proxy.address.removeprefix("unix://"))
    os.chown(socket, NOBODY, NOBODY)
    socket.chmod(0o600)
    user = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
    done = command("clean", before=user)
    assert done.returncode == 3
    assert "You may not use the Docker engine's socket" in sentence(done)
    assert "docker group" in done.stderr
    with Terminal(120, 40) as terminal:
        terminal.run(*user, COMMAND)
        terminal.wait_for("◇ Recorded", "You may not use the Docker engine's socket")
        terminal.keys("q")
        terminal.wait_for("done:0")
    socket.chmod(0o666)
    assert command("clean", before=user).returncode == 0
    assert (place / "state").is_dir()


def test_a_closed_terminal_ends_the_build_and_what_it_ran(place: Path, direct: object) -> None:  # noqa: ARG001
    seconds = f"{uuid4().int % 900_000 + 100_000}"
    folder = place / "workspace" / "01-multi-stage"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(f"FROM diamol/base\nRUN sleep {seconds}\n")
    with Terminal(120, 40) as terminal:
        open_first_build(terminal, COMMAND)
        terminal.keys("Enter")
        wait(lambda: sleeps(seconds), "the build's sleep")
    wait(lambda: not sleeps(seconds), "the end of what the build ran")
