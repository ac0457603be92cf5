"""The checks: each turns what was measured into a verdict with numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.layers import Layer, keyword_of
from tutor.builds.report import BuildReport
from tutor.course.exercise import Exercise
from tutor.grade.measured import Edited, Measured
from tutor.grade.report import Check, Figure, Note, Verdict
from tutor.grade.serving import serving_figures, serving_problem
from tutor.grade.why import Rerun, reruns

MEGABYTE = 1_000_000
"""Docker's MB, as `docker image ls` counts them."""

WORTH_A_WORD_BYTES = MEGABYTE
"""A file stored twice is mentioned from this size on."""

LONGEST_STEP = 60
"""Characters of an instruction that a sentence quotes."""


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
    return Check(id, verdict, reason, possible if verdict is Verdict.PASS else 0, possible, figures or {}, notes)


def _not_judged(exercise: Exercise, id: str) -> Check:
    return _check(exercise, id, Verdict.NOT_JUDGED, "not_judged")


def _builds(exercise: Exercise, build: BuildReport) -> Check:
    if build.succeeded:
        layers = len(build.cached) + len(build.rebuilt)
        seconds = sum(step.seconds for step in build.steps)
        return _check(exercise, "builds", Verdict.PASS, "pass", {"steps": layers, "seconds": seconds})
    failure = build.failure
    if not isinstance(failure, BuildFailed):
        return _check(exercise, "builds", Verdict.FAIL, "ended")
    reasons = {FailureKind.UNSUPPORTED: "unsupported", FailureKind.BASE_IMAGE: "base_image"}
    reason = reasons.get(failure.kind, "fail" if failure.line else "fail_somewhere")
    notes = [Note("output", {"text": text}) for text in _last_lines(build, failure)]
    if failure.hint and not notes:
        notes.append(Note("said", {"text": failure.hint}))
    figures: dict[str, Figure] = {"message": failure.message, "line": failure.line or 0}
    if failure.exit_code is not None:
        figures["exit_code"] = failure.exit_code
    return _check(exercise, "builds", Verdict.FAIL, reason, figures, tuple(notes))


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
    wanted, count = exercise.html_layers, len(edited.extra)
    verdict, reason = _edit_problem(edited) or _html_verdict(edited, wanted)
    figures = _edit_figures(exercise, edited) | {"file": exercise.html_edit.file, "wanted": wanted}
    notes = _why(exercise.html_edit.file, edited) if reason == "fail" and count > wanted else ()
    return _check(exercise, "html-edit", verdict, reason, figures, notes)


def _html_verdict(edited: Edited, wanted: int) -> tuple[Verdict, str]:
    if not edited.extra:
        return Verdict.FAIL, "none"
    if len(edited.extra) != wanted:
        return Verdict.FAIL, "fail"
    if edited.served is None:
        return Verdict.NOT_JUDGED, "not_served"
    return (Verdict.PASS, "pass") if edited.shown else (Verdict.FAIL, "not_shown")


def _code_edit(exercise: Exercise, edited: Edited | None) -> Check:
    if edited is None:
        return _not_judged(exercise, "code-edit")
    verdict, reason = _edit_problem(edited) or _code_verdict(edited)
    figures = _edit_figures(exercise, edited) | {"file": exercise.code_edit.file}
    return _check(exercise, "code-edit", verdict, reason, figures)


def _code_verdict(edited: Edited) -> tuple[Verdict, str]:
    if edited.shown:
        return Verdict.PASS, "pass"
    if not edited.extra:
        return Verdict.FAIL, "none"
    return (Verdict.NOT_JUDGED, "not_served") if edited.served is None else (Verdict.FAIL, "not_shown")


def _edit_problem(edited: Edited) -> tuple[Verdict, str] | None:
    if edited.problem:
        return Verdict.FAIL, "not_made"
    return (Verdict.FAIL, "build_failed") if edited.build is None or not edited.build.succeeded else None


def _edit_figures(exercise: Exercise, edited: Edited) -> dict[str, Figure]:
    failure = edited.build.failure if edited.build else None
    extra = sorted((step.step.instruction for step in edited.extra), key=lambda instruction: instruction.line)
    return {
        "layers_rebuilt": len(extra),
        "metadata_rebuilt": len(edited.build.metadata_rebuilt) if edited.build else 0,
        "steps": "; ".join(f"{instruction.line}: {quoted(str(instruction))}" for instruction in extra),
        "problem": edited.problem or (failure.message if isinstance(failure, BuildFailed) else ""),
        "port": exercise.serve.port,
    }


def _why(file: str, edited: Edited) -> tuple[Note, ...]:
    """A note for each step that an edit re-ran: which, and why."""
    if edited.build is None:
        return ()
    return tuple(_note(file, rerun) for rerun in reruns(edited.build.dockerfile, edited.extra))


def _note(file: str, rerun: Rerun) -> Note:
    instruction = rerun.step.instruction
    figures: dict[str, Figure] = {"line": instruction.line, "step": quoted(str(instruction)), "file": file}
    if rerun.because is not None:
        because = rerun.because.instruction
        figures |= {"above_line": because.line, "above": quoted(str(because)), "stage": rerun.because.stage_label}
    return Note(f"rerun_{rerun.cause}", figures)


def quoted(text: str) -> str:
    """An instruction short enough to stand in a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_STEP else text[: LONGEST_STEP - 1] + "…"


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
