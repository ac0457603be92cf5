"""Build reports made from a Dockerfile's text, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.builds.builder import Builder, Outcome
from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.layers import Layer
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport, StepReport
from tutor.builds.steps import plan


def built(
    text: str,
    rebuilt: Sequence[int] = (),
    size_bytes: int = 1000,
    builder: Builder = Builder.BUILDKIT,
    layers: Sequence[Layer] = (),
) -> BuildReport:
    """A good build whose steps on the lines `rebuilt` ran and all others were cached."""
    dockerfile = parse(text)
    steps = tuple(
        StepReport(step, Outcome.REBUILT if step.instruction.line in rebuilt else Outcome.CACHED, 0.5)
        for step in plan(dockerfile, builder)
    )
    return BuildReport(builder, dockerfile, steps, "sha256:1", tuple(layers) or (Layer(size_bytes, "base"),))


def failed(text: str, message: str, kind: FailureKind = FailureKind.STEP, line: int | None = None) -> BuildReport:
    dockerfile = parse(text)
    steps = tuple(StepReport(step, Outcome.NOT_RUN) for step in plan(dockerfile, Builder.BUILDKIT))
    return BuildReport(Builder.BUILDKIT, dockerfile, steps, failure=BuildFailed(message, kind, line=line))
