"""The layers of an image, and which Dockerfile line each came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.builds.dockerfile import Dockerfile, Stage


@dataclass(frozen=True)
class Layer:
    """One entry of `docker image history`, from the bottom up.

    `size_bytes` is what it adds (0 for metadata), `created_by` the command as the engine keeps it, `line` the
    Dockerfile line it came from, None for the layers of the base image.
    """

    size_bytes: int
    created_by: str
    line: int | None = None


def total_size_bytes(layers: Sequence[Layer]) -> int:
    """An image's size as the sum of its layers: the one figure that means the same on every image store."""
    return sum(layer.size_bytes for layer in layers)


def with_lines(layers: Sequence[Layer], dockerfile: Dockerfile, target: Stage | None = None) -> tuple[Layer, ...]:
    """Give the top layers the Dockerfile lines of the target stage's instructions.

    Each builder writes one history entry for each instruction of the stage chain (ARG too on the classic builder,
    MAINTAINER and the like on both), so they are matched from the top down as long as the keyword agrees.
    """
    instructions = []
    stage: Stage | None = target or dockerfile.final_stage
    while stage is not None:
        instructions += [i for i in reversed(stage.instructions) if i.keyword != "ONBUILD"]
        stage = dockerfile.base_stage(stage)
    lined = list(layers)
    top = len(lined) - 1
    for instruction in instructions:
        if top < 0:
            break
        if instruction.keyword in lined[top].created_by.upper():
            lined[top] = replace(lined[top], line=instruction.line)
            top -= 1
    return tuple(lined)
