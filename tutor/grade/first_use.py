"""The first build on an engine that uses a base image has to be over before others use it too.

Until it is, BuildKit finds nothing again of what other builds make from that image, nor does it afterwards, so that a
rebuild without any edit re-runs all of it (Docker 20.10.24: in 15 of 16 runs with such a build beside, in none of 16
without).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tutor.builds.dockerfile import DockerfileError
from tutor.builds.parser import parse
from tutor.builds.steps import base_images, needed_stages
from tutor.errors import NoEngine
from tutor.grade import probes
from tutor.grade.images import PassingImages
from tutor.grade.rig import Rig
from tutor.grade.scratch import scratch_folder


def use_shared(rig: Rig, folders: Iterable[Path]) -> None:
    """Use each base image that several solutions build on, one at a time; whatever is wrong with it shows later."""
    named = Counter(image for folder in folders for image in _base_images(folder))
    with scratch_folder() as context, PassingImages(rig.engine) as images:
        for image in sorted(image for image, solutions in named.items() if solutions > 1):
            (context / "Dockerfile").write_text(f"FROM {image}\n")
            with suppress(NoEngine):
                probes.build(rig, context, images.new(), lambda _: None)


def _base_images(folder: Path) -> tuple[str, ...]:
    file = folder / "Dockerfile"
    if not file.is_file():  # reading a pipe would never end
        return ()
    try:
        dockerfile = parse(file.read_bytes())
    except (OSError, DockerfileError):
        return ()
    return base_images(dockerfile, needed_stages(dockerfile))
