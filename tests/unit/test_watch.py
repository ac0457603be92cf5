"""Saves are noticed, however an editor makes them, once for each burst, with and without events."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tutor.grade import watch
from tutor.grade.watch import states

DEADLINE_S = 20.0
NOTHING_S = 0.8
"""Long enough for a burst to be over and told, were it told."""


class Watcher:
    """Collects what `states` tells after the first, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.told: queue.Queue[int] = queue.Queue()
        self.go_on = threading.Semaphore(0)
        self.begun = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(folder,), daemon=True)
        self._thread.start()
        assert self.begun.wait(DEADLINE_S)

    def _run(self, folder: Path) -> None:
        for number, _ in enumerate(states(folder, self._stop)):
            if number:
                self.told.put(number)
                self.go_on.acquire()
            else:
                self.begun.set()

    def wait(self) -> None:
        self.told.get(timeout=DEADLINE_S)
        self.go_on.release()

    def hears_nothing(self) -> bool:
        try:
            self.told.get(timeout=NOTHING_S)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        self._stop.set()
        self.go_on.release()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    return tmp_path


Start = Callable[[], Watcher]


@pytest.fixture(params=["events", "no events", "no watches left"])
def start(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    if request.param != "events":
        monkeypatch.setattr(watch, "LOOK_MS", 50)

    def silent(*_: object, stop_event: threading.Event, **__: object) -> Iterator[set[object]]:
        while not stop_event.wait(0.05):
            yield set()

    def broken(*_: object, **__: object) -> Iterator[set[object]]:
        raise OSError("OS file watch limit reached")

    if request.param == "no events":
        monkeypatch.setattr(watch, "watch", silent)
    elif request.param == "no watches left":
        monkeypatch.setattr(watch, "watch", broken)
    made: list[Watcher] = []

    def begin() -> Watcher:
        made.append(Watcher(folder))
        return made[-1]

    yield begin
    for watcher in made:
        watcher.close()


def test_a_save_is_told_once(start: Start, folder: Path) -> None:
    watcher = start()
    (folder / "Dockerfile").write_text("FROM b\n")
    watcher.wait()
    assert watcher.hears_nothing()
    (folder / "Dockerfile").write_text("FROM c\n")
    watcher.wait()
    assert watcher.hears_nothing()


def test_vims_save_by_rename_is_one_save(start: Start, folder: Path) -> None:
    watcher = start()

    (folder / "4913").write_text("")
    (folder / "4913").unlink()
    (folder / "Dockerfile").rename(folder / "Dockerfile~")
    (folder / "Dockerfile").write_text("FROM renamed\n")
    (folder / "Dockerfile~").unlink()
    watcher.wait()
    assert watcher.hears_nothing()


def test_saves_during_a_run_are_told_as_one_more(start: Start, folder: Path) -> None:
    watcher = start()
    (folder / "Dockerfile").write_text("FROM first\n")
    watcher.told.get(timeout=DEADLINE_S)
    for number in range(10):
        (folder / "Dockerfile").write_text(f"FROM busy{number}\n")
    (folder / "index.html").write_text("x")
    watcher.go_on.release()
    watcher.wait()
    assert watcher.hears_nothing()


def test_droppings_of_editors_are_no_saves(start: Start, folder: Path) -> None:
    watcher = start()
    (folder / "Dockerfile").write_text("FROM b\n")
    watcher.wait()
    (folder / ".Dockerfile.swp").write_text("x")
    (folder / "Dockerfile~").write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git" / "index").write_text("x")
    assert watcher.hears_nothing()


def test_a_folder_that_comes_back_is_watched_on(start: Start, folder: Path) -> None:
    watcher = start()
    (folder / "Dockerfile").write_text("FROM b\n")
    watcher.wait()
    away = folder.with_name(folder.name + "-away")
    folder.rename(away)
    assert watcher.hears_nothing()
    (away / "Dockerfile").write_text("FROM changed while away\n")
    away.rename(folder)
    watcher.wait()
