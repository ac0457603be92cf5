"""The steps of a coming build: which instructions run, in which stage, and how each builder numbers them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.builds.dockerfile import Dockerfile, Instruction, Stage


class Builder(StrEnum):
    """The two builders of Docker Engine."""

    BUILDKIT = "buildkit"
    CLASSIC = "classic"


class Outcome(StrEnum):
    """What became of a step."""

    CACHED = "cached"
    REBUILT = "rebuilt"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Step:
    """One instruction as a build runs it. FROM is no step: it opens a stage.

    `number` of `total` is what the builder prints: counted within the stage by BuildKit, over the whole file by
    the classic builder. `position` is the instruction's index in its stage.
    """

    stage: int
    stage_label: str
    position: int
    number: int
    total: int
    instruction: Instruction

    @property
    def makes_layer(self) -> bool:
        return self.instruction.makes_layer


def plan(dockerfile: Dockerfile, builder: Builder) -> tuple[Step, ...]:
    """All steps in the order of the file.

    BuildKit counts FROM and the layer instructions of a stage (dockerfile2llb: a FROM that names another stage or
    `scratch` isn't counted); metadata instructions are no steps there. The classic builder counts every
    instruction of the file, global ARGs and FROMs included.
    """
    return _classic_plan(dockerfile) if builder is Builder.CLASSIC else _buildkit_plan(dockerfile)


def _buildkit_plan(dockerfile: Dockerfile) -> tuple[Step, ...]:
    steps: list[Step] = []
    for stage in dockerfile.stages:
        layers = [(i, instruction) for i, instruction in enumerate(stage.instructions) if instruction.makes_layer]
        first = 2 if _is_external(dockerfile, stage) else 1
        total = len(layers) + first - 1
        steps += [
            Step(stage.index, stage.label, position, number, total, instruction)
            for number, (position, instruction) in enumerate(layers, first)
        ]
    return tuple(steps)


def _is_external(dockerfile: Dockerfile, stage: Stage) -> bool:
    return stage.base != "scratch" and dockerfile.base_stage(stage) is None


def _classic_plan(dockerfile: Dockerfile) -> tuple[Step, ...]:
    total = len(dockerfile.global_args) + sum(1 + len(stage.instructions) for stage in dockerfile.stages)
    steps: list[Step] = []
    number = len(dockerfile.global_args)
    for stage in dockerfile.stages:
        number += 1
        for position, instruction in enumerate(stage.instructions):
            number += 1
            steps.append(Step(stage.index, stage.label, position, number, total, instruction))
    return tuple(steps)


def needed_stages(dockerfile: Dockerfile, target: str = "") -> frozenset[int]:
    """The indexes of the stages that BuildKit builds for `target` (the final stage when ""); it skips all others.

    A stage needs the stage its FROM names, and those of its `COPY --from=…` and `RUN --mount=…,from=…`.
    """
    chosen = dockerfile.source_stage(target, before=len(dockerfile.stages)) if target else dockerfile.final_stage
    waiting = [chosen] if chosen else []
    needed: set[int] = set()
    while waiting:
        stage = waiting.pop()
        if stage.index not in needed:
            needed.add(stage.index)
            waiting += _stages_used_by(dockerfile, stage)
    return frozenset(needed)


def _stages_used_by(dockerfile: Dockerfile, stage: Stage) -> list[Stage]:
    found = [dockerfile.base_stage(stage)]
    for instruction in stage.instructions:
        found += [dockerfile.source_stage(source, before=stage.index) for source in sources(instruction)]
    return [used for used in found if used is not None]


def sources(instruction: Instruction) -> tuple[str, ...]:
    """The stages or images an instruction takes files from: `--from=X`, and `from=X` of each `--mount`."""
    names = [flag.value for flag in instruction.flags if flag.name == "from" and flag.value]
    for flag in instruction.flags:
        if flag.name == "mount" and flag.value:
            names += [option[len("from=") :] for option in flag.value.split(",") if option.startswith("from=")]
    return tuple(names)


def base_images(dockerfile: Dockerfile, stages: frozenset[int]) -> tuple[str, ...]:
    """The images that these stages take from outside the Dockerfile, each once; what ARGs stand in is left out."""
    images: dict[str, None] = {}
    for stage in dockerfile.stages:
        if stage.index not in stages:
            continue
        if dockerfile.base_stage(stage) is None:
            images[stage.base] = None
        for instruction in stage.instructions:
            images |= {s: None for s in sources(instruction) if dockerfile.source_stage(s, stage.index) is None}
    return tuple(image for image in images if image != "scratch" and "$" not in image and not image.isdigit())


def twins(dockerfile: Dockerfile, steps: tuple[Step, ...], target: str = "") -> dict[int, tuple[int, ...]]:
    """For each step the other steps that are the same work: same base, same instructions up to here.

    BuildKit runs such steps once and names only one of them (its vertexes are found by content), so whoever reads
    its trace must give the others the same outcome. Steps of stages that aren't needed have no twins.
    """
    needed = needed_stages(dockerfile, target)
    groups: dict[str, list[int]] = {}
    for i, step in enumerate(steps):
        if step.stage in needed:
            groups.setdefault(_work(dockerfile, dockerfile.stages[step.stage], step.position), []).append(i)
    return {i: tuple(j for j in group if j != i) for group in groups.values() if len(group) > 1 for i in group}


def _work(dockerfile: Dockerfile, stage: Stage, last: int) -> str:
    """What a stage has done after its instruction number `last`, as a text that is equal for equal work."""
    below = dockerfile.base_stage(stage)
    done = [_work(dockerfile, below, len(below.instructions)) if below else f"FROM {stage.base}"]
    for instruction in stage.instructions[: last + 1]:
        stages = [dockerfile.source_stage(source, stage.index) for source in sources(instruction)]
        brought = [_work(dockerfile, used, len(used.instructions)) for used in stages if used]
        named = str(instruction) if not brought else f"{instruction.keyword} {instruction.arguments}"
        done.append("\n".join([named, *(h.body for h in instruction.heredocs), *(f"({work})" for work in brought)]))
    return "\n".join(done)
