"""The checks: each turns what was measured into a verdict with numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.layers import Layer, keyword_of
from tutor.builds.report import BuildReport
from tutor.course.exercise import Exercise
from tutor.grade.editing import code_verdict, edit_figures, html_verdict, mistake, quoted, rerun_note
from tutor.grade.measured import Edited, Measured
from tutor.grade.report import Check, Figure, Note, Verdict
from tutor.grade.serving import serving_figures, serving_problem
from tutor.grade.why import reruns
from tutor.sanitise import clean_line

MEGABYTE = 1_000_000
"""Docker's MB, as `docker image ls` counts them."""

WORTH_A_WORD_BYTES = MEGABYTE
"""A file stored twice is mentioned from this size on."""


def judge(exercise: Exercise, measured: Measured) -> tuple[Check, ...]:
    """All checks in the order of the exercise; the ones that had nothing to measure say so."""
    return (
        _builds(exercise, measured.build),
        _serves(exercise, measured),
        _size(exercise, measured),
        _html_edit(exercise, measured.html_edit),
        _code_edit(exercise, measured.code_edit),
        _toolchain(exercise, measured),
    )


def _check(
    exercise: Exercise,
    id: str,
    verdict: Verdict,
    reason: str,
    figures: Mapping[str, Figure] | None = None,
    notes: tuple[Note, ...] = (),
) -> Check:
    possible = exercise.points[id]
    points = possible if verdict is Verdict.PASS else 0
    told = tuple(replace(note, figures=_clean(note.figures)) for note in notes)
    return Check(id, verdict, reason, points, possible, _clean(figures or {}), told)


def _clean(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Figures hold pieces of Dockerfiles, pages and output: whatever is in them, they can be shown."""
    return {name: clean_line(value) if isinstance(value, str) else value for name, value in figures.items()}


def _not_judged(exercise: Exercise, id: str) -> Check:
    return _check(exercise, id, Verdict.NOT_JUDGED, "not_judged")


def _builds(exercise: Exercise, build: BuildReport) -> Check:
    if build.succeeded:
        layers = len(build.cached) + len(build.rebuilt)
        seconds = sum(step.seconds for step in build.steps)
        return _check(exercise, "builds", Verdict.PASS, "pass", {"steps": layers, "seconds": round(seconds, 3)})
    failure = build.failure
    if not isinstance(failure, BuildFailed):
        return _check(exercise, "builds", Verdict.FAIL, "ended")
    reasons = {FailureKind.UNSUPPORTED: "unsupported", FailureKind.BASE_IMAGE: "base_image"}
    reason = reasons.get(failure.kind, "fail" if failure.line else "fail_somewhere")
    notes = [Note("output", {"text": text}) for text in _last_lines(build, failure)]
    if failure.hint and not notes:
        notes.append(Note("said", {"text": failure.hint}))
    figures: dict[str, Figure] = {"message": failure.message, "line": failure.line or 0}
    if reason == "unsupported":
        figures["what"] = _newer(build.dockerfile, failure)
    if failure.exit_code is not None:
        figures["exit_code"] = failure.exit_code
    return _check(exercise, "builds", Verdict.FAIL, reason, figures, tuple(notes))


_OPTION = re.compile(r"unknown flag: (\S+)|the (--\S+) option", re.IGNORECASE)


def _newer(dockerfile: Dockerfile, failure: BuildFailed) -> str:
    """What of a Dockerfile the builder is too old for: a here-document, an option, else the instruction."""
    instructions = [i for stage in dockerfile.stages for i in (stage.start, *stage.instructions)]
    at = next((i for i in instructions if failure.line and i.line <= failure.line <= i.end_line), None)
    if at is not None and at.heredocs:
        return f"<<{at.heredocs[0].name}"
    if named := _OPTION.search(failure.message):
        return f"--{(named[1] or named[2]).lstrip('-')}"
    return quoted(str(at)) if at is not None else failure.message


def _last_lines(build: BuildReport, failure: BuildFailed) -> tuple[str, ...]:
    """The end of what the failed step printed."""
    return build.steps[failure.step].last_lines[-3:] if failure.step is not None else ()


def _serves(exercise: Exercise, measured: Measured) -> Check:
    if measured.served is None:
        return _not_judged(exercise, "serves")
    problem = serving_problem(exercise, measured)
    figures = serving_figures(exercise, measured)
    verdict = Verdict.FAIL if problem else Verdict.PASS
    exposed = measured.served.exposed
    reason = problem or ("pass_exposed" if exposed and exercise.serve.port not in exposed else "pass")
    return _check(exercise, "serves", verdict, reason, figures)


def _size(exercise: Exercise, measured: Measured) -> Check:
    if measured.baseline is None:
        return _not_judged(exercise, "size")
    size, start = measured.build.size_bytes, measured.baseline.start.size_bytes
    limit, share = exercise.size_share, size / start
    twice = stored_twice(measured.build.layers)
    figures: dict[str, Figure] = {
        "size_mb": size / MEGABYTE,
        "start_mb": start / MEGABYTE,
        "par_mb": measured.baseline.par_bytes / MEGABYTE,
        "share": share,
        "limit": limit,
    }
    notes: tuple[Note, ...] = ()
    if twice and twice.size_bytes >= WORTH_A_WORD_BYTES:
        notes = (Note("twice", {"line": twice.line or 0, "twice_mb": twice.size_bytes / MEGABYTE}),)
        figures["twice_mb"] = twice.size_bytes / MEGABYTE
    verdict, reason = (Verdict.PASS, "pass") if share <= limit else (Verdict.FAIL, "fail")
    return _check(exercise, "size", verdict, reason, figures, notes)


def stored_twice(layers: Sequence[Layer]) -> Layer | None:
    """The largest of the image's own layers that only stores again what a layer below it holds.

    A RUN that changes a file's mode or owner copies the whole file into its own layer: found by size, a RUN layer as
    large as a COPY or ADD layer below it, within a hundredth.
    """
    copied: list[int] = []
    again: list[Layer] = []
    for layer in layers:
        if layer.line is None or not layer.size_bytes:
            continue
        if keyword_of(layer.created_by) != "RUN":
            copied.append(layer.size_bytes)
        elif any(abs(layer.size_bytes - size) <= size / 100 for size in copied):
            again.append(layer)
    return max(again, key=lambda layer: layer.size_bytes, default=None)


def _html_edit(exercise: Exercise, edited: Edited | None) -> Check:
    if edited is None:
        return _not_judged(exercise, "html-edit")
    wanted = exercise.html_layers
    verdict, reason = html_verdict(edited, wanted)
    figures = edit_figures(exercise.html_edit.file, edited) | {"wanted": wanted, "port": exercise.serve.port}
    notes: tuple[Note, ...] = ()
    if reason == "fail" and edited.build:
        why = reruns(edited.build.dockerfile, edited.extra)
        notes = tuple(rerun_note(exercise.html_edit.file, rerun) for rerun in why)
        figures |= mistake(exercise.html_edit.file, why, len(edited.build.dockerfile.stages) - 1)
    return _check(exercise, "html-edit", verdict, reason, figures, notes)


def _code_edit(exercise: Exercise, edited: Edited | None) -> Check:
    if edited is None:
        return _not_judged(exercise, "code-edit")
    verdict, reason = code_verdict(edited)
    figures = edit_figures(exercise.code_edit.file, edited) | {"port": exercise.serve.port}
    return _check(exercise, "code-edit", verdict, reason, figures)


def _toolchain(exercise: Exercise, measured: Measured) -> Check:
    if measured.toolchain is None:
        return _not_judged(exercise, "toolchain")
    found = measured.toolchain
    if not found:
        return _check(exercise, "toolchain", Verdict.PASS, "pass")
    largest = max(found, key=lambda entry: entry.size_bytes)
    size_mb = sum(entry.size_bytes for entry in found) / MEGABYTE
    figures: dict[str, Figure] = {"path": largest.path, "files": len(found), "size_mb": size_mb}
    return _check(exercise, "toolchain", Verdict.FAIL, "fail", figures)
