"""What the app knows of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import TutorError

if TYPE_CHECKING:  # the first screen needn't wait for these
    from tutor.builds.engine import Engine, EngineFacts


@dataclass(frozen=True)
class Connecting:
    """Not known yet."""


@dataclass(frozen=True)
class Connected:
    engine: Engine
    facts: EngineFacts


@dataclass(frozen=True)
class Unreachable:
    """No engine; `error` says why and what to do."""

    error: TutorError


EngineState = Connecting | Connected | Unreachable
