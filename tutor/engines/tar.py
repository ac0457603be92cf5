"""The tar form of a build context's entries: headers in PAX format, which knows no bounds on names and sizes."""

from __future__ import annotations

import tarfile

from tutor.builds.context import ContextEntry, EntryKind

_TYPES = {EntryKind.FILE: tarfile.REGTYPE, EntryKind.FOLDER: tarfile.DIRTYPE, EntryKind.LINK: tarfile.SYMTYPE}

END = bytes(2 * tarfile.BLOCKSIZE)


def header(entry: ContextEntry) -> bytes:
    """The header of an entry; a file's bytes and `padding` follow it.

    Everything belongs to root, as in a context that the Docker CLI sends: who owns a file here must not matter there.
    """
    info = tarfile.TarInfo(entry.path)
    info.type = _TYPES[entry.kind]
    info.mode = entry.mode
    info.size = entry.size_bytes
    info.mtime = entry.modified_ns // 1_000_000_000
    info.linkname = entry.target
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def padding(size_bytes: int) -> bytes:
    """What fills the last block of a file of this size."""
    return bytes(-size_bytes % tarfile.BLOCKSIZE)
