"""The steps of a coming build: which instructions run, in which stage, and how each builder numbers them."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Dockerfile, Instruction, Stage


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
        layers = [(i, instruction) for i, instruction in layers if not _leads_to_root(instruction)]
        steps += [
            Step(stage.index, stage.label, position, number, total, instruction)
            for number, (position, instruction) in enumerate(layers, first)
        ]
    return tuple(steps)


def _leads_to_root(instruction: Instruction) -> bool:
    """`WORKDIR /`: BuildKit counts it, but there is nothing to do, and it gets no number."""
    return (
        instruction.keyword == "WORKDIR"
        and instruction.arguments.strip("\"'/. ") == ""
        and (instruction.arguments.strip("\"'").startswith("/"))
    )


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


def built_stages(dockerfile: Dockerfile, builder: Builder, target: str = "") -> frozenset[int]:
    """The indexes of the stages that a build may touch: those needed with BuildKit, every stage with classic."""
    if builder is Builder.CLASSIC:
        return frozenset(range(len(dockerfile.stages)))
    return needed_stages(dockerfile, target)


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
