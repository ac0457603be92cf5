"""The build context: a folder as `docker image build` sends it, listed or as a tar stream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.builds import dockerignore
from tutor.builds.builder import Builder
from tutor.builds.context import ContextEntry, EntryKind
from tutor.engines import tar
from tutor.engines.build_files import check_folder, locate_dockerfile, read_rules, read_whole, unreadable
from tutor.engines.folder import Found, as_utf8, from_utf8, open_file, read_fully
from tutor.engines.walk import GONE, walk
from tutor.errors import TutorError
from tutor.sanitise import clean_line

CHUNK_BYTES = 256 * 1024
"""How much is in memory at a time. A file up to this size is sent as it is at one moment."""


class BuildContext:
    """What a build of `folder` sends. `dockerfile` is the Dockerfile's path in it, as the engine must be told it.

    The Dockerfile is read once, here: what is parsed is what is sent. `builder` decides which ignore file counts
    (BuildKit prefers `<Dockerfile>.dockerignore`) and how exceptions inside ignored folders are found. Raises
    TutorError: no such folder, no Dockerfile in it, an ignore file that can't be read.
    """

    def __init__(self, folder: Path, dockerfile: str = "Dockerfile", builder: Builder = Builder.BUILDKIT) -> None:
        check_folder(folder)
        self.folder = folder
        self.builder = builder
        self.dockerfile = locate_dockerfile(folder, dockerfile)
        self.rules = read_rules(folder, self.dockerfile, builder)
        self._dockerfile_bytes = read_whole(folder / from_utf8(self.dockerfile))
        self._sent_rules = self.rules.keeping(self.dockerfile)
        if builder is Builder.CLASSIC:  # the engine reads it there, to take both files away again if it names them
            self._sent_rules = self._sent_rules.keeping(dockerignore.NAME)

    def dockerfile_bytes(self) -> bytes:
        return self._dockerfile_bytes

    def entries(self) -> Iterator[ContextEntry]:
        """All that is sent, folders before what they hold, names sorted by their bytes. Raises TutorError."""
        for entry, _ in self.found():
            yield entry

    def found(self) -> Iterator[tuple[ContextEntry, Found]]:
        """The entries with the place of each, whose descriptor is good until the next one. Raises TutorError."""
        with self._top() as top:
            for entry, found in walk(top, self._sent_rules, self.builder):
                if entry.path == self.dockerfile:
                    entry = entry._replace(size_bytes=len(self._dockerfile_bytes))
                yield entry, found

    def chunks(self) -> Iterator[bytes]:
        """The context as a tar stream, in pieces of about CHUNK_BYTES.

        Raises TutorError in the middle of the stream when a file can't be read or becomes shorter meanwhile; what
        was sent till then is no whole archive, so the engine can't take it for one.
        """
        gathered = bytearray()
        for part in self._parts():
            if gathered and len(gathered) + len(part) > CHUNK_BYTES:
                yield bytes(gathered)
                gathered.clear()
            gathered += part
        yield bytes(gathered) + tar.END

    def _parts(self) -> Iterator[bytes]:
        for entry, found in self.found():
            if entry.path == self.dockerfile:
                yield from _whole(entry, self._dockerfile_bytes)
            elif entry.kind is EntryKind.FILE:
                yield from _file(entry, found)
            else:
                yield tar.header(entry)

    @contextmanager
    def _top(self) -> Iterator[int]:
        """The descriptor of the context's folder. Raises TutorError."""
        try:
            top = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise unreadable(as_utf8(str(self.folder)), error) from error
        try:
            yield top
        finally:
            os.close(top)


def _file(entry: ContextEntry, found: Found) -> Iterator[bytes]:
    """A file as header and bytes; nothing at all when it has vanished."""
    try:
        descriptor = open_file(found.name, found.folder)
    except OSError as error:
        if error.errno in GONE:
            return
        raise unreadable(entry.path, error) from error
    try:
        size_bytes = os.fstat(descriptor).st_size
        if size_bytes <= CHUNK_BYTES:
            yield from _whole(entry, read_fully(descriptor, size_bytes))
        else:
            yield from _in_pieces(entry._replace(size_bytes=size_bytes), descriptor)
    except OSError as error:
        raise unreadable(entry.path, error) from error
    finally:
        os.close(descriptor)


def _whole(entry: ContextEntry, data: bytes) -> Iterator[bytes]:
    yield tar.header(entry._replace(size_bytes=len(data)))
    yield data
    yield tar.padding(len(data))


def _in_pieces(entry: ContextEntry, descriptor: int) -> Iterator[bytes]:
    """A large file. The size stands in front of it: what it grows by is left off, growing shorter is an error."""
    yield tar.header(entry)
    missing = entry.size_bytes
    while missing:
        data = os.read(descriptor, min(missing, CHUNK_BYTES))
        if not data:
            raise TutorError(
                "{path} became shorter while it was being sent.",
                "Wait until whatever writes it is done, or name it in .dockerignore; then build again.",
                path=clean_line(entry.path),
            )
        missing -= len(data)
        yield data
    yield tar.padding(entry.size_bytes)
