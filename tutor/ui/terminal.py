"""What a terminal does to a program, and how the app bears it: bytes that aren't UTF-8, and its sudden end."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TextIO

from textual.driver import Driver

from tutor.ui.browser import served


def tolerant(driver_class: type[Driver]) -> type[Driver]:
    """The driver, made to bear what Textual's own (8.2) doesn't: input that isn't UTF-8, or a server that is gone."""
    if sys.platform == "win32":
        return driver_class
    from textual.drivers import linux_driver

    if not issubclass(driver_class, linux_driver.LinuxDriver):
        return served(driver_class)

    class TolerantDriver(driver_class):  # type: ignore[valid-type,misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._file: Any = _Unbroken(self._file)

        def run_input_thread(self) -> None:
            # The driver makes its decoder by this name of its module, and gives no other way to choose how it decodes.
            linux_driver.getincrementaldecoder = _dropping_decoder  # type: ignore[attr-defined,assignment]
            super().run_input_thread()

    return TolerantDriver


class _Unbroken:
    """A terminal to write to that never fails: what can't be written is dropped.

    Textual's writer thread ends at the first error, and then whoever writes waits for it for ever. A terminal that is
    closed gives that error (EIO) before the hang-up signal is heard.
    """

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._terminal.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._terminal.flush()

    def fileno(self) -> int:
        return self._terminal.fileno()


def _dropping_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """As `codecs.getincrementaldecoder`; what can't be decoded is dropped, and the keys around it still count."""
    return partial(codecs.getincrementaldecoder(encoding), errors="ignore")


def on_signals(end: Callable[[int], None]) -> None:
    """Call `end` with the exit status when the terminal is closed or the program is told to end.

    Needs a running loop in the main thread.
    """
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()

    def heard(number: int) -> None:
        if number == signal.SIGHUP:
            _let_go_of_terminal()
        end(128 + number)

    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard, number)


def _let_go_of_terminal() -> None:
    """Put /dev/null in the place of a terminal that is gone, so that the last writes don't fail or block."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
