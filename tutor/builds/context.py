"""What a build sends to the engine: the entries of a build context."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class EntryKind(StrEnum):
    """What a build context can hold; pipes, sockets and devices are refused."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


class ContextEntry(NamedTuple):
    """One entry of a build context, as COPY sees it.

    `path` is relative to the context, with `/` between its parts; bytes that are no UTF-8 stand in it as surrogate
    escapes. `mode` is the permission bits with set-id and sticky bit; `target` is where a link points, as written.
    `modified_ns` is since the epoch; no builder's cache looks at it.
    """

    path: str
    kind: EntryKind
    mode: int
    size_bytes: int = 0
    target: str = ""
    modified_ns: int = 0
