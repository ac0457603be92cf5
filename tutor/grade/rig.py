"""What all probes of one grade work with."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.builds.engine import Engine, EngineFacts
from tutor.course.exercise import Exercise
from tutor.grade.stop import Stop


@dataclass(frozen=True)
class Terms:
    """What a solution is allowed. `isolated`: its containers have no network; `offline`: its builds have none."""

    isolated: bool = False
    offline: bool = False


TRUSTED = Terms()
"""For a learner's own work on their own machine, and for what the exercise brings."""


@dataclass(frozen=True)
class Rig:
    """`terms` hold for the solution; what the exercise brings itself is trusted."""

    exercise: Exercise
    engine: Engine
    facts: EngineFacts
    terms: Terms = TRUSTED
    stop: Stop = field(default_factory=Stop)
