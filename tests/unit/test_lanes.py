"""Probes side by side, told one after another; a grade stopped from outside."""

from __future__ import annotations

import threading

import pytest

from tests.fakes import FakeEngine
from tutor.builds.events import StepOutput
from tutor.errors import TutorError
from tutor.grade.events import GradeEvent, Listener, ProbeStarted
from tutor.grade.lanes import OUTPUT_LINES_WAITING, Lanes
from tutor.grade.stop import GradeStopped, Stop

DEADLINE_S = 20


def test_lanes_run_at_the_same_time_and_are_told_in_order() -> None:
    meeting = threading.Barrier(2)
    told: list[GradeEvent] = []

    def work(name: str, tell: Listener) -> str:
        tell(ProbeStarted(f"{name} begins"))
        meeting.wait(DEADLINE_S)
        tell(ProbeStarted(f"{name} ends"))
        return name

    with Lanes(Stop()) as lanes:
        one = lanes.start("one", lambda tell: work("one", tell))
        two = lanes.start("two", lambda tell: work("two", tell))
        assert (two.told(told.append), one.told(told.append)) == ("two", "one")
    names = [event.probe for event in told if isinstance(event, ProbeStarted)]
    assert names == ["two begins", "two ends", "one begins", "one ends"]


def test_what_goes_wrong_in_a_lane_is_raised_where_it_is_waited_for() -> None:
    def work(_: Listener) -> None:
        raise TutorError("broken")

    with Lanes(Stop()) as lanes:
        lane = lanes.start("one", work)
        with pytest.raises(TutorError, match="broken"):
            lane.told(lambda _: None)
        with pytest.raises(TutorError, match="broken"):
            lane.result()


def test_leaving_early_stops_the_lanes_and_waits_until_they_have_cleaned_up() -> None:
    stop, cleaned = Stop(), threading.Event()

    def work(_: Listener) -> None:
        end = threading.Event()
        while not stop.asked:
            end.wait(0.01)
        cleaned.set()
        stop.check()

    def leave_early() -> None:
        with Lanes(stop) as lanes:
            lanes.start("one", work)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave_early()
    assert cleaned.is_set()


def test_a_flood_of_output_is_cut_but_nothing_else() -> None:
    told: list[GradeEvent] = []

    def work(tell: Listener) -> None:
        for number in range(OUTPUT_LINES_WAITING + 100):
            tell(StepOutput(0, str(number)))
        tell(ProbeStarted("end"))

    with Lanes(Stop()) as lanes:
        lane = lanes.start("one", work)
        lane.result()
        lane.told(told.append)
    assert len(told) == OUTPUT_LINES_WAITING + 1
    assert told[-1] == ProbeStarted("end")


def test_a_stop_cancels_the_builds_under_way_and_lets_no_other_begin() -> None:
    stop, engine = Stop(), FakeEngine()
    with stop.building("one", engine):
        pass
    with stop.building("two", engine):
        stop.ask(TutorError("time is up"))
        stop.ask(TutorError("too late"))
    assert engine.calls == [("cancel", "two"), ("cancel", "two")]
    with pytest.raises(TutorError, match="time is up"), stop.building("three", engine):
        pass
    with pytest.raises(TutorError, match="time is up"):
        stop.check()


def test_a_stop_without_a_reason_is_the_learners() -> None:
    stop = Stop()
    stop.check()
    stop.ask()
    with pytest.raises(GradeStopped):
        stop.check()
