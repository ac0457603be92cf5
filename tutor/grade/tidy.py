"""Tidy up to the end, whatever signal comes meanwhile."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end a command by an exception (`tutor.cli.signals`; SIGINT by Python itself)."""


def to_the_end(work: Callable[[], object]) -> None:
    """Do `work`; a signal that comes meanwhile is met after it.

    Python raises a signal's exception wherever its main thread happens to be: in the middle of tidying up, too, which
    would leave the rest lying about. Other threads are never interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        work()
        return
    came: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, keep) for number in SIGNALS if signal.getsignal(number) is not None}
    try:
        work()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])
