"""Which tutors are running: each holds a lock that the system lets go of when it ends, however it ends.

What a tutor makes is labelled with its name here, so that a later one knows what was left behind by one that was
killed, and never touches what another one is using. The locks are files in the state folder.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
import time
import uuid
from pathlib import Path

from tutor.places import state_folder

KNOWN_S = 30 * 24 * 3600
"""How long the name of a tutor that has ended is known."""

_NAME = re.compile(r"[0-9a-f]{12}")
_mine: dict[Path, tuple[str, int]] = {}
"""This process's names with the locks it holds: one for each state folder it was told of."""
_lock = threading.Lock()


def me() -> str:
    """This process's name among the tutors; "" where the state folder can't be written."""
    folder = _folder()
    with _lock:
        if folder not in _mine:
            name = uuid.uuid4().hex[:12]
            try:
                folder.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(folder / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:
                return ""
            _mine[folder] = name, descriptor
        return _mine[folder][0]


def is_left(name: str) -> bool:
    """Whether this is the name of a tutor of this state folder that has ended."""
    if not _NAME.fullmatch(name) or any(name == mine for mine, _ in _mine.values()):
        return False
    try:
        descriptor = os.open(_folder() / name, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False  # of another state folder, perhaps another machine
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def left() -> tuple[str, ...]:
    """The names of tutors that have ended, for a month: what they left may be on an engine not reached since."""
    try:
        entries = sorted(_folder().iterdir())
    except OSError:
        return ()
    names = []
    for entry in entries:
        if not is_left(entry.name):
            continue
        if time.time() - entry.stat().st_mtime > KNOWN_S:
            entry.unlink(missing_ok=True)
        else:
            names.append(entry.name)
    return tuple(names)


def _folder() -> Path:
    return state_folder() / "running"
