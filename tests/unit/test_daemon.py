"""Starting an engine in the background and ending it, with plain programs in its place."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.engines.setup import daemon
from tutor.errors import NoEngine, TutorError

SLEEPER = (sys.executable, "-c", "import time; print('listening', flush=True); time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "state"
    monkeypatch.setenv("DIAMOL_TUTOR_STATE", str(folder))
    yield folder
    pid = daemon.started_pid()
    if pid is not None:
        subprocess.run(["kill", "-9", str(pid)], check=True)


def said(word: str) -> bool:
    return word in daemon.log_file().read_text()


def test_it_is_started_and_ended(state: Path) -> None:
    daemon.start_engine(SLEEPER, ready=lambda: said("listening"))
    pid = daemon.started_pid()
    assert pid is not None
    assert (state / "dockerd.pid").exists()
    assert Path(f"/proc/{pid}/stat").read_text().split()[5] == str(pid), "it must lead a session of its own"
    assert daemon.stop_engine()
    assert daemon.started_pid() is None
    assert not (state / "dockerd.pid").exists()
    assert not daemon.stop_engine()


def test_one_that_ends_at_once_is_told_with_its_log() -> None:
    failing = (sys.executable, "-c", "print('x' * 9); print('no iptables'); raise SystemExit(4)")
    with pytest.raises(NoEngine) as caught:
        daemon.start_engine(failing, ready=lambda: False)
    assert "exit status 4" in caught.value.message
    assert caught.value.message.endswith("no iptables")
    assert "dockerd.log" in caught.value.hint
    assert not daemon.pid_file().exists()


def test_one_that_never_answers_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(NoEngine, match="did not answer within"):
        daemon.start_engine(SLEEPER, ready=lambda: False, deadline_s=0.5)
    assert daemon.started_pid() is None
    assert time.monotonic() - started < 20


def test_one_that_does_not_end_is_told() -> None:
    daemon.start_engine(STUBBORN, ready=lambda: said("deaf"))
    with pytest.raises(TutorError, match="did not end"):
        daemon.stop_engine(deadline_s=0.3)
    assert daemon.started_pid() is not None


@pytest.mark.parametrize("content", ["", "nonsense", "1 1", "999999999 5", "-3 x y"])
def test_another_process_is_never_ended(state: Path, content: str) -> None:
    state.mkdir()
    daemon.pid_file().write_text(content)
    assert not daemon.stop_engine()
    assert not daemon.pid_file().exists()
