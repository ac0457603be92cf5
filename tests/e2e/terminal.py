"""A real terminal for tests: the program runs in tmux, keys go in, the screen is read."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from uuid import uuid4

PAUSE_S = 0.05
FIRST_BUILD_AT = 6
"""The step of section 1 that builds for the first time."""


class Terminal:
    """A tmux session of its own server, `columns` x `rows`. Use it as a context manager: it ends what runs in it."""

    def __init__(self, columns: int = 120, rows: int = 40, env: Mapping[str, str] | None = None) -> None:
        self._server = f"diamol-{uuid4().hex[:8]}"
        self._size = (columns, rows)
        # a size in the environment would be believed before that of the terminal
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self._env = inherited | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | dict(env or {})

    def __enter__(self) -> Terminal:
        columns, rows = self._size
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "sh")
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tmux("kill-server", check=False)

    def run(self, *command: str) -> None:
        """Start a command in the session's shell; `done:STATUS` is printed when it ends."""
        self.type(f"clear; {shlex.join(command)}; echo done:$?")
        self.keys("Enter")

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: Enter, Escape, Down, C-p, …"""
        self._tmux("send-keys", *names)

    def bytes(self, data: bytes) -> None:
        """Send bytes as they are, be they text or not."""
        self._tmux("send-keys", "-H", *(f"{byte:02x}" for byte in data))

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *texts: str, deadline_s: float = 30) -> str:
        """The screen once all `texts` are on it at the same time; fails with the screen when the deadline passes."""
        return self.wait_until(lambda screen: all(text in screen for text in texts), f"{texts}", deadline_s)

    def wait_until(self, condition: Callable[[str], bool], what: str, deadline_s: float = 30) -> str:
        end = time.monotonic() + deadline_s
        while True:
            screen = self.screen()
            if condition(screen):
                return screen
            if time.monotonic() > end:
                raise AssertionError(f"not seen within {deadline_s} s: {what}\n{screen}")
            time.sleep(PAUSE_S)

    def wait_settled(self, deadline_s: float = 30) -> str:
        """The screen once it has stayed the same for a few looks: all that a key sets off has been drawn."""
        looks: list[str] = []

        def unchanged(screen: str) -> bool:
            looks.append(screen)
            return len(looks) > 4 and len(set(looks[-4:])) == 1

        return self.wait_until(unchanged, "a screen at rest", deadline_s)

    def _tmux(self, *words: str, check: bool = True) -> str:
        command = ["tmux", "-L", self._server, *words]
        done = subprocess.run(command, env=self._env, check=False, capture_output=True, text=True)
        assert not check or done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


def open_first_build(terminal: Terminal, command: str) -> None:
    """Run the tutor and go to the first build of section 1, ready for Enter."""
    terminal.run(command)
    terminal.wait_for("A Dockerfile instead of a build server", "● Docker")
    terminal.keys("Enter")
    terminal.wait_for("1 of")
    for page in range(2, FIRST_BUILD_AT + 1):
        terminal.keys("n")
        terminal.wait_for(f"{page} of")


def sleeps(seconds: str) -> bool:
    """Whether anything whose command holds `sleep SECONDS` runs on this machine, in containers too."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if b"sleep " + seconds.encode() in process.read_bytes().replace(b"\0", b" "):
                return True
    return False
