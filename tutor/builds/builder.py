"""The two builders of Docker Engine, and what becomes of a step in either."""

from __future__ import annotations

from enum import StrEnum


class Builder(StrEnum):
    """Docker's names for them."""

    BUILDKIT = "buildkit"
    CLASSIC = "classic"


class Outcome(StrEnum):
    """What became of a step."""

    CACHED = "cached"
    REBUILT = "rebuilt"
    FAILED = "failed"
    NOT_RUN = "not run"
