"""Why an edit re-ran a step: read off from where the steps stand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.report import StepReport
from tutor.builds.steps import Step, sources


class Cause(StrEnum):
    """BELOW: a step above it in its stage ran again; STAGE: it copies from a stage that did; BASE: its stage builds on
    one; FILE: it reads the edited file itself.
    """

    FILE = "file"
    BELOW = "below"
    STAGE = "stage"
    BASE = "base"


@dataclass(frozen=True)
class Rerun:
    """A step that ran again. `because` is the step that made it: the highest one of its stage, or the last of another
    stage; None when it is the edited file.
    """

    step: Step
    cause: Cause
    because: Step | None = None


def reruns(dockerfile: Dockerfile, again: Sequence[StepReport]) -> tuple[Rerun, ...]:
    """The cause of each step that ran again, in the order of the file."""
    steps = sorted((report.step for report in again), key=lambda step: (step.stage, step.position))
    return tuple(_rerun(dockerfile, step, steps) for step in steps)


def _rerun(dockerfile: Dockerfile, step: Step, again: Sequence[Step]) -> Rerun:
    above = next((other for other in again if other.stage == step.stage and other.position < step.position), None)
    if above is not None:
        return Rerun(step, Cause.BELOW, above)
    stage = dockerfile.stages[step.stage]
    for source in sources(step.instruction):
        used = dockerfile.source_stage(source, stage.index)
        if used and (changed := _last(used.index, again)):
            return Rerun(step, Cause.STAGE, changed)
    below = dockerfile.base_stage(stage)
    while below is not None:
        if changed := _last(below.index, again):
            return Rerun(step, Cause.BASE, changed)
        below = dockerfile.base_stage(below)
    return Rerun(step, Cause.FILE)


def _last(stage: int, again: Sequence[Step]) -> Step | None:
    return next((step for step in reversed(again) if step.stage == stage), None)
