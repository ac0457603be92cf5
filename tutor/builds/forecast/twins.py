"""Steps that are one and the same work, in whichever stages they stand."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.forecast.model import Inputs
from tutor.builds.forecast.walk import Memory, Walk


def twins(
    dockerfile: Dockerfile, target: str = "", build_args: Mapping[str, str] | None = None
) -> dict[int, tuple[int, ...]]:
    """For each step of a BuildKit build the others that are the same work on the same ground.

    BuildKit runs such steps once and names only one of them (its vertexes are found by content), so whoever reads
    its trace must give the others the same outcome. Steps that aren't built have no twins.
    """
    groups: dict[str, list[int]] = {}
    for i, walked in enumerate(Walk(Inputs(dockerfile, target=target, build_args=build_args or {}), Memory()).steps):
        if walked.work is not None:
            groups.setdefault(walked.vertex, []).append(i)
    return {i: tuple(j for j in group if j != i) for group in groups.values() if len(group) > 1 for i in group}
