"""The grade report as JSON: a documented, versioned shape for scripts and classrooms (see README)."""

from __future__ import annotations

from typing import Any

from tutor.builds.report import BuildReport
from tutor.grade.report import Check, GradeReport
from tutor.language import Words

SCHEMA = "diamol-tutor/grade/1"
"""Grows by new fields only; a changed meaning gets a new number."""


def report_as_json(report: GradeReport, words: Words, folder: str) -> dict[str, Any]:
    """The whole report as JSON values; sizes in bytes, durations in seconds."""
    return {
        "schema": SCHEMA,
        "exercise": report.exercise,
        "folder": folder,
        "passed": report.passed,
        "points": report.points,
        "points_possible": sum(check.points_possible for check in report.checks),
        "engine": {
            "version": report.engine.version,
            "builder": str(report.engine.builder),
            "store": report.engine.store,
        },
        "checks": [_check(check, words) for check in report.checks],
        "builds": {
            "start": _build(report.start),
            "start_edited": _build(report.start_edited),
            "solution": _build(report.solution),
            "solution_edited": _build(report.solution_edited),
        },
    }


def _check(check: Check, words: Words) -> dict[str, Any]:
    return {
        "id": check.id,
        "verdict": str(check.verdict),
        "reason": check.reason,
        "points": check.points,
        "points_possible": check.points_possible,
        "sentence": check.sentence(words),
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
        "steps": [
            {
                "stage": step.step.stage_label,
                "line": step.step.instruction.line,
                "instruction": str(step.step.instruction),
                "outcome": str(step.outcome),
                "seconds": round(step.seconds, 3),
            }
            for step in report.steps
        ],
    }
