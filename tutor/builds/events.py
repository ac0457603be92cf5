"""What a running build tells, whichever builder runs it. `step` is an index into `BuildStarted.steps`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from tutor.builds.builder import Builder, Outcome
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.layers import Layer
from tutor.builds.steps import Step
from tutor.phrase import Phrase


@dataclass(frozen=True)
class BuildStarted:
    """Always the first event: what is going to be built."""

    build_id: str
    builder: Builder
    dockerfile: Dockerfile
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class PullProgress:
    """A base image on its way. `total_bytes` is 0 while the registry hasn't said.

    `layer` is the short digest of the layer that the status is about, `""` for one about the image.
    """

    image: str
    status: str
    done_bytes: int = 0
    total_bytes: int = 0
    layer: str = ""
    layer_done_bytes: int = 0
    layer_total_bytes: int = 0


@dataclass(frozen=True)
class ContextSent:
    """How much of the build context the engine has been sent so far."""

    sent_bytes: int


@dataclass(frozen=True)
class StepStarted:
    step: int


@dataclass(frozen=True)
class StepOutput:
    """One line that a step printed, already free of control sequences. `step` is None for the builder's own words."""

    step: int | None
    text: str


@dataclass(frozen=True)
class StepFinished:
    """A step's outcome. May come twice for one step (BuildKit tells of cache hits late): the last one holds.

    `image_id` is the image that the classic builder made of it; BuildKit makes none.
    """

    step: int
    outcome: Outcome
    seconds: float
    image_id: str = ""


@dataclass(frozen=True)
class BuildSucceeded:
    """The last event of a good build. `image_id` is `sha256:…`; `layers` from the bottom up."""

    image_id: str
    layers: tuple[Layer, ...]


class FailureKind(StrEnum):
    """Why a build failed, as far as it changes what to do next.

    UNSUPPORTED: the Dockerfile is right, but this engine's builder doesn't know its syntax. DOCKERFILE: the builder
    refused it before any step ran. ENGINE: the trouble is the engine's own, whatever the Dockerfile says.
    """

    STEP = "step"
    MISSING_FILE = "missing file"
    BASE_IMAGE = "base image"
    UNSUPPORTED = "unsupported"
    DOCKERFILE = "dockerfile"
    ENGINE = "engine"


@dataclass(frozen=True)
class BuildFailed:
    """The last event of a bad build: the builder's error as a sentence, and where it stands.

    `line` is the Dockerfile line (from 1) when it is known, `exit_code` that of a failed RUN, `hint` the next step.
    What of it is our own is a Phrase.
    """

    message: str
    kind: FailureKind
    step: int | None = None
    line: int | None = None
    exit_code: int | None = None
    hint: str = ""


def command_ended(instruction: str, exit_code: int) -> Phrase:
    """What there is to say of a RUN that failed."""
    return Phrase("{instruction} ended with exit code {code}.", instruction=instruction, code=exit_code)


@dataclass(frozen=True)
class BuildCancelled:
    """The last event of a build that the learner stopped."""


BuildEvent = (
    BuildStarted
    | PullProgress
    | ContextSent
    | StepStarted
    | StepOutput
    | StepFinished
    | BuildSucceeded
    | BuildFailed
    | BuildCancelled
)

BUILD_EVENTS = get_args(BuildEvent)
"""The variants, for `isinstance` where other things are told as well."""
