"""The Docker engine: the `Engine` protocol over the Docker Engine API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cached_property
from typing import IO, TYPE_CHECKING

import docker

from tutor.builds.builder import Builder
from tutor.builds.engine import BuildRequest, Container, EngineFacts, Exited, FileEntry, ImageInfo, OutputLine, RunSpec
from tutor.builds.layers import Layer
from tutor.engines import containers, images, networks
from tutor.engines.connect import connect, endpoint, engine_errors
from tutor.sanitise import clean_line

if TYPE_CHECKING:  # a twelfth of the open app's memory, which an engine that hasn't built yet needn't take
    from tutor.builds.contents import ImageContents, ImageRead
    from tutor.builds.events import BuildEvent, PullProgress
    from tutor.engines.build import RunningBuilds


class DockerEngine:
    """A live Docker engine; see `Engine` for what each method does. Safe to use from several threads."""

    def __init__(self, client: docker.APIClient, builder: Builder = Builder.BUILDKIT, host: str = "") -> None:
        self._client = client
        self._builder = builder
        self._host = host or client.base_url

    @classmethod
    def connect(cls, builder: Builder = Builder.BUILDKIT) -> DockerEngine:
        """The engine the learner's docker command would use. Raises NoEngine when it doesn't answer."""
        return cls(connect(), builder, endpoint().host)

    @cached_property
    def _builds(self) -> RunningBuilds:
        from tutor.engines.build import RunningBuilds

        return RunningBuilds(self._client, self._builder)

    def facts(self) -> EngineFacts:
        with engine_errors():
            version = self._client.version()
        store = images.store(self._client)
        return EngineFacts(clean_line(str(version.get("Version", "?"))), self._builder, store, self._host)

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        return self._builds.build(request, request.build_id or uuid.uuid4().hex)

    def cancel(self, build_id: str) -> None:
        self._builds.cancel(build_id)

    def pull(self, image: str) -> Iterator[PullProgress]:
        from tutor.engines.pull import pull

        return pull(self._client, image)

    def image(self, reference: str) -> ImageInfo | None:
        return images.inspect(self._client, reference)

    def images(self, references: tuple[str, ...] = ()) -> tuple[ImageInfo, ...]:
        return images.listing(self._client, references)

    def layers(self, image: str) -> tuple[Layer, ...]:
        return images.history(self._client, image)

    def files(self, image: str) -> Iterator[FileEntry]:
        return images.files(self._client, image)

    def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
        from tutor.engines.image_contents import read_contents

        return read_contents(self._client, image)

    def tag(self, image: str, name: str) -> None:
        images.tag(self._client, image, name)

    def save_images(self, references: tuple[str, ...]) -> Iterator[bytes]:
        return images.save(self._client, references)

    def load_images(self, archive: IO[bytes]) -> Iterator[str]:
        return images.load(self._client, archive)

    def remove_image(self, reference: str) -> None:
        images.remove(self._client, reference)

    def run(self, spec: RunSpec) -> Iterator[OutputLine | Exited]:
        return containers.run(self._client, spec)

    def start(self, spec: RunSpec) -> Container:
        return containers.start(self._client, spec)

    def inspect(self, container: str) -> Container | None:
        return containers.inspect(self._client, container)

    def logs(self, container: str, tail: int = 100) -> tuple[str, ...]:
        return containers.logs(self._client, container, tail)

    def containers(self) -> tuple[Container, ...]:
        return containers.listing(self._client)

    def remove_container(self, container: str) -> None:
        containers.remove(self._client, container)

    def create_network(self, name: str) -> str:
        return networks.create(self._client, name)

    def networks(self) -> tuple[str, ...]:
        return networks.listing(self._client)

    def remove_network(self, name: str) -> None:
        networks.remove(self._client, name)
