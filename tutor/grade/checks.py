"""The checks: each turns what was measured into a verdict with numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.layers import Layer
from tutor.builds.report import BuildReport
from tutor.course.exercise import Exercise
from tutor.grade.measured import Edited, Measured, Served
from tutor.grade.report import Check, Figure, Verdict

MEGABYTE = 1_000_000
"""Docker's MB, as `docker image ls` counts them."""

WORTH_A_WORD_BYTES = MEGABYTE
"""A layer stored twice is mentioned from this size on."""


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


def _check(exercise: Exercise, id: str, verdict: Verdict, reason: str, **figures: Figure) -> Check:
    possible = exercise.points[id]
    return Check(id, verdict, reason, possible if verdict is Verdict.PASS else 0, possible, figures)


def _not_judged(exercise: Exercise, id: str) -> Check:
    return _check(exercise, id, Verdict.NOT_JUDGED, "not_judged")


def _builds(exercise: Exercise, build: BuildReport) -> Check:
    if build.succeeded:
        layers = len(build.cached) + len(build.rebuilt)
        seconds = sum(step.seconds for step in build.steps)
        return _check(exercise, "builds", Verdict.PASS, "pass", steps=layers, seconds=seconds)
    failure = build.failure
    if not isinstance(failure, BuildFailed):
        return _check(exercise, "builds", Verdict.FAIL, "ended", message="")
    reasons = {FailureKind.UNSUPPORTED: "unsupported", FailureKind.BASE_IMAGE: "base_image"}
    reason = reasons.get(failure.kind, "fail" if failure.line else "fail_somewhere")
    return _check(exercise, "builds", Verdict.FAIL, reason, message=failure.message, line=failure.line or 0)


def _serves(exercise: Exercise, measured: Measured) -> Check:
    served, other = measured.served, measured.served_other
    if served is None:
        return _not_judged(exercise, "serves")
    reason = _serving_problem(exercise, served, other)
    figures = _serving_figures(exercise, served)
    return _check(exercise, "serves", Verdict.FAIL if reason else Verdict.PASS, reason or "pass", **figures)


def _serving_problem(exercise: Exercise, served: Served, other: Served | None) -> str:
    """Why a container of the solution doesn't do what the program should, or "" when it does."""
    port = exercise.serve.port
    if served.answer.status == 0:
        if served.exit_code is not None:
            return "exited"
        return "other_port" if served.exposed and port not in served.exposed else "no_answer"
    if served.answer.status != 200:
        return "status"
    if not served.is_page:
        return "not_the_page"
    if not served.value:
        return "no_value"
    if other is None or not other.value or other.value == served.value:
        return "value_fixed"
    return ""


def _serving_figures(exercise: Exercise, served: Served) -> dict[str, Figure]:
    return {
        "port": exercise.serve.port,
        "deadline_s": exercise.serve.deadline_s,
        "variable": exercise.serve.variable,
        "value": served.value or "",
        "status": served.answer.status,
        "exit_code": served.exit_code if served.exit_code is not None else -1,
        "last_line": served.last_lines[-1] if served.last_lines else served.answer.problem,
        "exposed": ", ".join(str(port) for port in served.exposed),
        "page": exercise.html_edit.file,
    }


def _size(exercise: Exercise, measured: Measured) -> Check:
    if measured.baseline is None:
        return _not_judged(exercise, "size")
    size, start = measured.build.size_bytes, measured.baseline.start.size_bytes
    limit, share = exercise.size_share, size / start
    twice = stored_twice_bytes(measured.build.layers)
    figures: dict[str, Figure] = {
        "size_mb": size / MEGABYTE,
        "start_mb": start / MEGABYTE,
        "par_mb": measured.baseline.par_bytes / MEGABYTE,
        "share": share,
        "limit": limit,
        "twice_mb": twice / MEGABYTE,
    }
    if share > limit:
        return _check(exercise, "size", Verdict.FAIL, "fail", **figures)
    reason = "pass_twice" if twice >= WORTH_A_WORD_BYTES else "pass"
    return _check(exercise, "size", Verdict.PASS, reason, **figures)


def stored_twice_bytes(layers: Sequence[Layer]) -> int:
    """How much the image's own layers hold twice: a `RUN chmod` (or chown) copies the file into its own layer.

    Found by size: a RUN layer as large as a COPY layer below it, within a hundredth.
    """
    own = [layer for layer in layers if layer.line is not None and layer.size_bytes]
    copied = [layer.size_bytes for layer in own if "COPY" in layer.created_by]
    ran = [layer.size_bytes for layer in own if "COPY" not in layer.created_by]
    return sum(size for size in ran if any(abs(size - other) <= other / 100 for other in copied))


def _html_edit(exercise: Exercise, edited: Edited | None) -> Check:
    if edited is None:
        return _not_judged(exercise, "html-edit")
    reason = _edit_problem(edited)
    wanted = exercise.html_layers
    if not reason and len(edited.extra) != wanted:
        reason = "none" if not edited.extra else "fail"
    elif not reason and not edited.shown:
        reason = "not_shown"
    figures = _edit_figures(exercise, edited) | {"file": exercise.html_edit.file, "wanted": wanted}
    return _check(exercise, "html-edit", Verdict.FAIL if reason else Verdict.PASS, reason or "pass", **figures)


def _code_edit(exercise: Exercise, edited: Edited | None) -> Check:
    if edited is None:
        return _not_judged(exercise, "code-edit")
    reason = _edit_problem(edited)
    if not reason and not edited.shown:
        reason = "not_shown" if edited.extra else "none"
    figures = _edit_figures(exercise, edited) | {"file": exercise.code_edit.file}
    return _check(exercise, "code-edit", Verdict.FAIL if reason else Verdict.PASS, reason or "pass", **figures)


def _edit_problem(edited: Edited) -> str:
    if edited.problem:
        return "not_made"
    return "build_failed" if edited.build is None or not edited.build.succeeded else ""


def _edit_figures(exercise: Exercise, edited: Edited) -> dict[str, Figure]:
    failure = edited.build.failure if edited.build else None
    return {
        "layers_rebuilt": len(edited.extra),
        "metadata_rebuilt": len(edited.build.metadata_rebuilt) if edited.build else 0,
        "steps": "; ".join(f"{s.step.instruction.line}: {s.step.instruction}" for s in edited.extra),
        "problem": edited.problem or (failure.message if isinstance(failure, BuildFailed) else ""),
        "port": exercise.serve.port,
    }


def _toolchain(exercise: Exercise, measured: Measured) -> Check:
    if measured.toolchain is None:
        return _not_judged(exercise, "toolchain")
    found = measured.toolchain
    if not found:
        return _check(exercise, "toolchain", Verdict.PASS, "pass")
    largest = max(found, key=lambda entry: entry.size_bytes)
    size_mb = sum(entry.size_bytes for entry in found) / MEGABYTE
    return _check(exercise, "toolchain", Verdict.FAIL, "fail", path=largest.path, files=len(found), size_mb=size_mb)
