"""The one kind of failure a learner ever reads."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the command line returns; documented in the README."""

    PASS = 0
    NOT_PASSED = 1
    USAGE = 2
    NO_ENGINE = 3


class TutorError(Exception):
    """A failure told as a sentence (`message`) with the next step (`hint`).

    `status` is the exit status when the command line ends with it.
    """

    status = ExitStatus.NOT_PASSED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TutorError):
    """The learner's input can't be used: a wrong path, name or option."""

    status = ExitStatus.USAGE


class NoEngine(TutorError):
    """No Docker engine answers, or the one that does can't be used."""

    status = ExitStatus.NO_ENGINE
