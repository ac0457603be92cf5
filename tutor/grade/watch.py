"""Tell when files of a folder have been saved."""

from __future__ import annotations

import fnmatch
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch

from tutor.grade.scratch import DROPPINGS

QUIET_MS = 100
"""A burst of events (a save by rename, several files at once) is over after this long without another."""

LOOK_MS = 1_000
"""How often the folder is looked at where no events arrive: network drives, folders shared with a virtual machine."""

MOST_FILES = 10_000
"""More files than this are no exercise: the rest isn't looked at."""

State = dict[str, tuple[int, int, int]]
"""Path -> size, time of the last change (ns), mode."""


def states(folder: Path, stop: threading.Event) -> Iterator[State]:
    """Yields what the folder's files are now, then what they are after each burst of saves, until `stop` is set.

    Whoever takes a long time between two asks is told once of all that was saved meanwhile. Blocks; droppings of
    editors don't count.
    """
    known = _settled(folder, stop)
    yield known
    for _ in _wakes(folder, stop):
        if state_of(folder) == known:
            continue
        now = _settled(folder, stop)
        if now and now != known:  # an empty or missing folder is on its way to something else
            known = now
            yield known


def _wakes(folder: Path, stop: threading.Event) -> Iterator[None]:
    """Yields when something may have changed: on events, and from time to time without any."""
    while not stop.is_set():
        try:
            for _ in watch(
                folder,
                watch_filter=None,
                step=QUIET_MS,
                debounce=QUIET_MS * 10,
                rust_timeout=LOOK_MS,
                yield_on_timeout=True,
                stop_event=stop,
                raise_interrupt=True,
            ):
                yield
        except OSError:  # the folder is gone for now, or the system has no more watches to give
            yield
            stop.wait(LOOK_MS / 1000)


def _settled(folder: Path, stop: threading.Event) -> State:
    """The folder's state once it has stayed the same for a moment: never that of a file half saved."""
    before = state_of(folder)
    while not stop.wait(QUIET_MS / 1000):
        now = state_of(folder)
        if now == before:
            break
        before = now
    return before


def state_of(folder: Path) -> State:
    """What the folder's files are now. Another state means that something was saved in between."""
    found: State = {}
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_dropping(name)]
        for name in files:
            if _is_dropping(name):
                continue
            path = Path(top, name)
            try:
                seen = path.stat()
            except OSError:
                continue
            found[str(path)] = (seen.st_size, seen.st_mtime_ns, seen.st_mode)
            if len(found) >= MOST_FILES:
                return found
    return found


def _is_dropping(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in DROPPINGS)
