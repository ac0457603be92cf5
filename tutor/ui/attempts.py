"""What a recorded grade says about itself. Old records may lack a figure: then it is None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.progress.store import Attempt


def size_bytes(attempt: Attempt) -> int | None:
    """The size of the image; None where none was built."""
    return _of_build(attempt, "solution", "size_bytes")


def layers_rebuilt(attempt: Attempt) -> int | None:
    """The layers that an edit of the page ran again."""
    return _of_build(attempt, "solution_edited", "layers_rebuilt")


def size_limit_bytes(attempt: Attempt) -> int | None:
    """The largest size that was allowed: a share of the start image's on the same engine."""
    checks = attempt.figures.get("checks")
    for check in checks if isinstance(checks, Iterable) else ():
        figures = check.get("figures") if isinstance(check, Mapping) and check.get("id") == "size" else None
        if isinstance(figures, Mapping):
            share, start_mb = figures.get("limit"), figures.get("start_mb")
            if isinstance(share, int | float) and isinstance(start_mb, int | float):
                return round(share * start_mb * 1_000_000)
    return None


def best(attempts: Sequence[Attempt]) -> int | None:
    """The place of the personal best: most points, then the smallest image, then the earliest."""
    if not attempts:
        return None
    return max(range(len(attempts)), key=lambda i: (attempts[i].points, -(size_bytes(attempts[i]) or 0)))


def _of_build(attempt: Attempt, build: str, name: str) -> int | None:
    builds = attempt.figures.get("builds")
    found = builds.get(build) if isinstance(builds, Mapping) else None
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if isinstance(value, int) else None
