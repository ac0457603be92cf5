"""What a forecast is made from, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import ImageInfo
from tutor.builds.snapshot import FileChange, Snapshot
from tutor.builds.steps import Step


@dataclass(frozen=True)
class BaseImage:
    """What is known of an image that a Dockerfile starts from. `id` is `""` when nobody asked the engine."""

    id: str = ""
    workdir: str = "/"
    user: str = ""
    env: tuple[str, ...] = ()

    @classmethod
    def of(cls, info: ImageInfo) -> BaseImage:
        """From what the engine tells of it."""
        env = info.config.get("Env")
        return cls(
            info.id,
            str(info.config.get("WorkingDir") or "/"),
            str(info.config.get("User") or ""),
            tuple(map(str, env)) if isinstance(env, list) else (),
        )


@dataclass(frozen=True, eq=False)
class Inputs:
    """All that decides what a build does. `images` holds what is known of base images, by the names FROM uses.

    Compared by identity, so that a walk over one need not be repeated.
    """

    dockerfile: Dockerfile
    snapshot: Snapshot = field(default_factory=Snapshot)
    builder: Builder = Builder.BUILDKIT
    target: str = ""
    build_args: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, BaseImage] = field(default_factory=dict)


class Verdict(StrEnum):
    """What becomes of a step. DEPENDS: on what the engine finds once a step before it has run."""

    CACHED = "cached"
    RERUNS = "re-runs"
    DEPENDS = "depends"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class FilesChanged:
    """Files of the build context that the step takes. `changes` in the order of their paths."""

    changes: tuple[FileChange, ...]


@dataclass(frozen=True)
class InstructionNew:
    """The last build had no such step."""


@dataclass(frozen=True)
class InstructionChanged:
    """The instruction's text; `before` is how it read."""

    before: str


@dataclass(frozen=True)
class ValueChanged:
    """A variable that the step uses. None: it had, or has, no value."""

    name: str
    before: str | None
    after: str | None


class Setting(StrEnum):
    """What other instructions above set for a step."""

    WORKDIR = "WORKDIR"
    USER = "USER"
    SHELL = "SHELL"


@dataclass(frozen=True)
class SettingChanged:
    setting: Setting
    before: str
    after: str


@dataclass(frozen=True)
class BaseChanged:
    """The image that the stage starts from, or that the step takes files from."""

    before: str
    after: str


@dataclass(frozen=True)
class StageRan:
    """The step takes files from a stage in which something runs again: `step`, an index into the forecast."""

    stage: str
    step: int


@dataclass(frozen=True)
class StepAbove:
    """A step above it in its stage, or in the stage below, runs again: `step`, an index into the forecast."""

    step: int


@dataclass(frozen=True)
class OrderChanged:
    """The step stands on another one than before. `""`: it stood, or stands, right on the base image."""

    before: str
    after: str


@dataclass(frozen=True)
class MostlyRuns:
    """A WORKDIR right on `scratch`: BuildKit mostly runs it again. What stands below isn't touched by that."""


@dataclass(frozen=True)
class Remote:
    """The step fetches something from elsewhere, which may have changed."""

    address: str


@dataclass(frozen=True)
class SameWork:
    """Another step does the same on the same ground: whichever comes first runs."""

    step: int


@dataclass(frozen=True)
class NothingKnown:
    """No earlier build is known, so nobody can say what the engine still has."""


@dataclass(frozen=True)
class LastBuildEnded:
    """The last build ended before it got to this step."""


@dataclass(frozen=True)
class Forgotten:
    """Nothing has changed, and it ran all the same: the engine no longer had it, or was told to use no cache."""


@dataclass(frozen=True)
class SameBytes:
    """Why a step stays cached though it takes files from a stage that runs again: they are the same as before."""

    stage: str
    step: int


@dataclass(frozen=True)
class Untouched:
    """Why a step stays cached: nothing it is made of has changed, and nothing under it."""


@dataclass(frozen=True)
class StageNotNeeded:
    """Why a step isn't built: what is built takes nothing from its stage, or stands above it."""

    stage: str


Cause = (
    FilesChanged
    | InstructionNew
    | InstructionChanged
    | ValueChanged
    | SettingChanged
    | BaseChanged
    | StageRan
    | StepAbove
    | OrderChanged
    | MostlyRuns
    | Remote
    | SameWork
    | NothingKnown
    | LastBuildEnded
    | Forgotten
    | SameBytes
    | Untouched
    | StageNotNeeded
)


@dataclass(frozen=True)
class StepForecast:
    """One step. `causes` says why it gets this verdict, the most telling first; there is always one."""

    step: Step
    verdict: Verdict
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Forecast:
    """One entry for each step of `tutor.builds.steps.plan`, in its order."""

    builder: Builder
    steps: tuple[StepForecast, ...]

    def count(self, verdict: Verdict) -> int:
        """How many layer steps (RUN, COPY, ADD, WORKDIR) have this verdict."""
        return sum(each.step.makes_layer and each.verdict is verdict for each in self.steps)
