"""How long the headless commands and the first painted screen take, beside the least that Python and Textual need."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.measure import Row, side_by_side

TUTOR = [sys.executable, "-c", "from tutor.cli.main import main; main()"]
PAINT_DEADLINE_S = 30

MINIMAL_APP = """
from textual.app import App
from textual.widgets import Footer, Header, Static
class Minimal(App):
    TITLE = "minimal"
    def compose(self):
        yield Header()
        yield Static("painted-now")
        yield Footer()
Minimal().run()
"""


def rows() -> list[Row]:
    return [*(_headless(*words) for words in (("--version",), ("list",), ("grade", "--help"))), _first_paint()]


def _headless(*words: str) -> Row:
    mine, bare = side_by_side(
        lambda: subprocess.run([*TUTOR, *words], check=True, stdout=subprocess.DEVNULL),
        lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        runs=15,
    )
    name = f"diamol-tutor {' '.join(words)}, beyond python -c pass"
    return Row(name, 150, (mine - bare) * 1000, "ms", f"{mine * 1000:.0f} ms, {bare * 1000:.0f} ms")


def _first_paint() -> Row:
    mine, minimal = side_by_side(
        lambda: _time_to_text(TUTOR, b"diamol"),
        lambda: _time_to_text([sys.executable, "-c", MINIMAL_APP], b"painted-now"),
        runs=11,
    )
    detail = f"{mine * 1000:.0f} ms, {minimal * 1000:.0f} ms"
    return Row("first painted chapter screen / minimal Header + Footer app", 1.3, mine / minimal, "x", detail)


def _time_to_text(command: list[str], text: bytes) -> None:
    """Run a command in a terminal until `text` is on the screen, then end it."""
    with in_terminal(command) as (_, terminal):
        read_until(terminal, text)


@contextmanager
def in_terminal(command: list[str]) -> Iterator[tuple[int, int]]:
    """A command in a terminal of 120x40: its process and the terminal's descriptor. It is killed at the end."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="120", LINES="40", LANG="C.UTF-8")
        os.execv(command[0], command)
    try:
        yield child, terminal
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def read_until(terminal: int, text: bytes) -> None:
    """Read what a terminal shows until `text` has come. Raises TimeoutError after PAINT_DEADLINE_S."""
    seen = b""
    end = time.monotonic() + PAINT_DEADLINE_S
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], max(end - time.monotonic(), 0))
        if not ready:
            raise TimeoutError(f"{text!r} was not painted within {PAINT_DEADLINE_S} s; seen: {seen[-500:]!r}")
        seen += os.read(terminal, 65_536)


def read_on(terminal: int, quiet_s: float, first_s: float = 0.0) -> float:
    """Read until nothing has come for `quiet_s`, though the first may take `first_s`; gives when the last came."""
    last = time.perf_counter()
    patience = max(quiet_s, first_s)
    while select.select([terminal], [], [], patience)[0]:
        os.read(terminal, 65_536)
        last, patience = time.perf_counter(), quiet_s
    return last
