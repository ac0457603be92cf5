"""Events played as they came: at the pace they had, faster, or at once. Waiting ends at once when it has to."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from enum import Enum

from tutor.course.recordings.recording import Moment
from tutor.course.seen import ActionEvent


class Pace(Enum):
    """How many times as fast as it was."""

    REAL = 1.0
    FAST = 4.0
    AT_ONCE = math.inf


@dataclass
class _Play:
    """One action being played: how far it has come, in its own time, at which time of the clock."""

    place_s: float
    seen_s: float
    skipped: bool = False
    cancelled: bool = False
    over: bool = False

    def go_on(self, now_s: float, pace: Pace) -> None:
        if pace is not Pace.AT_ONCE and not (self.over or self.skipped or self.cancelled):
            self.place_s += (now_s - self.seen_s) * pace.value
        self.seen_s = now_s


class Player:
    """Plays recorded actions. All but `play` may be called from any thread, and takes effect at once.

    Each play has an id; of one that is over only its place is still known, until the next begins.
    """

    def __init__(self, pace: Pace = Pace.REAL, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._clock = clock
        self._plays: dict[str, _Play] = {}
        self._changed = threading.Condition()

    @property
    def pace(self) -> Pace:
        return self._pace

    @pace.setter
    def pace(self, pace: Pace) -> None:
        """Also what is played now goes on at the new pace."""
        with self._changed:
            for play in self._plays.values():
                play.go_on(self._clock(), self._pace)
            self._pace = pace
            self._changed.notify_all()

    @property
    def playing(self) -> bool:
        return any(not play.over for play in self._plays.values())

    def place_s(self, play_id: str) -> float:
        """How far what is played under this id has come, in seconds of its own time; of the last one also later."""
        with self._changed:
            play = self._plays.get(play_id)
            if play is None:
                return 0.0
            play.go_on(self._clock(), self._pace)
            return play.place_s

    def skip(self) -> None:
        """The rest of what is played now comes at once."""
        with self._changed:
            for play in self._plays.values():
                play.skipped = True
            self._changed.notify_all()

    def cancel(self, play_id: str) -> None:
        """What is played under this id ends where it is. Unknown ids do nothing."""
        with self._changed:
            if play_id in self._plays:
                self._plays[play_id].cancelled = True
            self._changed.notify_all()

    def play(self, moments: Iterable[Moment], play_id: str = "") -> Generator[ActionEvent, None, bool]:
        """The events, each at its time; returns whether it was played to its end."""
        with self._changed:
            self._plays = {name: play for name, play in self._plays.items() if not play.over}
            play = self._plays[play_id] = _Play(0.0, self._clock())
        try:
            for moment in moments:
                self._wait_for(play, moment.at_ms / 1000)
                if play.cancelled:
                    return False
                yield moment.event
            return not play.cancelled
        finally:
            play.over = True

    def _wait_for(self, play: _Play, time_s: float) -> None:
        with self._changed:
            while True:
                play.go_on(self._clock(), self._pace)
                left_s = time_s - play.place_s
                if play.cancelled:
                    return
                if left_s <= 0 or play.skipped or self._pace is Pace.AT_ONCE:
                    play.place_s = max(play.place_s, time_s)
                    return
                self._changed.wait(left_s / self._pace.value)
