"""A class: some at a time, each with a time limit, and none in the way of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import FakeEngine
from tests.unit.test_checks import EXERCISE, GOOD
from tests.unit.test_reports import FACTS
from tutor.errors import NoEngine, TutorError, UsageError
from tutor.grade import several
from tutor.grade.baseline import Baselines
from tutor.grade.checks import judge
from tutor.grade.report import GradeReport
from tutor.grade.rig import Terms
from tutor.grade.several import Class, Entry, TimeIsUp, lost_engine, names_of
from tutor.grade.stop import Stop

PASSED = GradeReport(EXERCISE.id, FACTS, judge(EXERCISE, GOOD))
DEADLINE_S = 20
Work = Callable[[str, Stop], GradeReport]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """Puts a function in the place of the grader."""
    monkeypatch.setattr(Baselines, "get", lambda *_: GOOD.baseline)

    def use(work: Work) -> None:
        monkeypatch.setattr(several, "grade", lambda _e, folder, *_a, stop, **_k: work(folder.name, stop))

    return use


def graded(folders: list[Path], jobs: int = 2, timeout_s: float = DEADLINE_S) -> tuple[Entry, ...]:
    return Class(EXERCISE, FakeEngine(), Terms(), timeout_s).grade(folders, jobs)


def test_a_bad_one_does_not_stop_the_rest(work: Callable[[Work], None]) -> None:
    def one(name: str, _: Stop) -> GradeReport:
        if name == "empty":
            raise UsageError("The folder is empty.")
        if name == "bug":
            raise ZeroDivisionError("division")
        return PASSED

    work(one)
    entries = graded([Path("a"), Path("empty"), Path("bug"), Path("b")], jobs=1)
    assert [(entry.name, entry.passed, entry.points) for entry in entries] == [
        ("a", True, 100),
        ("empty", False, 0),
        ("bug", False, 0),
        ("b", True, 100),
    ]
    assert entries[1].problem == "The folder is empty."
    assert "ZeroDivisionError" in entries[2].problem
    assert not lost_engine(entries)


def test_some_at_a_time_and_never_more(work: Callable[[Work], None]) -> None:
    together, lock, most, now = threading.Barrier(3), threading.Lock(), 0, 0

    def one(_name: str, _: Stop) -> GradeReport:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        together.wait(DEADLINE_S)
        with lock:
            now -= 1
        return PASSED

    work(one)
    entries = graded([Path(str(number)) for number in range(6)], jobs=3)
    assert all(entry.passed for entry in entries)
    assert most == 3


def test_each_has_a_time_limit_of_its_own(work: Callable[[Work], None]) -> None:
    def one(name: str, stop: Stop) -> GradeReport:
        end = threading.Event()
        while name == "endless":
            stop.check()
            end.wait(0.01)
        return PASSED

    work(one)
    entries = graded([Path("endless"), Path("quick")], timeout_s=0.2)
    assert isinstance(entries[0].error, TimeIsUp)
    assert entries[1].passed


def test_an_engine_that_is_lost_is_not_the_solutions_fault(work: Callable[[Work], None]) -> None:
    def one(_name: str, _: Stop) -> GradeReport:
        raise NoEngine("gone")

    work(one)
    assert lost_engine(graded([Path("a"), Path("b")]))


def test_stopping_ends_all_of_them_and_starts_no_other(work: Callable[[Work], None]) -> None:
    begun: list[str] = []
    running = threading.Event()

    def one(name: str, stop: Stop) -> GradeReport:
        begun.append(name)
        running.set()
        end = threading.Event()
        while True:
            stop.check()
            end.wait(0.01)

    work(one)
    several_of_them = Class(EXERCISE, FakeEngine(), Terms(), DEADLINE_S)

    def stop_soon() -> None:
        running.wait(DEADLINE_S)
        several_of_them.stop()

    threading.Thread(target=stop_soon).start()
    entries = several_of_them.grade([Path("a"), Path("b"), Path("c")], jobs=1)
    assert [type(entry.error) for entry in entries] != [type(None)] * 3
    assert not any(entry.passed for entry in entries)
    assert all(isinstance(entry.error, TutorError) for entry in entries)


def test_everybody_is_told_when_they_are_done(work: Callable[[Work], None]) -> None:
    work(lambda _name, _stop: PASSED)
    told: list[str] = []
    Class(EXERCISE, FakeEngine(), Terms(), DEADLINE_S).grade([Path("a"), Path("b")], 2, lambda e: told.append(e.name))
    assert sorted(told) == ["a", "b"]


def test_names_are_short_where_they_are_clear(tmp_path: Path) -> None:
    folders = [tmp_path / "kim" / "work", tmp_path / "lee" / "work", tmp_path / "p\x1b[31mark"]
    assert list(names_of(folders).values()) == [str(folders[0]), str(folders[1]), "park"]
