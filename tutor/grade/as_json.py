"""The grade report as JSON, for scripts, classrooms and the history of attempts.

One grade, schema `diamol-tutor/grade/1`; a later version only adds fields, or has another number:

    schema           "diamol-tutor/grade/1"
    exercise         the exercise's id
    folder           the folder that was graded, as it was named
    passed           true when every check passed
    points           what the checks that passed are worth; `points_possible` is what all are worth (100)
    engine           {"version", "builder": "buildkit" | "classic", "store"}
    base_images      {name: id} of the images that the exercise and the solution build on; "" for one that isn't there
    checks           a list, always all of them, in the same order:
      id               "builds" | "serves" | "size" | "html-edit" | "code-edit" | "toolchain"
      verdict          "pass" | "fail" | "not judged" (an earlier check failed, so there was nothing to measure)
      reason           why, as one word: the same for the same cause, in every language
      points           with `points_possible`
      sentence         the verdict as a sentence with numbers, in the language asked for
      notes            further sentences: which steps ran again and why, the last lines of a failed step
      figures          what was measured, by name: numbers, texts
    builds           {"start", "start_edited", "solution", "solution_edited"}, each null or:
      image_id, size_bytes, layers_rebuilt, metadata_rebuilt
      layers           [{"line": Dockerfile line or null for the base image, "size_bytes"}], from the bottom up
      steps            [{"stage", "line", "instruction", "outcome": "cached" | "rebuilt" | "failed" | "not run",
                       "seconds"}]

A solution that could not be graded at all (no such folder, out of time) has `"error": {"message", "hint"}` in place of
`engine`, `base_images`, `checks` and `builds`, and 0 points.

A class, schema `diamol-tutor/class/1`: `exercise`, `passed` (how many), `total`, and `grades`, a list of the above in
the order in which the folders were named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.builds.report import BuildReport
from tutor.grade.report import Check, GradeReport
from tutor.grade.several import Entry
from tutor.language import Words
from tutor.sanitise import clean_line

SCHEMA = "diamol-tutor/grade/1"
CLASS_SCHEMA = "diamol-tutor/class/1"


def report_as_json(report: GradeReport, words: Words, folder: str) -> dict[str, Any]:
    """One grade; sizes in bytes, durations in seconds."""
    return {
        "schema": SCHEMA,
        "exercise": report.exercise,
        "folder": folder,
        "passed": report.passed,
        "points": report.points,
        "points_possible": report.points_possible,
        "engine": {
            "version": report.engine.version,
            "builder": str(report.engine.builder),
            "store": report.engine.store,
        },
        "base_images": dict(report.base_images),
        "checks": [_check(check, words) for check in report.checks],
        "builds": {
            "start": _build(report.start),
            "start_edited": _build(report.start_edited),
            "solution": _build(report.solution),
            "solution_edited": _build(report.solution_edited),
        },
    }


def entry_as_json(exercise: str, entry: Entry, words: Words) -> dict[str, Any]:
    """One grade of a class, or why there is none."""
    if entry.report is not None:
        return report_as_json(entry.report, words, str(entry.folder))
    return {
        "schema": SCHEMA,
        "exercise": exercise,
        "folder": str(entry.folder),
        "passed": False,
        "points": 0,
        "points_possible": entry.points_possible,
        "error": {"message": entry.problem, "hint": entry.error.hint if entry.error else ""},
    }


def class_as_json(exercise: str, grades: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Several grades, each as above."""
    passed = sum(bool(grade["passed"]) for grade in grades)
    return {
        "schema": CLASS_SCHEMA,
        "exercise": exercise,
        "passed": passed,
        "total": len(grades),
        "grades": list(grades),
    }


def _check(check: Check, words: Words) -> dict[str, Any]:
    return {
        "id": check.id,
        "verdict": str(check.verdict),
        "reason": check.reason,
        "points": check.points,
        "points_possible": check.points_possible,
        "sentence": check.sentence(words),
        "notes": [note.sentence(words) for note in check.notes],
        "figures": dict(check.figures),
    }


def _build(report: BuildReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "image_id": report.image_id,
        "size_bytes": report.size_bytes,
        "layers_rebuilt": len(report.rebuilt),
        "metadata_rebuilt": len(report.metadata_rebuilt),
        "layers": [{"line": layer.line, "size_bytes": layer.size_bytes} for layer in report.layers],
        "steps": [
            {
                "stage": step.step.stage_label,
                "line": step.step.instruction.line,
                "instruction": clean_line(str(step.step.instruction)),
                "outcome": str(step.outcome),
                "seconds": round(step.seconds, 3),
            }
            for step in report.steps
        ],
    }
