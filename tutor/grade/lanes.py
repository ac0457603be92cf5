"""Probes side by side: each in a thread of its own, told one after another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from tutor.builds.events import StepOutput
from tutor.grade.events import GradeEvent, Listener
from tutor.grade.stop import GradeStopped, Stop
from tutor.grade.tidy import to_the_end

T = TypeVar("T")

OUTPUT_LINES_WAITING = 5_000
"""How many events may wait to be told before output lines are left out: memory is bounded whatever a build prints."""


class Lane(Generic[T]):
    """One probe under way. What it tells is kept until its turn has come."""

    def __init__(self, name: str, work: Callable[[Listener], T]) -> None:
        self._work = work
        self._waiting: queue.SimpleQueue[GradeEvent | None] = queue.SimpleQueue()
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"grade-{name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._work(self._keep))
        except BaseException as error:
            self._error = error
        finally:
            self._ended.set()
            self._waiting.put(None)

    def _keep(self, event: GradeEvent) -> None:
        if not isinstance(event, StepOutput) or self._waiting.qsize() < OUTPUT_LINES_WAITING:
            self._waiting.put(event)

    def told(self, listen: Listener) -> T:
        """Tell what has happened and goes on happening; give what came of it, or raise what went wrong."""
        while (event := self._waiting.get()) is not None:
            listen(event)
        return self.result()

    def result(self) -> T:
        """Wait for what comes of it, or raise what went wrong."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]

    def join(self) -> None:
        self._thread.join()


class Lanes:
    """The lanes of one grade. Leaving them early, by an error, stops the grade and waits until each has cleaned up."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._lanes: list[Lane[object]] = []

    def start(self, name: str, work: Callable[[Listener], T]) -> Lane[T]:
        lane = Lane(name, work)
        self._lanes.append(lane)  # type: ignore[arg-type]  # they are only joined
        return lane

    def __enter__(self) -> Lanes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        to_the_end(self._end)

    def _end(self) -> None:
        if any(not lane._ended.is_set() for lane in self._lanes):
            self._stop.ask(GradeStopped("The grade was stopped.", "Grade again when you like."))
        for lane in self._lanes:
            lane.join()
