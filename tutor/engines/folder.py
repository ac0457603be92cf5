"""Read a folder's names and files without ever leaving it, whatever happens to it meanwhile.

Folders and files are opened by descriptor, one name at a time and never through a link: a folder that is swapped for
a link while it is being read leads nowhere.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import NamedTuple


class Found(NamedTuple):
    """A name in a folder whose descriptor is `folder`. `path` leads to it from the top."""

    path: str
    name: str
    folder: int
    status: os.stat_result


def listing(folder: int, prefix: str) -> list[Found]:
    """What a folder holds, sorted by the bytes of the names. A name that is gone by now is left out."""
    found = []
    with os.scandir(folder) as names:
        for name in names:
            try:
                status = name.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            found.append(Found(prefix + as_utf8(name.name), name.name, folder, status))
    return sorted(found, key=lambda entry: os.fsencode(entry.name))


def as_utf8(name: str) -> str:
    """A name of this machine's with the meaning that its bytes have as UTF-8, as the engine is going to read them."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "surrogateescape")


def from_utf8(path: str) -> str:
    """The way back from `as_utf8`."""
    return path if path.isascii() else os.fsdecode(path.encode("utf-8", "surrogateescape"))


def open_folder(name: str, folder: int) -> int:
    """The descriptor of a folder in `folder`. Raises OSError, for a link too."""
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)


def open_file(name: str, folder: int | None = None) -> int:
    """The descriptor of a regular file; in a `folder`, a link to one doesn't count. Raises OSError."""
    descriptor = open_name(name, folder)
    if is_file(descriptor):
        return descriptor
    os.close(descriptor)
    raise FileNotFoundError(errno.ENOENT, "not a file")


def open_name(name: str, folder: int | None = None) -> int:
    """The descriptor of whatever has this name, but in a `folder` not of what a link leads to. Raises OSError."""
    # without O_NONBLOCK, opening a pipe that has taken the file's place would wait for its writer
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if folder is None else os.O_NOFOLLOW)
    return os.open(name, flags, dir_fd=folder)


def is_file(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def read_fully(descriptor: int, size_bytes: int) -> bytes:
    """The next `size_bytes` of a file, fewer only at its end."""
    parts = []
    while size_bytes > 0 and (part := os.read(descriptor, size_bytes)):
        parts.append(part)
        size_bytes -= len(part)
    return b"".join(parts)
