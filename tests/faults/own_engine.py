"""A Docker engine of a test's own, which may be stopped and started again: the one that other tests use never is.

It has its own network, mount and process namespaces: two engines in one network delete each other's bridge, and the
end of the process namespace ends all that the engine ever started. Its containers can't be reached over ports.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PAUSE_S = 0.02
DEADLINE_S = 60.0

_PING = b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n"


class OwnEngine:
    """Keeps everything in `folder`, whose path has to be short: the engine listens on a socket in it."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "docker.sock"
        self.address = f"unix://{self.socket}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        needed = [tool for tool in ("dockerd", "unshare", "ip") if shutil.which(tool) is None]
        assert os.geteuid() == 0, "This test starts a Docker engine of its own: run it as root (sudo make test)."
        assert not needed, f"This test starts a Docker engine of its own, which takes {', '.join(needed)}: install it."
        options = ["-H", self.address]
        for option in ("data-root", "exec-root", "pidfile"):
            options += [f"--{option}", str(self._folder / option)]
        # what one that was killed has left: process numbers that mean others by now
        (self._folder / "pidfile").unlink(missing_ok=True)
        shutil.rmtree(self._folder / "exec-root", ignore_errors=True)
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        script = 'ip link set lo up && exec dockerd "$@"'
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "sh", "-c", script, "dockerd", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + DEADLINE_S
        while not self._answers():
            waits = self._process.poll() is None and time.monotonic() < end
            assert waits, f"no engine: {self._last_lines()}"
            time.sleep(PAUSE_S)

    def stop(self) -> None:
        """End it as a restart of the service does, with what runs on it. No error when it doesn't run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a crash of its machine does."""
        self._end(signal.SIGKILL)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        # unshare itself doesn't listen to SIGTERM: its one child, the engine, does
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        for child in children if number is signal.SIGTERM else ():
            with suppress(ProcessLookupError):
                os.kill(int(child), number)
        if number is signal.SIGKILL:
            process.kill()
        try:
            process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(DEADLINE_S)
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(_PING)
                return b" 200 " in client.recv(64)
            except OSError:
                return False

    def _last_lines(self) -> str:
        return "\n".join((self._folder / "log").read_text("utf-8", "replace").splitlines()[-5:])
