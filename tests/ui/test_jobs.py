"""Threads hand over what they bring, stop when asked, and hold nothing up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tutor.errors import TutorError
from tutor.ui.jobs import Feed, as_tutor_error

DEADLINE_S = 10.0


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "never came true"
        pause.wait(0.002)


def test_a_feed_gives_everything_in_order_and_then_has_ended() -> None:
    feed: Feed[int] = Feed("test")

    def work(put: Callable[[int], None]) -> None:
        for i in range(30_000):
            put(i)

    feed.start(work)
    taken: list[int] = []

    def all_there() -> bool:
        taken.extend(feed.take())
        return feed.ended

    wait_for(all_there)
    assert taken == list(range(30_000))


def test_a_feed_that_nobody_reads_is_bounded_and_ends_when_stopped() -> None:
    feed: Feed[int] = Feed("test")
    put_so_far = 0

    def work(put: Callable[[int], None]) -> None:
        nonlocal put_so_far
        for i in range(1_000_000):
            put(i)
            put_so_far = i

    feed.start(work)
    wait_for(lambda: put_so_far > 5_000)
    feed.job.stop()
    feed.job.join(time.monotonic() + DEADLINE_S)
    assert not feed.job.alive
    assert put_so_far < 20_000


def test_stopping_asks_the_work_to_end_before_its_events_are_dropped() -> None:
    asked = threading.Event()
    feed: Feed[str] = Feed("test", asked.set)

    def work(put: Callable[[str], None]) -> None:
        asked.wait(DEADLINE_S)
        put("its last word")

    feed.start(work)
    feed.job.stop()
    feed.job.join(time.monotonic() + DEADLINE_S)
    assert feed.take() in (["its last word"], [])
    assert feed.job.stopped.is_set()


def test_an_error_ends_a_feed_as_a_sentence() -> None:
    feed: Feed[int] = Feed("test")

    def work(_: Callable[[int], None]) -> None:
        raise TutorError("It broke.", "Mend it.")

    feed.start(work)
    wait_for(lambda: feed.ended)
    assert feed.error is not None
    assert feed.error.message == "It broke."


def test_an_unexpected_error_becomes_a_sentence_with_its_cause() -> None:
    cause = ValueError("odd")
    told = as_tutor_error(cause)
    assert "ValueError: odd" in told.message
    assert told.hint
    assert told.__cause__ is cause
