"""Tidying up that a signal meets half-way."""

from __future__ import annotations

import signal
import threading

import pytest

from tutor.cli.signals import ended_by_signals
from tutor.grade.tidy import SIGNALS, to_the_end


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_met_when_all_is_tidy(number: signal.Signals) -> None:
    before, removed = signal.getsignal(number), []

    def work() -> None:
        removed.append("first")
        signal.raise_signal(number)
        removed.append("second")

    with ended_by_signals(), pytest.raises((KeyboardInterrupt, SystemExit)):
        to_the_end(work)
    assert removed == ["first", "second"]
    assert signal.getsignal(number) == before


def test_handlers_are_back_after_a_failure() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    with pytest.raises(ZeroDivisionError):
        to_the_end(lambda: 1 / 0)
    assert {number: signal.getsignal(number) for number in SIGNALS} == before


def test_other_threads_only_work() -> None:
    """Handlers can't be set there: it would be an error."""
    done: list[str] = []
    thread = threading.Thread(target=to_the_end, args=(lambda: done.append("work"),))
    thread.start()
    thread.join()
    assert done == ["work"]
