"""Why each rebuilt step of a finished build ran, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.builds.builder import Outcome
from tutor.builds.forecast.model import Cause, Forecast, Forgotten, StageRan, StepAbove, StepForecast, Verdict
from tutor.builds.forecast.words import chain, reason
from tutor.builds.report import BuildReport, StepReport
from tutor.language import Words


@dataclass(frozen=True)
class Why:
    """One step that ran. `causes` say why; `pulled_by` is the step above that pulled it along, None for its own doing.

    `index` is the step's place in report and forecast. `size_bytes` is what it added to the image, None when its
    stage is no part of it.
    """

    index: int
    report: StepReport
    causes: tuple[Cause, ...]
    pulled_by: int | None
    size_bytes: int | None
    foreseen: tuple[StepForecast, ...]

    @property
    def seconds(self) -> float:
        return self.report.seconds

    def chain(self, words: Words) -> tuple[str, ...]:
        """What changed, the steps on the way, this step."""
        return chain(self.foreseen, self.index, words)

    def reasons(self, words: Words) -> tuple[str, ...]:
        return tuple(reason(cause, self.foreseen, words) for cause in self.causes)


def why(report: BuildReport, forecast: Forecast) -> tuple[Why, ...]:
    """For each step that ran, in the order of the report; `forecast` is what was foreseen for this very build."""
    steps = _corrected(report, forecast)
    found = []
    for i, (step, foreseen) in enumerate(zip(report.steps, steps, strict=True)):
        if step.outcome in (Outcome.REBUILT, Outcome.FAILED):
            sizes = [layer.size_bytes for layer in report.layers if layer.line == step.step.instruction.line]
            above = next((cause.step for cause in foreseen.causes if isinstance(cause, StepAbove | StageRan)), None)
            found.append(Why(i, step, foreseen.causes, above, sizes[0] if sizes else None, steps))
    return tuple(found)


def _corrected(report: BuildReport, forecast: Forecast) -> tuple[StepForecast, ...]:
    """The forecast with what the engine no longer had: a step that was to stay cached, and ran."""
    steps = []
    for step, foreseen in zip(report.steps, forecast.steps, strict=True):
        if step.outcome is Outcome.REBUILT and foreseen.verdict is Verdict.CACHED:
            foreseen = replace(foreseen, causes=(Forgotten(),))
        steps.append(foreseen)
    return tuple(steps)
