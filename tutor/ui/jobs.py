"""Blocking work in threads of its own: Docker and files never on the loop, and no thread holds the exit up.

Textual's thread workers live in asyncio's executor, which waits for every thread before the program may end; a thread
blocked in a socket would hang it. These threads are daemons: the app asks them to stop, waits a bounded time for
their cleaning up, and ends.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Generic, TypeVar

from textual.app import App

from tutor.errors import TutorError

T = TypeVar("T")

_FULL = 10_000
"""Events that may wait for the screen. A thread that is faster waits: memory stays bounded whatever a build prints."""


LET_GO_S = 10.0
"""How long a job that was asked to stop is waited for: an engine that hangs must not hold the screen."""


class Stopped(Exception):
    """Raised in a job's thread when nobody waits for it any more."""


class Job:
    """One piece of blocking work in a daemon thread.

    `stop()` first asks the work to end by `on_stop` (an engine call, so it blocks and has a thread of its own), then
    sets `stopped`: from there on nothing that the work brings reaches the screen.
    """

    def __init__(self, name: str, on_stop: Callable[[], None] | None = None) -> None:
        self.stopping = False
        self.stopped = threading.Event()
        self._asked_at = 0.0
        self._on_stop = on_stop
        self._name = name
        self._threads: list[threading.Thread] = []

    @property
    def alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def start(self, work: Callable[[], None]) -> None:
        self._spawn("job", work)

    def stop(self) -> None:
        if self.stopping:
            return
        self.stopping = True
        self._asked_at = time.monotonic()
        if self._on_stop is None or not self.alive:
            self.stopped.set()
        else:
            self._spawn("stop", self._ask_to_stop)

    @property
    def let_go(self) -> bool:
        """Whether it was asked to stop and hasn't for so long that nobody waits for it any more."""
        if self.stopping and time.monotonic() - self._asked_at > LET_GO_S:
            self.stopped.set()
            return True
        return False

    def _ask_to_stop(self) -> None:
        assert self._on_stop is not None
        try:
            self._on_stop()
        except TutorError:
            pass  # the engine is gone: the work ends by that
        finally:
            self.stopped.set()

    def deliver(self, app: App[int], callback: Callable[[], object]) -> None:
        """From the job's thread: call back on the loop, unless the job was stopped meanwhile."""
        if not self.stopped.is_set():
            app.call_later(lambda: None if self.stopped.is_set() else callback())

    def _spawn(self, kind: str, body: Callable[[], None]) -> None:
        thread = threading.Thread(target=body, name=f"{kind}-{self._name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def join(self, until: float) -> None:
        """Wait for the threads' end, at most until this `time.monotonic()`."""
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))


def start(
    app: App[int],
    work: Callable[[], T],
    done: Callable[[T], object],
    failed: Callable[[TutorError], object],
    name: str = "work",
) -> Job:
    """Do `work` in a thread, then call `done` or `failed` on the loop, unless the job was stopped meanwhile."""
    job = Job(name)

    def body() -> None:
        try:
            result = work()
        except Exception as error:
            told = as_tutor_error(error)
            job.deliver(app, lambda: failed(told))
        else:
            job.deliver(app, lambda: done(result))

    job.start(body)
    return job


def follow(
    app: App[int],
    source: Callable[[threading.Event], Iterable[T]],
    each: Callable[[T], object],
    failed: Callable[[TutorError], object],
    name: str,
) -> Job:
    """Wait in a thread for what `source` yields and call `each` on the loop for it, until the job is stopped.

    `source` is given the event that is set then, and has to end by it.
    """
    job = Job(name)

    def body() -> None:
        try:
            for item in source(job.stopped):
                job.deliver(app, partial(each, item))
        except Exception as error:
            job.deliver(app, partial(failed, as_tutor_error(error)))

    job.start(body)
    return job


class Feed(Generic[T]):
    """Events on their way from a job's thread to the screen, which takes them in batches.

    `ended` is set after the last event; `error` tells when the stream broke.
    """

    def __init__(self, name: str, on_stop: Callable[[], None] | None = None) -> None:
        self.job = Job(name, on_stop)
        self.error: TutorError | None = None
        self._waiting: deque[T] = deque()
        self._taken = threading.Event()
        self._ended = threading.Event()

    def start(self, work: Callable[[Callable[[T], None]], object]) -> None:
        """Do `work` in a thread; it hands its events to the function it is given, which raises Stopped."""

        def body() -> None:
            try:
                work(self.put)
            except Stopped:
                pass
            except Exception as error:
                self.error = as_tutor_error(error)
            finally:
                self._ended.set()

        self.job.start(body)

    def put(self, event: T) -> None:
        """Hand an event over; waits while the screen is behind. Raises Stopped once nobody listens."""
        # A deque's append and popleft are atomic: no lock is taken for each of a million lines.
        while len(self._waiting) >= _FULL and not self.job.stopped.is_set():
            self._taken.clear()
            self._taken.wait(0.2)
        if self.job.stopped.is_set():
            raise Stopped
        self._waiting.append(event)

    def take(self, limit: int = 5_000) -> list[T]:
        """The events that have come since the last time, at most `limit`: a frame's worth."""
        waiting = self._waiting
        taken = [waiting.popleft() for _ in range(min(limit, len(waiting)))]
        self._taken.set()
        return taken

    @property
    def ended(self) -> bool:
        """True when there is nothing more to take."""
        return (self._ended.is_set() or self.job.let_go) and not self._waiting


def hear_all(events: Iterable[T], hear: Callable[[T], object]) -> None:
    """Hear all events; when hearing fails, the iterator is closed, which ends and cleans up what runs."""
    try:
        for event in events:
            hear(event)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()


def as_tutor_error(error: Exception) -> TutorError:
    """Any exception as a sentence with a next step; the unexpected keeps its cause for `--debug`."""
    if isinstance(error, TutorError):
        return error
    told = TutorError(
        "Something went wrong that the tutor didn't expect: {kind}: {said}",
        "Try again; `diamol-tutor --debug` shows where it happened.",
        kind=type(error).__name__,
        said=error,
    )
    told.__cause__ = error
    return told
