"""Recorded events come at their times, faster, or at once; and no waiting outlasts a change of mind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tutor.builds.engine import OutputLine
from tutor.course.recordings.player import Pace, Player
from tutor.course.recordings.recording import Moment
from tutor.course.seen import ActionEvent

MINUTE_MS = 60_000
SHORT_S = 10.0
"""Far less than the minute that is skipped in these tests, far more than a busy machine needs."""


def moments(*times_ms: int) -> list[Moment]:
    return [Moment(at_ms, OutputLine(str(at_ms))) for at_ms in times_ms]


def played(events: Iterator[ActionEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, OutputLine)]


def in_thread(player: Player, *times_ms: int) -> Callable[[], tuple[list[str], float]]:
    """Play in a thread, and have its first event; gives what waits for the end: the texts, and how long it took."""
    first, texts = threading.Event(), []
    began = time.monotonic()

    def body() -> None:
        for event in player.play(moments(*times_ms), "p"):
            texts.extend(played(iter([event])))
            first.set()

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    assert first.wait(SHORT_S)

    def end() -> tuple[list[str], float]:
        thread.join(SHORT_S)
        assert not thread.is_alive()
        return texts, time.monotonic() - began

    return end


def test_each_event_has_its_time() -> None:
    began = time.monotonic()
    assert played(Player(Pace.REAL).play(moments(0, 100, 300))) == ["0", "100", "300"]
    assert time.monotonic() - began >= 0.3


def test_four_times_as_fast() -> None:
    began = time.monotonic()
    assert played(Player(Pace.FAST).play(moments(0, 2000, 4000))) == ["0", "2000", "4000"]
    assert 1.0 <= time.monotonic() - began < 4.0


def test_at_once_needs_no_time_at_all() -> None:
    began = time.monotonic()
    assert played(Player(Pace.AT_ONCE).play(moments(*range(0, 10 * MINUTE_MS, MINUTE_MS))))[-1] == "540000"
    assert time.monotonic() - began < SHORT_S


def test_what_the_screen_takes_for_an_event_is_no_delay() -> None:
    """The clock runs on while an event is dealt with: later events still come at their own times."""
    now = [0.0]
    events = Player(Pace.REAL, lambda: now[0]).play(moments(0, 1000, 2000))
    next(events)
    now[0] = 2.0
    assert played(events) == ["1000", "2000"]


@pytest.mark.parametrize("change", ["skip", "pace"])
def test_the_rest_comes_at_once(change: str) -> None:
    player = Player(Pace.REAL)
    end = in_thread(player, 0, MINUTE_MS, 2 * MINUTE_MS)
    assert player.playing
    if change == "skip":
        player.skip()
    else:
        player.pace = Pace.AT_ONCE
    texts, took = end()
    assert texts == ["0", "60000", "120000"]
    assert took < SHORT_S
    assert not player.playing


def test_a_skip_is_for_what_plays_now() -> None:
    player = Player(Pace.REAL)
    player.skip()
    began = time.monotonic()
    played(player.play(moments(0, 100)))
    assert time.monotonic() - began >= 0.1


def test_a_faster_pace_holds_for_what_plays() -> None:
    player = Player(Pace.REAL)
    end = in_thread(player, 0, 4000)
    player.pace = Pace.FAST
    texts, took = end()
    assert texts == ["0", "4000"]
    assert 1.0 <= took < 4.0


def test_cancelled_it_ends_where_it_is() -> None:
    player = Player(Pace.REAL)
    end = in_thread(player, 0, MINUTE_MS)
    player.cancel("another")
    assert player.playing
    player.cancel("p")
    texts, took = end()
    assert texts == ["0"]
    assert took < SHORT_S


def test_closed_it_plays_no_more() -> None:
    player = Player(Pace.REAL)
    events = player.play(moments(0, MINUTE_MS))
    next(events)
    events.close()
    assert not player.playing


def test_it_tells_how_far_it_has_come_in_recorded_time() -> None:
    now = [0.0]
    player = Player(Pace.FAST, lambda: now[0])
    events = player.play(moments(0, 4000, 9000), "p")
    assert player.place_s("p") == 0
    next(events)
    now[0] = 0.5
    assert player.place_s("p") == 2.0
    player.pace = Pace.REAL
    now[0] = 1.5
    assert player.place_s("p") == 3.0
    player.skip()
    assert played(events) == ["4000", "9000"]
    now[0] = 100.0
    assert player.place_s("p") == 9.0
    next(player.play(moments(0), "q"))
    assert player.place_s("p") == 0
