"""The SQLite file behind the progress: opened so that several tutors may write, and set aside when it is damaged.

Each change is one transaction. Write-ahead logging with full synchronisation: whatever has been committed outlives a
SIGKILL and a power cut (SQLite, "Write-Ahead Logging", "PRAGMA synchronous").
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from tutor.errors import TutorError
from tutor.phrase import Phrase

VERSION = 1
"""Of the tables; kept in the file as `user_version`."""

BUSY_S = 10.0
"""How long a write waits for another tutor's."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS steps (lesson TEXT, content TEXT, step TEXT, at TEXT,
       PRIMARY KEY (lesson, content, step)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, lesson TEXT, content TEXT, quiz TEXT,
       choice INTEGER, right INTEGER, at TEXT)""",
    """CREATE TABLE IF NOT EXISTS predictions (id INTEGER PRIMARY KEY, lesson TEXT, content TEXT, step TEXT,
       right INTEGER, total INTEGER, at TEXT)""",
    """CREATE TABLE IF NOT EXISTS attempts (id INTEGER PRIMARY KEY, exercise TEXT, passed INTEGER, points INTEGER,
       figures TEXT, at TEXT)""",
    "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
)


class Database:
    """One file. `notice` is a sentence for the learner when a damaged file had to be set aside, else ""."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notice = ""
        self._lock = threading.Lock()
        self._connection = self._open()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all. Raises TutorError when it can't be kept."""
        with self._lock, self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What a query finds. Raises TutorError when the file can't be read."""
        with self._lock, self._told():
            return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self._refuse(error)

    def _refuse(self, error: Exception) -> NoReturn:
        raise TutorError(
            "Your progress can't be kept in {file}: {reason}.",
            "Check that it can be written and its disk isn't full, or choose another folder with DIAMOL_TUTOR_STATE.",
            file=self.path,
            reason=error,
        ) from error

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(3):
                before = _identity(self.path)
                try:
                    return self._connect()
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError:
                    # not a database, or malformed; what isn't there any more, another tutor has set aside already
                    if before is not None and before == _identity(self.path):
                        self._set_aside()
            return self._connect()
        except (OSError, sqlite3.Error) as error:
            self._refuse(error)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            _use_write_ahead_log(connection)
            connection.execute("PRAGMA synchronous=FULL")
            (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if health != "ok":
                raise sqlite3.DatabaseError(health)
            self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise TutorError(
                "Your progress in {file} was written by a newer tutor.",
                "Install the newest diamol-tutor, or choose another folder with DIAMOL_TUTOR_STATE.",
                file=self.path,
            )
        if version < VERSION:
            connection.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA user_version={VERSION}")
            connection.execute("COMMIT")

    def _set_aside(self) -> None:
        number = 1
        while (kept := self.path.with_name(f"{self.path.name}.damaged-{number}")).exists():
            number += 1
        self.path.rename(kept)
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + ending).rename(kept.with_name(kept.name + ending))
        self.notice = Phrase(
            "The file with your progress was damaged. It is kept as {file}, and a new one was begun.", file=kept
        )


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the file over; where its disk can't (a network drive), SQLite keeps its older journal, and that is fine.

    The busy time-out doesn't cover the switch itself, which two tutors may try at once.
    """
    end = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
