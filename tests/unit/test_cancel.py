"""A build that is ended by another thread, at a small server that plays the engine's part."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import docker
import pytest

from tutor.builds.builder import Builder
from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildCancelled, BuildEvent, BuildStarted, ContextSent
from tutor.engines import answer
from tutor.engines.build import RunningBuilds

DEADLINE_S = 20
EXPORT_S = 0.3
"""How long this engine takes to end a build that was cancelled while its image was being exported."""


class Exporting(ThreadingHTTPServer):
    """An engine with a build at its export: it names the image and ends its answer some time after a cancel.

    `answers_late`: the answer begins only after a first cancel, which means nothing to a build that isn't known yet.
    `ends`: otherwise it never ends.
    """

    daemon_threads = True

    def __init__(self, answers_late: bool = False, ends: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.answers_late, self.ends = answers_late, ends
        self.asked = threading.Event()
        """Whether it is time to cancel."""
        self.cancels: SimpleQueue[None] = SimpleQueue()
        self.named = threading.Event()
        self.over = threading.Event()


class Answers(BaseHTTPRequestHandler):
    server: Exporting

    def do_POST(self) -> None:
        if "/build/cancel" in self.path:
            self.server.cancels.put(None)
            self._begin()
            return
        while size := int(self.rfile.readline(), 16):
            self.rfile.read(size + 2)
        if self.server.answers_late:
            self.server.asked.set()
            self.server.cancels.get(timeout=DEADLINE_S)
        self._begin()
        self.server.cancels.get(timeout=DEADLINE_S)
        if not self.server.over.wait(EXPORT_S if self.server.ends else DEADLINE_S):
            self.server.named.set()

    def _begin(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def serving(engine: Exporting) -> Iterator[docker.APIClient]:
    threading.Thread(target=engine.serve_forever, daemon=True).start()
    try:
        yield docker.APIClient(f"tcp://127.0.0.1:{engine.server_port}", version="1.41")
    finally:
        engine.over.set()
        engine.shutdown()
        engine.server_close()


def cancelled(engine: Exporting, folder: Path) -> list[BuildEvent]:
    """The events of a build that another thread cancels once the engine answers, or before, if that is late."""
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    with serving(engine) as client:
        builds = RunningBuilds(client, Builder.BUILDKIT)

        def cancel() -> None:
            assert engine.asked.wait(DEADLINE_S)
            builds.cancel("a")

        canceller = threading.Thread(target=cancel)
        canceller.start()
        events = []
        for event in builds.build(BuildRequest(folder), "a"):
            events.append(event)
            if isinstance(event, ContextSent):  # the answer has begun
                engine.asked.set()
        canceller.join(DEADLINE_S)
    assert isinstance(events[0], BuildStarted)
    return events


@pytest.mark.parametrize("answers_late", [False, True], ids=["answer-begun", "answer-awaited"])
def test_a_cancelled_build_is_over_when_its_image_has_its_name(tmp_path: Path, answers_late: bool) -> None:
    engine = Exporting(answers_late)
    assert cancelled(engine, tmp_path)[-1] == BuildCancelled()
    assert engine.named.is_set()


@pytest.mark.parametrize("answers_late", [False, True], ids=["answer-begun", "answer-awaited"])
def test_an_engine_that_does_not_end_it_is_left(
    tmp_path: Path, answers_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "LET_END_S", 0.1)
    engine = Exporting(answers_late, ends=False)
    assert cancelled(engine, tmp_path)[-1] == BuildCancelled()
    assert not engine.named.is_set()
