"""Walk a build context: what of a folder is sent, in which order."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.builds.builder import Builder
from tutor.builds.context import ContextEntry, EntryKind
from tutor.builds.dockerignore import IgnoreRules, Verdict
from tutor.engines.build_files import unreadable
from tutor.engines.folder import Found, as_utf8, listing, open_folder
from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR})
"""Errors about a name that has vanished since it was listed, or is something else by now."""

_REFUSED = {
    stat.S_IFIFO: Phrase("a named pipe"),
    stat.S_IFSOCK: Phrase("a socket"),
    stat.S_IFCHR: Phrase("a device"),
    stat.S_IFBLK: Phrase("a device"),
}


@dataclass(slots=True)
class _Level:
    """A folder under way. `unsent` is its own entry until it is sent; an ignored one waits for something kept in it."""

    descriptor: int
    names: Iterator[Found]
    verdict: Verdict | None = None
    unsent: ContextEntry | None = None


def walk(top: int, rules: IgnoreRules, builder: Builder) -> Iterator[tuple[ContextEntry, Found]]:
    """What the rules keep below the folder with descriptor `top`, names sorted by their bytes.

    A file's entry comes with the place it was found in, whose descriptor is good until the walk goes on. Folders come
    before what they hold. What vanishes on the way is left out. Raises TutorError for what can't be read or sent.
    """
    levels = [_Level(os.dup(top), iter(listing(top, "")))]
    try:
        while levels:
            found = next(levels[-1].names, None)
            if found is None:
                os.close(levels.pop().descriptor)
                continue
            is_folder = stat.S_ISDIR(found.status.st_mode)
            verdict = rules.judge(found.path, levels[-1].verdict)
            if verdict.ignored and not (is_folder and rules.enters(found.path, builder)):
                continue
            try:
                entry = _entry(found)
                if is_folder:
                    levels.append(_enter(found, entry, verdict, builder))
            except OSError as error:
                if error.errno in GONE or verdict.ignored:  # Docker too only minds what it can't read of what it sends
                    continue
                raise unreadable(found.path, error) from error
            if not verdict.ignored:
                yield from ((folder, found) for folder in _unsent(levels))
                if not is_folder:
                    yield entry, found
    finally:
        for level in levels:
            os.close(level.descriptor)


def _enter(found: Found, entry: ContextEntry, verdict: Verdict, builder: Builder) -> _Level:
    """For the classic builder, an ignored folder with something kept in it is never sent: the engine makes its own."""
    descriptor = open_folder(found.name, found.folder)
    try:
        names = iter(listing(descriptor, found.path + "/"))
    except OSError:
        os.close(descriptor)
        raise
    return _Level(descriptor, names, verdict, None if verdict.ignored and builder is Builder.CLASSIC else entry)


def _unsent(levels: list[_Level]) -> Iterator[ContextEntry]:
    for level in levels:
        if level.unsent is not None:
            entry, level.unsent = level.unsent, None
            yield entry


def _entry(found: Found) -> ContextEntry:
    """Raises OSError when a link is gone, TutorError for what is neither file, folder nor link."""
    status = found.status
    mode = stat.S_IMODE(status.st_mode)
    match stat.S_IFMT(status.st_mode):
        case stat.S_IFDIR:
            return ContextEntry(found.path, EntryKind.FOLDER, mode, modified_ns=status.st_mtime_ns)
        case stat.S_IFREG:
            return ContextEntry(found.path, EntryKind.FILE, mode, status.st_size, modified_ns=status.st_mtime_ns)
        case stat.S_IFLNK:
            target = as_utf8(os.readlink(found.name, dir_fd=found.folder))
            return ContextEntry(found.path, EntryKind.LINK, mode, target=target, modified_ns=status.st_mtime_ns)
        case other:
            raise TutorError(
                "{path} in the build context is {kind}, which can't be sent.",
                "Delete it, or add this line to .dockerignore: {path}",
                path=clean_line(found.path),
                kind=_REFUSED.get(other) or Phrase("a file of an unknown kind"),
            )
