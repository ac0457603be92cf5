"""The plain Docker engine of this machine, started in the background and ended again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tutor.engines.connect import connect
from tutor.engines.host import environment
from tutor.errors import NoEngine, TutorError
from tutor.phrase import Phrase, with_lines
from tutor.places import state_folder
from tutor.sanitise import clean_line, decode

COMMAND = ("dockerd",)
"""Without options: the default socket and data folder, the ones that the docker command and other tools expect."""

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 60.0
POLL_S = 0.2
LAST_LINES = 5


def log_file() -> Path:
    return state_folder() / "dockerd.log"


def pid_file() -> Path:
    return state_folder() / "dockerd.pid"


def answers() -> bool:
    """Whether the engine that the docker command would use answers now."""
    try:
        connect().close()
    except NoEngine:
        return False
    return True


def start_engine(
    command: Sequence[str] = COMMAND,
    ready: Callable[[], bool] = answers,
    deadline_s: float = START_DEADLINE_S,
) -> None:
    """Start an engine that outlives this process, and wait until it answers.

    Raises NoEngine with the last lines of its log when it doesn't.
    """
    log_file().parent.mkdir(parents=True, exist_ok=True)
    with log_file().open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # neither Ctrl-C nor the end of this terminal reaches it
            cwd="/",
            env=environment(),
        )
    pid_file().write_text(f"{process.pid} {_started_at(process.pid)}\n", "ascii")
    give_up = time.monotonic() + deadline_s
    while not ready():
        if process.poll() is not None:
            pid_file().unlink(missing_ok=True)
            status = process.returncode
            raise _did_not_start(Phrase("The Docker engine ended at once, with exit status {status}.", status=status))
        if time.monotonic() > give_up:
            stop_engine()
            raise _did_not_start(
                Phrase("The Docker engine did not answer within {seconds:.0f} seconds.", seconds=deadline_s)
            )
        time.sleep(POLL_S)


def stop_engine(deadline_s: float = STOP_DEADLINE_S) -> bool:
    """End the engine that `start_engine` started, here or in an earlier run. False when there is none.

    Containers end with it. Raises TutorError when it doesn't end in time.
    """
    pid = started_pid()
    if pid is None:
        pid_file().unlink(missing_ok=True)
        return False
    os.kill(pid, signal.SIGTERM)
    give_up = time.monotonic() + deadline_s
    while started_pid() is not None:
        if time.monotonic() > give_up:
            raise TutorError(
                "The Docker engine (process {pid}) did not end within {seconds:.0f} seconds.",
                "Read its log, {log}, then try again.",
                pid=pid,
                seconds=deadline_s,
                log=log_file(),
            )
        time.sleep(POLL_S)
    pid_file().unlink(missing_ok=True)
    return True


def started_pid() -> int | None:
    """The process of the engine we started, if it still runs. A number that another process has got is not it."""
    try:
        pid, started_at = pid_file().read_text("ascii").split()
        return int(pid) if _started_at(int(pid)) == started_at else None
    except (OSError, ValueError):
        return None


def _started_at(pid: int) -> str:
    """When a running process was started, in clock ticks since boot; `""` for one that has ended.

    Source: proc(5), /proc/PID/stat: state is the first field after the name's closing bracket, starttime the 20th.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in (b"Z", b"X") else fields[19].decode("ascii")


def _did_not_start(sentence: Phrase) -> NoEngine:
    try:
        lines = [clean_line(decode(line)) for line in log_file().read_bytes().splitlines()[-LAST_LINES:]]
    except OSError:
        lines = []
    return NoEngine(
        with_lines(sentence, lines), "Read the whole log, {log}, mend what it says, and try again.", log=log_file()
    )
