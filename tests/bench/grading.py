"""A grade beside the engine calls and visits it is made of, and a second grade beside the first."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.measure import Row, seconds
from tutor.course.exercise import Exercise, load_exercise
from tutor.engines.docker_engine import DockerEngine
from tutor.grade import visits
from tutor.grade.baseline import Baselines
from tutor.grade.grader import grade
from tutor.grade.images import image_of
from tutor.grade.remembered import Memory
from tutor.places import exercises_folder

RUNS = 5


class _Timed:
    """An engine that counts the seconds spent inside it by all threads, iterators included."""

    def __init__(self, engine: DockerEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return self.timed(getattr(self._engine, name))

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            result = call(*args, **kwargs)
            self._add(start)
            return self._iterated(result) if hasattr(result, "__next__") else result

        return counted

    def _iterated(self, items: Iterator[Any]) -> Iterator[Any]:
        while True:
            start = time.perf_counter()
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self._add(start)
            yield item

    def _add(self, start: float) -> None:
        with self._lock:
            self.seconds += time.perf_counter() - start


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return [_beside_its_calls(Path(folder)), _again(Path(folder))]


def _beside_its_calls(folder: Path) -> Row:
    exercise = load_exercise(exercises_folder(), "06-optimise")
    baselines = Baselines(Memory(folder / "baselines.json"))
    pairs: list[tuple[float, float]] = []
    visit = visits.visit  # type: ignore[attr-defined]
    for _ in range(RUNS + 1):
        engine = _Timed(DockerEngine.connect())
        visits.visit = engine.timed(visit)  # type: ignore[attr-defined]  # waiting for the program is part of a grade
        try:
            whole = seconds(lambda engine=engine: _passes(exercise, exercise.solution, engine, baselines))  # type: ignore[misc]
        finally:
            visits.visit = visit  # type: ignore[attr-defined]
        pairs.append((whole, engine.seconds))
    whole, calls = sorted(pairs[1:], key=lambda pair: pair[0] / pair[1])[RUNS // 2]  # the first run warms the caches
    detail = f"{whole:.2f} s, {calls:.2f} s one after another"
    return Row("grade of the unchanged reference / its engine calls", 1.15, whole / calls, "x", detail)


def _again(folder: Path) -> Row:
    """The first grade of files that no build has seen, and the second of the same."""
    engine = DockerEngine.connect()
    pairs: list[tuple[float, float]] = []
    for number in range(3):
        exercise = _new_to_the_cache(folder / str(number))
        baselines = Baselines(Memory(folder / f"{number}.json"))
        first = seconds(lambda e=exercise, b=baselines: _passes(e, e.solution, engine, b))  # type: ignore[misc]
        again = seconds(lambda e=exercise, b=baselines: _passes(e, e.solution, engine, b))  # type: ignore[misc]
        engine.remove_image(image_of(exercise.solution))
        pairs.append((first, again))
    first, again = sorted(pairs, key=lambda pair: pair[1] / pair[0])[1]
    return Row("grade again, unchanged / first grade", 0.5, again / first, "x", f"{again:.2f} s, {first:.2f} s")


def _new_to_the_cache(folder: Path) -> Exercise:
    shipped = load_exercise(exercises_folder(), "06-optimise")
    shutil.copytree(shipped.folder, folder)
    for file in folder.glob("*/main.go"):
        file.write_text(file.read_text() + f"\n// {uuid.uuid4()}\n")
    return replace(shipped, folder=folder)


def _passes(exercise: Exercise, folder: Path, engine: Any, baselines: Baselines) -> None:
    report = grade(exercise, folder, engine, baselines=baselines)
    assert report.passed, [check for check in report.checks if check.verdict != "pass"]
