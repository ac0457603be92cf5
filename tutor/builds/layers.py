"""The layers of an image, and which Dockerfile line each came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.builds.dockerfile import Dockerfile, Instruction, Stage


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

    Each builder writes a history entry for each instruction of the stage and the stages below it, so they are
    matched from the top down by their keyword; an entry that matches none (the classic builder's LABEL for the
    build's own labels) is passed over.
    """
    waiting: list[Instruction] = []
    stage: Stage | None = target or dockerfile.final_stage
    while stage is not None:
        waiting += [i for i in reversed(stage.instructions) if i.keyword not in _LEAVES_NO_ENTRY]
        stage = dockerfile.base_stage(stage)
    lined: list[Layer] = []
    for layer in reversed(layers):
        if waiting and waiting[0].keyword == keyword_of(layer.created_by):
            layer = replace(layer, line=waiting.pop(0).line)
        lined.append(layer)
    return tuple(reversed(lined))


_LEAVES_NO_ENTRY = frozenset({"MAINTAINER"})


def keyword_of(created_by: str) -> str:
    """The instruction that a history entry came from.

    BuildKit keeps the instruction (`RUN /bin/sh -c …`, `COPY a b # buildkit`); the classic builder writes
    `/bin/sh -c #(nop) COPY …`, and the bare command for RUN.
    """
    _, nop, after = created_by.partition("#(nop)")
    words = (after if nop else created_by).split(maxsplit=1)
    if not words or not words[0].isupper() or not words[0].isalpha():
        return "RUN"
    return words[0]


def instruction_text(created_by: str) -> str:
    """A history entry as the instruction it came from, without what builders put around it: `RUN go build`."""
    text = " ".join(created_by.removesuffix("# buildkit").split())
    _, nop, after = text.partition("#(nop) ")
    if nop:
        return after.strip()
    for shell in ("RUN /bin/sh -c ", "/bin/sh -c "):
        if text.startswith(shell):
            return f"RUN {text.removeprefix(shell)}"
    return text
