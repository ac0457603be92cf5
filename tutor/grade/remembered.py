"""Baselines kept between grades, in one small JSON file. Damage to it costs a new measurement, nothing else."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tutor.builds.builder import Builder, Outcome
from tutor.builds.dockerfile import DockerfileError
from tutor.builds.layers import Layer
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport, StepReport
from tutor.builds.steps import plan
from tutor.grade.measured import Baseline
from tutor.places import state_folder

FORMAT = 1
"""Of the file; another one is as good as no file."""

KEPT = 12
"""How many baselines are kept: a few engines, two builders."""


class Memory:
    """`file` is `baselines.json` in the state folder unless told otherwise."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    @property
    def file(self) -> Path:
        return self._file or state_folder() / "baselines.json"

    def recall(self, key: str) -> Baseline | None:
        """What was kept under this key, or None."""
        try:
            entry = self._read()[key]
            return Baseline(_report(entry["start"]), _report(entry["start_edited"]), int(entry["par_bytes"]))
        except (KeyError, ValueError, TypeError, DockerfileError):
            return None

    def keep(self, key: str, baseline: Baseline) -> None:
        """Keep it, and the latest others. Where the file can't be written, nothing is kept."""
        kept = self._read()
        kept.pop(key, None)
        kept[key] = {
            "start": _as_json(baseline.start),
            "start_edited": _as_json(baseline.start_edited),
            "par_bytes": baseline.par_bytes,
        }
        latest = dict(list(kept.items())[-KEPT:])
        with suppress(OSError):
            self._write(json.dumps({"format": FORMAT, "baselines": latest}))

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self.file.read_text("utf-8"))
            kept = data["baselines"] if data["format"] == FORMAT else {}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, text: str) -> None:
        """Whole or not at all, whatever happens meanwhile."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=self.file.name, dir=self.file.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as half:
                half.write(text)
            Path(name).replace(self.file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _as_json(report: BuildReport) -> dict[str, Any]:
    return {
        "builder": str(report.builder),
        "dockerfile": report.dockerfile.source,
        "steps": [[str(step.outcome), step.seconds] for step in report.steps],
        "image_id": report.image_id,
        "layers": [[layer.size_bytes, layer.created_by, layer.line] for layer in report.layers],
    }


def _report(kept: dict[str, Any]) -> BuildReport:
    """Raises KeyError, ValueError, TypeError or DockerfileError for what isn't a good build's report."""
    dockerfile = parse(kept["dockerfile"])
    builder = Builder(kept["builder"])
    steps = zip(plan(dockerfile, builder), kept["steps"], strict=True)
    report = BuildReport(
        builder,
        dockerfile,
        tuple(StepReport(step, Outcome(outcome), float(seconds)) for step, (outcome, seconds) in steps),
        str(kept["image_id"]),
        tuple(Layer(int(size), str(said), None if line is None else int(line)) for size, said, line in kept["layers"]),
    )
    if report.size_bytes <= 0:
        raise ValueError("an image of no size")
    return report
