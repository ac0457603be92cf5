"""Snapshots of build contexts: every file by digest, without reading again what hasn't changed."""

from __future__ import annotations

import hashlib
import os
import stat
import time

from tutor.builds import dockerignore
from tutor.builds.builder import Builder
from tutor.builds.context import ContextEntry, EntryKind
from tutor.builds.snapshot import Entry, Snapshot
from tutor.engines.build_files import unreadable
from tutor.engines.context import BuildContext
from tutor.engines.folder import Found, from_utf8, is_file, open_name
from tutor.engines.walk import GONE

CHUNK_BYTES = 1024 * 1024
SETTLED_NS = 50_000_000
"""A file changed so short before it was read may change again without its times showing it: it is read again."""

_Stamp = tuple[int, int, int, int]


class SnapshotTaker:
    """Takes snapshots of one context again and again; keep one for each folder that is built more than once.

    A file counts as unchanged when inode, size, and the times of its last changes are the same.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Stamp, str]] = {}
        self._entries: dict[str, Entry] = {}
        self._snapshot = Snapshot()

    def take(self, context: BuildContext) -> Snapshot:
        """The context as COPY is going to see it. Raises TutorError for what can't be read or sent."""
        entries: dict[str, Entry] = {}
        known: dict[str, tuple[_Stamp, str]] = {}
        settled = time.time_ns() - SETTLED_NS
        for entry, found in context.found():
            if not _reaches_copy(entry, context):
                continue
            match entry.kind:
                case EntryKind.FILE if entry.path == context.dockerfile:
                    digest = _hash(context.dockerfile_bytes())
                case EntryKind.FILE:
                    before = self._known.get(entry.path)
                    stamp = _stamp(found.status)
                    digest = before[1] if before and before[0] == stamp else _digest(entry, found)
                    if not digest:
                        continue
                    if max(stamp[2], stamp[3]) < settled:
                        known[entry.path] = (stamp, digest)
                case EntryKind.LINK:
                    digest = entry.target
                case EntryKind.FOLDER:
                    digest = ""
            entries[entry.path] = Entry(entry.kind, entry.mode, digest)
        self._known = known
        self._snapshot = self._renewed(entries)
        self._entries = entries
        return self._snapshot

    def take_again(self, context: BuildContext, path: str) -> Snapshot:
        """The context when nothing but the bytes of this one file may have changed since it was last taken.

        A file that wasn't there, or is gone, has the whole context taken. Raises TutorError.
        """
        there = context.folder / from_utf8(path)
        entry = self._entries.get(path)
        if entry is None or entry.kind is not EntryKind.FILE or there.is_symlink() or not there.is_file():
            return self.take(context)
        try:
            data = there.read_bytes()
            status = there.stat()
        except OSError as error:
            raise unreadable(path, error) from error
        self._known.pop(path, None)
        self._entries[path] = Entry(EntryKind.FILE, stat.S_IMODE(status.st_mode), _hash(data))
        self._snapshot = self._snapshot.with_changes({path: self._entries[path]})
        return self._snapshot

    def _renewed(self, entries: dict[str, Entry]) -> Snapshot:
        """The last snapshot with what is different now: what both share keeps its digests."""
        if not self._entries or len(entries) != len(self._entries):
            return Snapshot.of(entries)
        changes = {path: entry for path, entry in entries.items() if self._entries.get(path) != entry}
        if any(path not in self._entries for path in changes) or len(changes) > len(entries) // 10:
            return Snapshot.of(entries)
        return self._snapshot.with_changes(changes)


def snapshot_of(context: BuildContext) -> Snapshot:
    """One snapshot, all files read. Raises TutorError."""
    return SnapshotTaker().take(context)


def _reaches_copy(entry: ContextEntry, context: BuildContext) -> bool:
    """The classic builder is sent two files whatever the rules say, and drops them again before COPY sees them."""
    if context.builder is Builder.CLASSIC and entry.path in (context.dockerfile, dockerignore.NAME):
        return not context.rules.ignored(entry.path)
    return True


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _digest(entry: ContextEntry, found: Found) -> str:
    """The digest of a file's bytes; `""` when it has vanished meanwhile. Raises TutorError."""
    try:
        descriptor = open_name(found.name, found.folder)
        try:
            data = os.read(descriptor, CHUNK_BYTES)
            if len(data) == entry.size_bytes < CHUNK_BYTES:  # all of it: most files take one call
                return _hash(data)
            if not is_file(descriptor):  # it was one when it was listed
                return ""
            digest = hashlib.blake2b(data, digest_size=16)
            while data := os.read(descriptor, CHUNK_BYTES):
                digest.update(data)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno in GONE:
            return ""
        raise unreadable(entry.path, error) from error
    return digest.hexdigest()
