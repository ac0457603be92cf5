"""The images that grading makes, by name, and the ones it removes again."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tutor import alive
from tutor.builds.builder import Outcome
from tutor.builds.engine import Engine
from tutor.errors import TutorError
from tutor.grade.tidy import to_the_end

if TYPE_CHECKING:
    from tutor.builds.report import BuildReport

REPOSITORY = "diamol-tutor/grade"
"""The name of all images that grading makes; their tags say which is which."""

START = f"{REPOSITORY}:start"
REFERENCE = f"{REPOSITORY}:reference"
EDITED = "edited-"
"""Begins the tag of an image made after an edit; the tutor's name (`tutor.alive`) follows."""


def image_of(folder: Path) -> str:
    """One tag a workspace: the next grade of it replaces the image, and the classic builder keeps its cache."""
    return f"{REPOSITORY}:solution-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"


def new_stamp() -> str:
    """A word that no build has seen: an edit that holds it meets no cache, and is known again in a page."""
    return uuid.uuid4().hex[:12]


class PassingImages:
    """Images that are removed at the end of the `with`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tags: list[str] = []
        self._steps: list[str] = []

    def new(self) -> str:
        """A tag for one more."""
        self._tags.append(f"{REPOSITORY}:{EDITED}{alive.me() or 'unknown'}-{new_stamp()}")
        return self._tags[-1]

    def with_steps_of(self, report: BuildReport) -> None:
        """Remove what the classic builder keeps of the steps that this build ran, too: nothing names it.

        Engines that remove the steps below an image with it (see `engines.images.remove`) leave those of other stages.
        """
        ran = (step for step in report.steps if step.outcome is Outcome.REBUILT)
        self._steps += [step.image_id for step in ran if step.image_id]

    def __enter__(self) -> PassingImages:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        to_the_end(self._remove)

    def _remove(self) -> None:
        for image in (*self._tags, *reversed(self._steps)):  # from the top down: none is removed below another
            with suppress(TutorError):  # in use by another build, or the engine is gone: what was measured still holds
                self._engine.remove_image(image)
