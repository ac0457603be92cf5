"""Grade several solutions, some at a time, each with a time limit; a bad one never stops the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.builds.engine import Engine
from tutor.course.exercise import Exercise
from tutor.errors import NoEngine, TutorError
from tutor.grade.baseline import Baselines
from tutor.grade.events import Listener
from tutor.grade.first_use import use_shared
from tutor.grade.grader import grade
from tutor.grade.images import image_of
from tutor.grade.report import GradeReport
from tutor.grade.rig import TRUSTED, Rig, Terms
from tutor.grade.stop import Stop
from tutor.sanitise import clean_line


class TimeIsUp(TutorError):
    """A solution took longer than it was given."""


@dataclass(frozen=True)
class Entry:
    """One solution of a class. `report` is None when it could not be graded; then `error` says why."""

    folder: Path
    name: str
    seconds: float
    points_possible: int
    report: GradeReport | None = None
    error: TutorError | None = None

    @property
    def passed(self) -> bool:
        return self.report is not None and self.report.passed

    @property
    def points(self) -> int:
        return self.report.points if self.report else 0

    @property
    def problem(self) -> str:
        return self.error.message if self.error else ""


class Class:
    """Solutions that are graded together. `stop` ends all of them, from any thread."""

    def __init__(self, exercise: Exercise, engine: Engine, terms: Terms, timeout_s: float) -> None:
        self._exercise = exercise
        self._engine = engine
        self._terms = terms
        self._timeout_s = timeout_s
        self._baselines = Baselines()
        self._lock = threading.Lock()
        self._stops: list[Stop] = []
        self._stopped = False

    def grade(
        self, folders: Sequence[Path], jobs: int, finished: Callable[[Entry], object] = lambda _: None
    ) -> tuple[Entry, ...]:
        """Grade the folders, `jobs` at a time; gives their entries in this order, and tells each when it is done.

        The exercise's own builds come first, on nobody's time. Raises NoEngine when those can't be made.
        """
        terms = replace(TRUSTED, offline=self._terms.offline)
        rig = Rig(self._exercise, self._engine, self._engine.facts(), terms, self._new_stop())
        self._baselines.get(rig, lambda _: None)
        use_shared(rig, folders)
        names = names_of(folders)
        pool = ThreadPoolExecutor(jobs, thread_name_prefix="class")
        try:
            waiting = [pool.submit(self._entry, folder, names[folder], finished) for folder in folders]
            return tuple(future.result() for future in waiting)
        finally:
            self._end(pool)
            for folder in folders:
                with suppress(TutorError):
                    self._engine.remove_image(image_of(folder))

    def one(self, folder: Path, listen: Listener) -> Entry:
        """Grade a single folder in this thread, telling all that happens; nothing of it is removed afterwards."""
        began = time.monotonic()
        possible = sum(self._exercise.points.values())
        report = self._graded(folder, listen)
        return Entry(folder, names_of([folder])[folder], time.monotonic() - began, possible, report)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            stops = list(self._stops)
        for stop in stops:
            stop.ask()

    def _end(self, pool: ThreadPoolExecutor) -> None:
        """Whatever still runs is stopped: nothing does when all went well."""
        pool.shutdown(wait=False, cancel_futures=True)
        self.stop()
        pool.shutdown(wait=True)

    def _new_stop(self) -> Stop:
        stop = Stop()
        with self._lock:
            self._stops.append(stop)
            stopped = self._stopped
        if stopped:
            stop.ask()
        return stop

    def _entry(self, folder: Path, name: str, finished: Callable[[Entry], object]) -> Entry:
        began = time.monotonic()
        report, error = None, None
        try:
            report = self._graded(folder)
        except TutorError as told:
            error = told
        except Exception as bug:
            error = TutorError(
                "Something went wrong in the tutor itself: {kind}: {said}",
                kind=type(bug).__name__,
                said=clean_line(str(bug)),
            )
        possible = sum(self._exercise.points.values())
        entry = Entry(folder, name, time.monotonic() - began, possible, report, error)
        finished(entry)
        return entry

    def _graded(self, folder: Path, listen: Listener = lambda _: None) -> GradeReport:
        stop = self._new_stop()
        late = TimeIsUp(
            "It was not done after {seconds:.0f} seconds.",
            "Give it longer with --timeout, or see what it waits for.",
            seconds=self._timeout_s,
        )
        clock = threading.Timer(self._timeout_s, stop.ask, [late])
        clock.daemon = True
        clock.start()
        try:
            return grade(
                self._exercise, folder, self._engine, listen, terms=self._terms, stop=stop, baselines=self._baselines
            )
        finally:
            clock.cancel()


def names_of(folders: Sequence[Path]) -> dict[Path, str]:
    """What each folder is called in a table: its own name, or its whole path where two have the same."""
    short = [folder.resolve().name for folder in folders]
    return {
        folder: clean_line(name if short.count(name) == 1 else str(folder))
        for folder, name in zip(folders, short, strict=True)
    }


def lost_engine(entries: Sequence[Entry]) -> bool:
    """Whether any of them could not be graded because of the engine."""
    return any(isinstance(entry.error, NoEngine) for entry in entries)
