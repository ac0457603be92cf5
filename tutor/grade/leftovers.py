"""What a tutor left behind that was killed in the middle of a grade: found by its name (`tutor.alive`), and removed.

Nothing of a tutor that still runs, of a lesson, or of anybody else is touched.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from tutor import alive
from tutor.builds.engine import Engine
from tutor.errors import TutorError
from tutor.grade.images import EDITED, REPOSITORY
from tutor.grade.scratch import PREFIX

OF_GRADES = ("diamol-tutor-grade-", "diamol-tutor-look-")
"""Begin the names of containers that only live for a moment of a grade."""


def sweep(engine: Engine) -> None:
    """Remove the containers, the edited images and the scratch copies of graders that have ended."""
    ended = frozenset(alive.left())
    if not ended:
        return
    _sweep_scratch(ended)
    with suppress(TutorError):  # it is tried again before the next grade
        for container in engine.containers():
            if container.owner in ended and container.name.startswith(OF_GRADES):
                engine.remove_container(container.id)
        for image in engine.images((f"{REPOSITORY}:{EDITED}*",)):
            for tag in image.tags:
                if _maker(tag.partition(f"{REPOSITORY}:{EDITED}")[2]) in ended:
                    engine.remove_image(tag)


def _sweep_scratch(ended: frozenset[str]) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _maker(folder.name.removeprefix(PREFIX)) in ended:
            shutil.rmtree(folder, ignore_errors=True)


def _maker(rest: str) -> str:
    """The tutor's name at the head of what follows a prefix."""
    return rest.partition("-")[0]
