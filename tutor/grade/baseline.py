"""The baseline of an exercise: its start file and its reference solution, measured once for an engine and its bases."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import Engine
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport
from tutor.builds.steps import base_images
from tutor.course.exercise import Exercise
from tutor.errors import NoEngine, TutorError
from tutor.grade import probes
from tutor.grade.events import Listener
from tutor.grade.images import REFERENCE, START, PassingImages, new_stamp
from tutor.grade.lanes import Lanes
from tutor.grade.measured import Baseline
from tutor.grade.remembered import Memory
from tutor.grade.rig import Rig
from tutor.grade.scratch import scratch_copy
from tutor.phrase import Phrase


class Baselines:
    """Gives the baseline of an exercise: from memory, else measured. Safe to use from several threads."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()
        self._measuring = threading.Lock()

    def get(self, rig: Rig, listen: Listener) -> Baseline:
        """The baseline on this engine. Raises NoEngine when the exercise's own images can't be built on it."""
        while not self._measuring.acquire(timeout=0.1):
            rig.stop.check()
        try:
            if remembered := self._memory.recall(_key(rig)):
                return remembered
            baseline = measure(rig, listen)
            self._memory.keep(_key(rig), baseline)  # by now the base images are here, and known by their ids
            return baseline
        finally:
            self._measuring.release()


def measure(rig: Rig, listen: Listener) -> Baseline:
    """Build the start file, then the reference beside the start file edited as the solution will be."""
    exercise = rig.exercise
    with (
        scratch_copy(exercise.start) as start,
        scratch_copy(exercise.solution) as reference,
        PassingImages(rig.engine) as images,
        Lanes(rig.stop) as lanes,
    ):
        before = _must_build(probes.build(rig, start, START, listen))  # alone: see first_use
        par = lanes.start("reference", lambda tell: probes.build(rig, reference, REFERENCE, tell))
        _must_build(probes.zero_line(rig, start, START))  # what the edit re-runs is shown beside the solution's
        exercise.html_edit.apply(start, new_stamp())
        after = probes.build(rig, start, images.new(), listen)
        images.with_steps_of(after)
        return Baseline(before, _must_build(after), _must_build(par.told(listen)).size_bytes)


def _must_build(report: BuildReport) -> BuildReport:
    if not report.succeeded:
        said = getattr(report.failure, "message", Phrase("the build was stopped"))
        raise NoEngine(
            "The exercise's start file or its reference solution can't be built on this engine: {said}",
            "See what is wrong with the engine or its base images: diamol-tutor doctor",
            said=said,
        )
    return report


def base_image_ids(engine: Engine, dockerfiles: tuple[Dockerfile, ...]) -> dict[str, str]:
    """The images that Dockerfiles build on or copy from, with their ids; "" for those that aren't there."""
    ids: dict[str, str] = {}
    for dockerfile in dockerfiles:
        for image in base_images(dockerfile, frozenset(range(len(dockerfile.stages)))):
            ids[image] = _id(engine, image)
    return ids


def _id(engine: Engine, image: str) -> str:
    try:
        found = engine.image(image)
    except NoEngine:
        raise
    except TutorError:  # no image can have this name
        return ""
    return found.id if found else ""


def own_dockerfiles(exercise: Exercise) -> tuple[Dockerfile, ...]:
    """Those of the start file and of the reference."""
    return tuple(parse((folder / "Dockerfile").read_bytes()) for folder in (exercise.start, exercise.solution))


def _key(rig: Rig) -> str:
    """All that a baseline depends on, as one word: engine, builder, store, base images, the exercise's own files."""
    exercise, facts = rig.exercise, rig.facts
    parts: list[object] = [facts.version, facts.builder, facts.store, repr(exercise.html_edit)]
    parts += [_digests(exercise.start), _digests(exercise.solution)]
    parts.append(base_image_ids(rig.engine, own_dockerfiles(exercise)))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _digests(folder: Path) -> list[tuple[str, int, str]]:
    def digest(file: Path) -> tuple[str, int, str]:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        return file.relative_to(folder).as_posix(), file.stat().st_mode & 0o777, content

    return [digest(file) for file in sorted(folder.rglob("*")) if file.is_file()]
