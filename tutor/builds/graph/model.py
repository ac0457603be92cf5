"""Stages, what each takes from others, and how each stands in a build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from tutor.builds.builder import Builder, Outcome
from tutor.builds.dockerfile import Dockerfile, Instruction, Stage
from tutor.builds.forecast.scope import Scope
from tutor.builds.forecast.work import mount_options
from tutor.builds.layers import total_size_bytes
from tutor.builds.report import BuildReport
from tutor.builds.resolve import resolved
from tutor.builds.steps import needed_stages


@dataclass(frozen=True)
class Carry:
    """What a stage takes from one other stage or image.

    `source` is the stage's index, None for an image; `paths` what its COPY and mounts name, in the order of the file.
    """

    source: int | None
    source_name: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """One stage. `base` is what its FROM names, `on` that stage's index if it is one; `steps` counts layer steps."""

    index: int
    label: str
    base: str
    on: int | None
    steps: int
    takes: tuple[Carry, ...]


@dataclass(frozen=True)
class StageGraph:
    boxes: tuple[Box, ...]


class StageState(StrEnum):
    """How a stage stands. DONE: something in it ran; CACHED: nothing had to.

    After a build that failed or was stopped: NOT_RUN, it was never begun; STOPPED, it was begun and not finished.
    """

    WAITING = "waiting"
    BUILDING = "building"
    CACHED = "cached"
    DONE = "done"
    FAILED = "failed"
    NOT_RUN = "not_run"
    STOPPED = "stopped"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class Standing:
    """A stage in a build. `finished` counts layer steps.

    `size_bytes` is that of the stage as an image, known for the one that was built and those it stands on.
    """

    state: StageState
    finished: int = 0
    size_bytes: int | None = None


def graph_of(dockerfile: Dockerfile, build_args: Mapping[str, str] | None = None) -> StageGraph:
    """The graph of all stages, needed or not."""
    meant = resolved(dockerfile, build_args or {})
    return StageGraph(tuple(_box(meant, stage) for stage in meant.stages))


def _box(dockerfile: Dockerfile, stage: Stage) -> Box:
    below = dockerfile.base_stage(stage)
    taken: dict[str, list[str]] = {}
    for instruction in stage.instructions:
        for name, paths in _taken(instruction):
            taken.setdefault(name, []).extend(paths)
    carries: dict[tuple[int | None, str], list[str]] = {}
    for name, paths in taken.items():
        source = dockerfile.source_stage(name, stage.index)
        carries.setdefault((source.index, source.label) if source else (None, name), []).extend(paths)
    return Box(
        stage.index,
        stage.label,
        stage.base,
        below.index if below else None,
        sum(instruction.makes_layer for instruction in stage.instructions),
        tuple(Carry(*source, tuple(dict.fromkeys(paths))) for source, paths in carries.items()),
    )


def _taken(instruction: Instruction) -> list[tuple[str, list[str]]]:
    """The stages or images that an instruction takes files from, with the paths it names there."""
    origin = instruction.flag("from")
    if instruction.keyword == "COPY" and origin:
        return [(origin, list(instruction.words[:-1]))]
    mounts = [mount_options(value, Scope()) for value in instruction.values("mount")]
    return [(mount["from"], [mount.get("source", "/")]) for mount in mounts if "from" in mount]


def standings(
    dockerfile: Dockerfile,
    builder: Builder = Builder.BUILDKIT,
    target: str = "",
    report: BuildReport | None = None,
    running: frozenset[int] = frozenset(),
) -> tuple[Standing, ...]:
    """How each stage stands; `report` may be that of a build under way, `running` the indexes of steps at work."""
    wanted = dockerfile.source_stage(target, len(dockerfile.stages)) if target else None
    last = (wanted or dockerfile.final_stage).index
    needed = needed_stages(dockerfile, target) if builder is Builder.BUILDKIT else frozenset(range(last + 1))
    found = []
    for stage in dockerfile.stages:
        if stage.index not in needed:
            found.append(Standing(StageState.NOT_NEEDED))
        elif report is None:
            found.append(Standing(StageState.WAITING))
        else:
            size = _size_bytes(report, stage, dockerfile.stages[last])
            found.append(_standing(report, stage.index, running, size))
    return tuple(found)


def _size_bytes(report: BuildReport, stage: Stage, built: Stage) -> int | None:
    """A stage's size as an image: the layers of the built one, up to the first that a stage above it made."""
    if not report.succeeded:
        return None
    above: set[int] = set()
    on: Stage | None = built
    while on is not None and on.index != stage.index:
        above |= {instruction.line for instruction in on.instructions}
        on = report.dockerfile.base_stage(on)
    if on is None:
        return None
    layers = takewhile(lambda layer: layer.line is None or layer.line not in above, report.layers)
    return total_size_bytes(tuple(layers))


def _standing(report: BuildReport, stage: int, running: frozenset[int], size_bytes: int | None) -> Standing:
    steps = [(i, step) for i, step in enumerate(report.steps) if step.step.stage == stage and step.step.makes_layer]
    finished = sum(step.outcome in (Outcome.CACHED, Outcome.REBUILT) for _, step in steps)
    outcomes = {step.outcome for _, step in steps}
    if Outcome.FAILED in outcomes:
        state = StageState.FAILED
    elif report.succeeded or (finished == len(steps) and steps):
        state = StageState.DONE if Outcome.REBUILT in outcomes else StageState.CACHED
    elif report.failure is not None:
        state = StageState.STOPPED if finished else StageState.NOT_RUN
    elif finished or any(i in running for i, _ in steps):
        state = StageState.BUILDING
    else:
        state = StageState.WAITING
    return Standing(state, finished, size_bytes)
