"""Grade a solution: measure it probe by probe, judge what was measured."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from tutor.builds.engine import Engine
from tutor.builds.report import BuildReport
from tutor.course.exercise import Exercise, ScriptedEdit
from tutor.grade import probes
from tutor.grade.checks import judge
from tutor.grade.measured import Baseline, Edited, Measured, Served
from tutor.grade.probes import Listener, ProbeStarted
from tutor.grade.report import GradeReport
from tutor.grade.scratch import scratch_copy

REPOSITORY = "diamol-tutor/grade"
"""The name of all images that grading makes; their tags say which is which."""


def grade(exercise: Exercise, folder: Path, engine: Engine, listen: Listener = lambda _: None) -> GradeReport:
    """Grade the solution in `folder`, which is only read.

    Events are told to `listen` as they happen, from this thread. Raises UsageError for a folder that can't be
    graded, NoEngine when the engine is lost, GradeCancelled when a build is cancelled.
    """
    with scratch_copy(folder) as context:
        measured = _Grading(exercise, context, _image_of(folder), engine, listen).measure()
    return GradeReport(
        exercise=exercise.id,
        engine=engine.facts(),
        checks=judge(exercise, measured),
        start=measured.baseline.start if measured.baseline else None,
        solution=measured.build,
        start_edited=measured.baseline.start_edited if measured.baseline else None,
        solution_edited=measured.html_edit.build if measured.html_edit else None,
    )


class _Grading:
    """One solution being measured in its scratch copy."""

    def __init__(self, exercise: Exercise, context: Path, image: str, engine: Engine, listen: Listener) -> None:
        self._exercise = exercise
        self._context = context
        self._image = image
        self._engine = engine
        self._listen = listen

    def measure(self) -> Measured:
        self._listen(ProbeStarted("build"))
        first = self._build(self._context, self._image)
        if not first.succeeded:
            return Measured(first)
        baseline = self._baseline()
        template = probes.read_page(self._context, self._exercise)
        self._listen(ProbeStarted("visit"))
        served = self._serve(self._image, template)
        other = self._serve(self._image, template, user=_new_stamp()) if served.is_page else None
        self._listen(ProbeStarted("look"))
        toolchain = probes.find_toolchain(self._engine, self._exercise, self._image)
        zero = self._build(self._context, self._image)
        html_edit = self._edit("html-edit", self._exercise.html_edit, zero)
        code_edit = self._edit("code-edit", self._exercise.code_edit, zero)
        return Measured(first, baseline, served, other, html_edit, code_edit, toolchain)

    def _baseline(self) -> Baseline:
        """Build the start file and the reference, and edit the start file as the solution will be."""
        self._listen(ProbeStarted("baseline"))
        with scratch_copy(self._exercise.start) as start, scratch_copy(self._exercise.solution) as reference:
            before = self._build(start, f"{REPOSITORY}:start")
            par = self._build(reference, f"{REPOSITORY}:reference")
            self._exercise.html_edit.apply(start, _new_stamp())
            after = self._build_once(start)
        return Baseline(before, after, par.size_bytes)

    def _edit(self, probe: str, edit: ScriptedEdit, zero: BuildReport) -> Edited:
        """Make the edit, rebuild, and see whether it shows; `zero` is a rebuild without any edit."""
        self._listen(ProbeStarted(probe))
        stamp = _new_stamp()
        if problem := edit.apply(self._context, stamp):
            return Edited(problem=problem)
        template = probes.read_page(self._context, self._exercise)
        tag = f"{self._image}-{probe}"
        try:
            after = self._build(self._context, tag)
            if not after.succeeded:
                return Edited(after)
            served = self._serve(tag, template)
        finally:
            self._engine.remove_image(tag)
        shown = stamp in served.answer.body or stamp in "".join(served.answer.headers.values())
        return Edited(after, probes.beyond(zero, after), served, shown)

    def _build(self, context: Path, tag: str) -> BuildReport:
        return probes.build(self._engine, context, tag, self._listen)

    def _build_once(self, context: Path) -> BuildReport:
        """Build, and keep no image."""
        tag = f"{REPOSITORY}:{_new_stamp()}"
        try:
            return self._build(context, tag)
        finally:
            self._engine.remove_image(tag)

    def _serve(self, image: str, template: str, user: str | None = None) -> Served:
        return probes.serve(self._engine, self._exercise, image, template, user)


def _new_stamp() -> str:
    """A word that no build has seen: an edit that holds it meets no cache, and is known again in a page."""
    return uuid.uuid4().hex[:12]


def _image_of(folder: Path) -> str:
    """One tag a workspace: the next grade of it replaces the image, and the classic builder keeps its cache."""
    return f"{REPOSITORY}:solution-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
