"""The probes: each does one thing to a solution on the engine and tells what happened."""

from __future__ import annotations

import re
import uuid
from collections.abc import Generator, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from fnmatch import translate
from pathlib import Path

from tutor.builds.builder import Outcome
from tutor.builds.dockerfile import Dockerfile, DockerfileError
from tutor.builds.engine import BuildRequest, FileEntry
from tutor.builds.events import BuildCancelled, BuildFailed, FailureKind
from tutor.builds.report import BuildRecorder, BuildReport, StepReport
from tutor.builds.steps import needed_stages
from tutor.course.exercise import Exercise
from tutor.errors import NoEngine, TutorError
from tutor.grade.events import Listener
from tutor.grade.rig import Rig
from tutor.grade.stop import GradeStopped
from tutor.phrase import Phrase
from tutor.sanitise import decode

ZERO_LINES = 3
"""Steps that re-run in as many rebuilds without an edit are taken to re-run in any."""

TRIES = 5
"""How often a build that the engine itself spoils is tried.

The classic builder fails when an image is removed, by anybody, just while it looks through its cache for the next step.
What such a try had run by then is in the cache for the next one, so it counts as run in the report of that.
"""


def build(rig: Rig, context: Path, tag: str, listen: Listener) -> BuildReport:
    """Build a context under the solution's terms, telling each event.

    What is wrong with the context itself (a Dockerfile that can't be parsed, a file that can't be sent) is a failed
    build. Raises NoEngine, also when the engine goes on failing for reasons of its own, and the reason for a stop.
    """
    ran: set[tuple[int, int]] = set()
    for tries_left in reversed(range(TRIES)):
        report = _with_those_that_ran(_built(rig, context, tag, listen), ran)
        ran |= _places(report.rebuilt)
        if not isinstance(report.failure, BuildFailed) or report.failure.kind is not FailureKind.ENGINE:
            return report
        if not tries_left:
            said, hint = report.failure.message, Phrase(report.failure.hint)
            raise NoEngine("The engine can't finish a build: {said}", hint, said=said)
    raise AssertionError("the loop returns or raises")


def _with_those_that_ran(report: BuildReport, ran: AbstractSet[tuple[int, int]]) -> BuildReport:
    """A try's report, with the layer steps that an earlier try ran told as run, though this one had them cached."""

    def told(step: StepReport) -> StepReport:
        again = step.outcome is Outcome.CACHED and _place(step) in ran
        return replace(step, outcome=Outcome.REBUILT) if again else step

    return replace(report, steps=tuple(told(step) for step in report.steps))


def _built(rig: Rig, context: Path, tag: str, listen: Listener) -> BuildReport:
    request = BuildRequest(context, tag=tag, build_id=uuid.uuid4().hex, offline=rig.terms.offline)
    recorder = BuildRecorder()
    with rig.stop.building(request.build_id, rig.engine):
        events = rig.engine.build(request)
        try:
            for event in events:
                recorder.see(event)
                rig.stop.check()
                if isinstance(event, BuildCancelled):
                    raise GradeStopped("The grade was stopped.", "Grade again when you like.")
                listen(event)
        except (NoEngine, GradeStopped):
            raise
        except TutorError as error:
            rig.stop.check()
            if recorder.started is not None:
                raise
            return _unbuildable(rig, error)
        finally:
            if isinstance(events, Generator):
                events.close()  # a listener may raise to end the grade: the build must not go on
    return recorder.report()


def _unbuildable(rig: Rig, error: TutorError) -> BuildReport:
    """The report of a build that never began."""
    message, line = (error.problem, error.line) if isinstance(error, DockerfileError) else (error.message, None)
    failure = BuildFailed(message, FailureKind.STEP, line=line, hint=error.hint)
    return BuildReport(rig.facts.builder, Dockerfile("", ()), (), failure=failure)


def zero_line(rig: Rig, context: Path, tag: str) -> BuildReport:
    """The rebuild of a context that was just built, without any edit: what re-runs here says nothing about an edit.

    Drawn again while a step re-ran that has to come from the cache: where another tutor's build is the first to use a
    base image, nothing is found (see `first_use`), and that zero line would hide every step that an edit re-runs.
    """
    report = build(rig, context, tag, lambda _: None)
    for _ in range(ZERO_LINES - 1):
        if not report.succeeded or _places(report.rebuilt) <= _workdirs_on_scratch(report):
            break
        report = build(rig, context, tag, lambda _: None)
    return report


def beyond(zero: BuildReport, edited: BuildReport) -> tuple[StepReport, ...]:
    """The layer steps that an edit re-ran beyond those that any rebuild re-runs (the zero line).

    A WORKDIR at the head of a `FROM scratch` stage is never cached by BuildKit (measured on Docker 20.10 to 28.5). It
    doesn't count either when the zero line missed it: a build beside it may just have run the same step. Nor do the
    stages that the image isn't made from, which only the classic builder runs.
    """
    always = _places(zero.rebuilt) | _workdirs_on_scratch(edited)
    needed = _stages_of_the_image(edited)
    counted = (s for s in edited.rebuilt if s.step.stage in needed)
    return tuple(s for s in counted if _place(s) not in always)


def _places(steps: Iterable[StepReport]) -> set[tuple[int, int]]:
    return {_place(step) for step in steps}


def _place(step: StepReport) -> tuple[int, int]:
    return step.step.stage, step.step.position


def _stages_of_the_image(report: BuildReport) -> frozenset[int]:
    """All stages, where what a FROM builds on is known only to the builder."""
    if any("$" in stage.base for stage in report.dockerfile.stages):
        return frozenset(range(len(report.dockerfile.stages)))
    return needed_stages(report.dockerfile)


def _workdirs_on_scratch(report: BuildReport) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for stage in report.dockerfile.stages:
        for position, instruction in enumerate(stage.instructions):
            if stage.base != "scratch" or (instruction.makes_layer and instruction.keyword != "WORKDIR"):
                break
            found.add((stage.index, position))
    return found


def find_toolchain(rig: Rig, image: str) -> tuple[FileEntry, ...]:
    """The files of an image that belong to a compiler, by the exercise's path patterns."""
    wanted = re.compile("|".join(translate(pattern) for pattern in rig.exercise.toolchain))
    found: list[FileEntry] = []
    for entry in rig.engine.files(image):
        rig.stop.check()
        if entry.kind == "file" and wanted.match(entry.path):
            found.append(entry)
    return tuple(found)


def read_page(context: Path, exercise: Exercise) -> str:
    """The page's template as it stands in a context now; "" when the file is gone."""
    file = context / exercise.html_edit.file
    return decode(file.read_bytes()) if file.is_file() else ""
