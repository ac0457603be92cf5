"""A forecast in words: the chain that leads from what changed to a step, and each cause as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.builds.forecast.model import (
    BaseChanged,
    Cause,
    FilesChanged,
    Forecast,
    Forgotten,
    InstructionChanged,
    InstructionNew,
    LastBuildEnded,
    MostlyRuns,
    NothingKnown,
    OrderChanged,
    Remote,
    SameBytes,
    SameWork,
    SettingChanged,
    StageNotNeeded,
    StageRan,
    StepAbove,
    StepForecast,
    Untouched,
    ValueChanged,
    Verdict,
)
from tutor.builds.snapshot import Change
from tutor.language import Words
from tutor.sanitise import clean_line

FILES_NAMED = 3
"""How many changed files a sentence names; the rest is counted."""

LONGEST = 60
"""Characters of an instruction or value that are shown."""


def shown(text: str) -> str:
    """Text from outside, clean and short."""
    text = " ".join(clean_line(text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def chain(steps: Sequence[StepForecast], index: int, words: Words) -> tuple[str, ...]:
    """What changed, then each step on the way, the step itself last.

    `index.html changed`, `COPY index.html .`, `RUN chmod +x server`; only causes that lead further are followed.
    """
    links = [shown(str(steps[index].step.instruction))]
    seen = {index}
    while True:
        match steps[index].causes[:1]:
            case (StepAbove(step) | StageRan(_, step),) if step not in seen:
                index = step
                seen.add(index)
                links.append(shown(str(steps[index].step.instruction)))
            case (cause,):
                return (reason(cause, steps, words), *reversed(links))
            case _:
                return tuple(reversed(links))


def consequence(forecast: Forecast, index: int, words: Words) -> str:
    """What a step that runs again pulls along; `""` for one that stays cached or pulls nothing along."""
    step = forecast.steps[index].step
    if forecast.steps[index].verdict in (Verdict.CACHED, Verdict.NOT_NEEDED):
        return ""
    below = [each for each in forecast.steps if each.step.stage == step.stage and each.step.position > step.position]
    pulled = sum(StepAbove(index) in each.causes for each in below)
    if not pulled:
        return ""
    return words("forecast.chain.all_below" if pulled == len(below) else "forecast.chain.some_below", count=pulled)


def sentence(forecast: Forecast, index: int, words: Words) -> str:
    """The whole chain on one line, with what the step pulls along."""
    parts = [*chain(forecast.steps, index, words), consequence(forecast, index, words)]
    return words("forecast.chain.arrow").join(part for part in parts if part)


def reasons(steps: Sequence[StepForecast], index: int, words: Words) -> tuple[str, ...]:
    """Each cause of a step as a sentence of its own."""
    return tuple(reason(cause, steps, words) for cause in steps[index].causes)


def reason(cause: Cause, steps: Sequence[StepForecast], words: Words) -> str:
    """One cause as a sentence, without a full stop."""

    def told(entry: str, /, **values: object) -> str:
        return words(f"forecast.cause.{entry}", **values)

    def step(index: int) -> str:
        return shown(str(steps[index].step.instruction))

    match cause:
        case FilesChanged():
            return files(cause, words)
        case InstructionNew():
            return told("instruction_new")
        case InstructionChanged(before):
            return told("instruction_changed", before=shown(before))
        case ValueChanged(name, before, after) if before == after:
            return told("value_moved", name=shown(name))
        case ValueChanged(name, before, after):
            return told("value_changed", name=shown(name), before=_value(before, words), after=_value(after, words))
        case SettingChanged(setting, before, after):
            return told("value_changed", name=setting, before=_value(before, words), after=_value(after, words))
        case BaseChanged(before, after) if before == after:
            return told("base_renewed", image=shown(after))
        case BaseChanged(before, after):
            return told("base_changed", before=shown(before), after=shown(after))
        case StageRan(stage, index):
            return told("stage_ran", stage=shown(stage), step=step(index))
        case StepAbove(index):
            return told("step_above", step=step(index))
        case OrderChanged(before, after):
            on = words("forecast.cause.the_base")
            return told("order_changed", before=shown(before) or on, after=shown(after) or on)
        case SameWork(index):
            return told("same_work", step=step(index))
        case Remote(address):
            return told("remote", address=shown(address))
        case SameBytes(stage, index):
            return told("same_bytes", stage=shown(stage), step=step(index))
        case StageNotNeeded(stage):
            return told("stage_not_needed", stage=shown(stage))
        case MostlyRuns() | NothingKnown() | LastBuildEnded() | Forgotten() | Untouched():
            return told(_PLAIN[type(cause)])


_PLAIN = {
    MostlyRuns: "mostly_runs",
    NothingKnown: "nothing_known",
    LastBuildEnded: "last_build_ended",
    Forgotten: "forgotten",
    Untouched: "untouched",
}


def files(cause: FilesChanged, words: Words) -> str:
    """`index.html changed`; several files by name, the rest counted."""
    changes = cause.changes
    names = ", ".join(shown(change.path) for change in changes[:FILES_NAMED])
    if len(changes) > FILES_NAMED:
        names = words("forecast.files.more", names=names, count=len(changes) - FILES_NAMED)
    kinds = {change.change for change in changes}
    kind = kinds.pop() if len(kinds) == 1 else Change.CHANGED
    return words(f"forecast.files.{kind}", names=names)


def _value(value: str | None, words: Words) -> str:
    return words("forecast.cause.no_value") if value is None else f"“{shown(value)}”"
