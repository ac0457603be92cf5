"""The one kind of failure a learner ever reads."""

from __future__ import annotations

from enum import IntEnum

from tutor.phrase import Phrase


class ExitStatus(IntEnum):
    """What the command line returns; documented in the README."""

    PASS = 0
    NOT_PASSED = 1
    USAGE = 2
    NO_ENGINE = 3


class TutorError(Exception):
    """A failure told as a sentence (`message`) with the next step (`hint`).

    Both are English templates that `values` are put into (see `Phrase`): `str(error)`, `error.message` and `error.hint`
    are English, and `words.told(error.message)` says the same in the language of `words`. `status` is the exit status
    when the command line ends with it.
    """

    status = ExitStatus.NOT_PASSED

    def __init__(self, message: str, hint: str = "", **values: object) -> None:
        self.message = Phrase(message, **values)
        self.hint = Phrase(hint, **values)
        super().__init__(self.message)


class UsageError(TutorError):
    """The learner's input can't be used: a wrong path, name or option."""

    status = ExitStatus.USAGE


class NoEngine(TutorError):
    """No Docker engine answers, or the one that does can't be used."""

    status = ExitStatus.NO_ENGINE
