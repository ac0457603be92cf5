"""The forecast of a build from what it is made of and what earlier builds were made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from tutor.builds.builder import Builder, Outcome
from tutor.builds.forecast.causes import Causes
from tutor.builds.forecast.model import Forecast, Inputs, SameWork, StepForecast, Verdict
from tutor.builds.forecast.walk import Memory, Walk, Walked
from tutor.builds.report import BuildReport


def forecast(
    after: Inputs,
    before: Inputs | None = None,
    last_report: BuildReport | None = None,
    older: Sequence[Inputs] = (),
) -> Forecast:
    """What building `after` is going to do.

    `before` is what the last build was made of, `last_report` what it came to (None: it went through), `older` what
    builds before that were made of, the latest last: whatever they made may still be cached. With `before` None
    nothing is known, and every step DEPENDS. What the engine has dropped meanwhile, or keeps from builds that are not
    told here, can't be known.
    """
    memory = Memory()
    for inputs in older:
        _remember(memory, _walked_alone(inputs).steps)
    then = _walked_alone(before) if before else None
    done = _done(then, last_report)
    if then:
        _remember(memory, [walked for i, walked in enumerate(then.steps) if i in done])
    now = Walk(after, memory)
    causes = Causes(now, then, done)
    steps = []
    for i, walked in enumerate(now.steps):
        if before is None and not older and walked.verdict is not Verdict.NOT_NEEDED:
            walked = replace(walked, verdict=Verdict.DEPENDS)
        steps.append(StepForecast(walked.step, walked.verdict, causes.of(i, walked)))
    for i, twin in _races(now.steps, after.builder).items():
        steps[i] = replace(steps[i], verdict=Verdict.DEPENDS, causes=(*steps[i].causes, SameWork(twin)))
    return Forecast(after.builder, tuple(steps))


@lru_cache(maxsize=64)
def _walked_alone(inputs: Inputs) -> Walk:
    """A build as it was with nothing cached."""
    return Walk(inputs, Memory())


def _remember(memory: Memory, steps: Sequence[Walked]) -> None:
    for walked in steps:
        memory.remember(walked)


def _done(then: Walk | None, report: BuildReport | None) -> frozenset[int]:
    """The steps of the last build that came to an end; all of them when there is no report on it."""
    if then is None:
        return frozenset()
    steps = range(len(then.steps))
    if report is None or report.succeeded or len(report.steps) != len(then.steps):
        return frozenset(steps)
    ended = (Outcome.CACHED, Outcome.REBUILT)
    return frozenset(i for i in steps if report.steps[i].outcome in ended)


def _races(steps: Sequence[Walked], builder: Builder) -> dict[int, int]:
    """Steps that BuildKit runs side by side though they come to the same: one of them may find the other's result."""
    first: dict[str, int] = {}
    races: dict[int, int] = {}
    if builder is Builder.CLASSIC:
        return races
    for i, walked in enumerate(steps):
        if walked.work is None or walked.verdict is Verdict.CACHED:
            continue
        other = first.setdefault(walked.key, i)
        if other != i and steps[other].vertex != walked.vertex:
            races |= {i: other, other: i}
    return races
