"""Grade a solution: measure it probe by probe, judge what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tutor.builds.engine import SOCKETS, Engine
from tutor.builds.report import BuildReport
from tutor.course.exercise import Exercise, ScriptedEdit
from tutor.grade import probes
from tutor.grade.baseline import Baselines, base_image_ids, own_dockerfiles
from tutor.grade.checks import judge
from tutor.grade.events import Listener, ProbeStarted
from tutor.grade.images import PassingImages, image_of, new_stamp
from tutor.grade.lanes import Lane, Lanes
from tutor.grade.leftovers import sweep
from tutor.grade.measured import Edited, Measured, Served
from tutor.grade.report import GradeReport
from tutor.grade.rig import TRUSTED, Rig, Terms
from tutor.grade.scratch import scratch_copy
from tutor.grade.stop import Stop
from tutor.grade.visits import serve

T = TypeVar("T")


def grade(
    exercise: Exercise,
    folder: Path,
    engine: Engine,
    listen: Listener = lambda _: None,
    *,
    terms: Terms = TRUSTED,
    stop: Stop | None = None,
    baselines: Baselines | None = None,
) -> GradeReport:
    """Grade the solution in `folder`, which is only read.

    Events are told to `listen` from this thread, probe by probe; it may raise to end the grade, as `stop` can from
    another thread. Raises UsageError for a folder that can't be graded, NoEngine when the engine is lost or can't
    build the exercise itself, GradeStopped (or the reason given) when it was stopped.
    """
    facts = engine.facts()
    if not facts.host.startswith(SOCKETS):
        terms = replace(terms, isolated=True)
    rig = Rig(exercise, engine, facts, terms, stop or Stop())
    sweep(engine)
    # the images made on the way go last: a classic build can fail while others are removed
    with scratch_copy(folder) as context, PassingImages(engine) as images:
        measured = _Grading(rig, context, image_of(folder), images, listen, baselines or Baselines()).measure()
    dockerfiles = (*own_dockerfiles(exercise), measured.build.dockerfile)
    return GradeReport(
        exercise=exercise.id,
        engine=facts,
        checks=judge(exercise, measured),
        base_images=base_image_ids(engine, dockerfiles),
        start=measured.baseline.start if measured.baseline else None,
        solution=measured.build,
        start_edited=measured.baseline.start_edited if measured.baseline else None,
        solution_edited=measured.html_edit.build if measured.html_edit else None,
        page_reran=measured.html_edit.extra if measured.html_edit else (),
    )


class _Grading:
    """One solution being measured in its scratch copy. Its probes run side by side and are told one after another."""

    def __init__(
        self, rig: Rig, context: Path, image: str, images: PassingImages, listen: Listener, baselines: Baselines
    ) -> None:
        self._rig = rig
        self._exercise = rig.exercise
        self._context = context
        self._image = image
        self._images = images
        self._listen = listen
        self._baselines = baselines

    def measure(self) -> Measured:
        rig = self._rig
        with Lanes(rig.stop) as lanes:
            trusted = replace(rig, terms=replace(TRUSTED, offline=rig.terms.offline))
            self._listen(ProbeStarted("build"))
            # alone, for it may be the first on this engine that uses its base images: see first_use
            first = probes.build(rig, self._context, self._image, self._listen)
            if not first.succeeded:
                return Measured(first)
            baseline = lanes.start("baseline", lambda tell: self._baselines.get(trusted, tell))
            zero = lanes.start("zero", lambda _: probes.zero_line(rig, self._context, self._image))
            other_user = new_stamp()
            template = probes.read_page(self._context, self._exercise)
            served = lanes.start("visit", lambda _: serve(rig, self._image, template))
            other = lanes.start("visit-other", lambda _: serve(rig, self._image, template, other_user))
            toolchain = lanes.start("look", lambda _: probes.find_toolchain(rig, self._image))
            code = lanes.start("code", lambda tell: self._edit(self._exercise.code_edit, zero, served, tell))
            # the steps of this one are counted: the zero line is drawn first, for a running build's steps are shared
            zero.result()
            html = lanes.start("html", lambda tell: self._edit(self._exercise.html_edit, zero, served, tell))
            return Measured(
                first,
                self._told("baseline", baseline),
                self._told("visit", served),
                other.result(),
                other_user,
                toolchain=self._told("look", toolchain),
                html_edit=self._told("html-edit", html),
                code_edit=self._told("code-edit", code),
            )

    def _told(self, probe: str, lane: Lane[T]) -> T:
        self._listen(ProbeStarted(probe))
        return lane.told(self._listen)

    def _edit(self, edit: ScriptedEdit, zero: Lane[BuildReport], before: Lane[Served], listen: Listener) -> Edited:
        """Make the edit in a copy of its own, rebuild, and see whether it shows; `zero` is a rebuild without any."""
        stamp = new_stamp()
        with scratch_copy(self._context) as context:
            if problem := edit.apply(context, stamp):
                return Edited(problem=problem)
            tag = self._images.new()
            after = probes.build(self._rig, context, tag, listen)
            self._images.with_steps_of(after)
            if not after.succeeded:
                return Edited(after)
            extra = probes.beyond(zero.result(), after)
            if not before.result().is_page:
                return Edited(after, extra)
            served = serve(self._rig, tag, probes.read_page(context, self._exercise))
        return Edited(after, extra, served, _shows(served, edit.shows.replace("{stamp}", stamp)))


def _shows(served: Served, text: str) -> bool:
    return text in served.answer.body or any(text in value for value in served.answer.headers.values())
