"""What a build is made of, right before it: the Dockerfile, its context by digest, what is known of its base images."""

from __future__ import annotations

from pathlib import Path

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import BuildRequest, Engine
from tutor.builds.forecast import BaseImage, Inputs
from tutor.builds.parser import parse
from tutor.builds.resolve import resolved
from tutor.builds.steps import base_images
from tutor.engines.context import BuildContext
from tutor.engines.snapshot import SnapshotTaker
from tutor.sanitise import decode


class InputsTaker:
    """Takes the inputs of builds; a context that is built again is only read where it has changed."""

    def __init__(self) -> None:
        self._takers: dict[Path, SnapshotTaker] = {}

    def take(self, request: BuildRequest, engine: Engine) -> Inputs:
        """Of base images behind a recording nothing is known. Raises TutorError, DockerfileError, NoEngine."""
        facts = engine.facts()
        builder = facts.builder
        context = BuildContext(request.context, request.dockerfile, builder)
        dockerfile = parse(decode(context.dockerfile_bytes()))
        taker = self._takers.setdefault(request.context, SnapshotTaker())
        return Inputs(
            dockerfile,
            taker.take(context),
            builder,
            request.target,
            request.build_args,
            _images(resolved(dockerfile, request.build_args), engine) if facts.live else {},
        )


def _images(dockerfile: Dockerfile, engine: Engine) -> dict[str, BaseImage]:
    """What the engine knows of every image the Dockerfile names, needed or not."""
    names = base_images(dockerfile, frozenset(range(len(dockerfile.stages))))
    found = {name: engine.image(name) for name in names}
    return {name: BaseImage.of(info) for name, info in found.items() if info is not None}
