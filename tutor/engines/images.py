"""Ask a Docker engine about its images."""

from __future__ import annotations

import io
import json
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any

import docker
import requests
from docker import errors as docker_errors

from tutor.builds.engine import LABEL, NAME_PREFIX, FileEntry, ImageInfo
from tutor.builds.layers import Layer, total_size_bytes
from tutor.engines.connect import engine_errors
from tutor.engines.labels import labels
from tutor.errors import NoEngine, TutorError
from tutor.sanitise import clean_line

READ_BYTES = 1_048_576
"""How much of an image's export is taken at a time."""

_ADDED_BY_CREATE = frozenset(
    {"/.dockerenv", "/dev", "/dev/console", "/dev/pts", "/dev/shm", "/proc", "/sys"}
    | {"/etc/hostname", "/etc/hosts", "/etc/mtab", "/etc/resolv.conf"}
)
"""What creating a container puts into its file system, as empty places to mount things on (Docker's init layer)."""


def inspect(client: docker.APIClient, reference: str) -> ImageInfo | None:
    with engine_errors():
        try:
            found = client.inspect_image(reference)
        except docker_errors.ImageNotFound:
            return None
    config = found.get("Config") or {}
    return ImageInfo(
        id=found["Id"],
        tags=_clean(found.get("RepoTags")),
        size_bytes=total_size_bytes(history(client, found["Id"])),
        labels={clean_line(name): clean_line(value) for name, value in (config.get("Labels") or {}).items()},
        config=config,
    )


def present(client: docker.APIClient, reference: str) -> bool:
    with engine_errors():
        try:
            client.inspect_image(reference)
        except docker_errors.ImageNotFound:
            return False
    return True


def is_ours(client: docker.APIClient, reference: str) -> bool:
    """Whether the image carries the tutor's label, or is a stand-in of its making."""
    found = inspect(client, reference)
    return found is not None and (LABEL in found.labels or found.is_stand_in)


def listing(client: docker.APIClient, references: tuple[str, ...]) -> tuple[ImageInfo, ...]:
    """Images that match any of the `reference` filters, or the tutor's own for none.

    Of an image with several names only those that match are given, as `docker image ls` does.
    """
    filters: dict[str, Any] = {"reference": list(references)} if references else {"label": LABEL}
    with engine_errors():
        entries = client.images(filters=filters)
    found = ((entry, inspect(client, entry["Id"])) for entry in entries)
    return tuple(replace(info, tags=_clean(entry.get("RepoTags"))) for entry, info in found if info is not None)


def _clean(names: list[str] | None) -> tuple[str, ...]:
    return tuple(clean_line(name) for name in names or ())


def history(client: docker.APIClient, reference: str) -> tuple[Layer, ...]:
    """The image's layers from the bottom up. Raises TutorError when there is no such image."""
    with engine_errors():
        try:
            entries = client.history(reference)
        except docker_errors.ImageNotFound as error:
            image = clean_line(reference)
            raise TutorError("There is no image {image}.", "Build or pull it first.", image=image) from error
    return tuple(
        Layer(size_bytes=int(entry["Size"]), created_by=clean_line(str(entry["CreatedBy"])))
        for entry in reversed(entries)
    )


def tag(client: docker.APIClient, reference: str, name: str) -> None:
    """Give an image another name."""
    with engine_errors():
        client.tag(reference, name)


def store(client: docker.APIClient) -> str:
    """`containerd` for the containerd image store (its driver says so in DriverStatus), else the graph driver."""
    with engine_errors():
        info = client.info()
    kinds = [value for _, value in info.get("DriverStatus") or () if "containerd.snapshotter" in str(value)]
    return "containerd" if kinds else clean_line(str(info.get("Driver", "?")))


def remove(client: docker.APIClient, reference: str) -> None:
    """Remove an image (or just this tag of it) with the nameless steps that only it stood on.

    One that is not there is no error. From the containerd store it is removed alone: that store takes the steps below
    an image without looking whether others stand on them, and the classic builder finds its cache by these (measured
    on Docker 28.5: of three cached steps of a solution one was left when an edited one was removed).
    """
    alone = store(client) == "containerd"
    with engine_errors(), suppress(docker_errors.ImageNotFound):
        client.remove_image(reference, force=False, noprune=alone)


def save(client: docker.APIClient, references: tuple[str, ...]) -> Iterator[bytes]:
    """Images as `docker image save` writes them, all in one archive, so that layers they share are in it once."""
    with engine_errors():
        response = client.get(
            f"{client.base_url}/v{client.api_version}/images/get",
            params={"names": list(references)},
            stream=True,
            timeout=None,
        )
        with response:
            raise_for_status(response)
            yield from response.iter_content(1 << 20)


def load(client: docker.APIClient, archive: IO[bytes]) -> Iterator[str]:
    """Load an archive that `save` has written, telling the engine's words. Raises TutorError when it can't."""
    with engine_errors():
        response = client.post(
            f"{client.base_url}/v{client.api_version}/images/load",
            data=iter(lambda: archive.read(1 << 20), b""),
            headers={"Content-Type": "application/x-tar"},
            stream=True,
            timeout=None,
        )
        with response:
            raise_for_status(response)
            for line in response.iter_lines():
                message = json.loads(line) if line.strip() else {}
                if error := message.get("error"):
                    raise TutorError(
                        "The images can't be loaded: {said}",
                        "Get a fresh copy of the kit, then load that.",
                        said=clean_line(str(error)),
                    )
                if said := message.get("stream") or message.get("status"):
                    yield clean_line(str(said)).strip()


def raise_for_status(response: requests.Response) -> None:
    """Raise the SDK's APIError for what the engine refused."""
    if response.status_code >= 400:
        raise docker_errors.create_api_error_from_http_exception(requests.exceptions.HTTPError(response=response))


def files(client: docker.APIClient, reference: str) -> Iterator[FileEntry]:
    """All files of an image, read from the export of a container that is created but never started."""
    name = f"{NAME_PREFIX}look-{uuid.uuid4().hex[:12]}"
    try:
        with engine_errors():
            # a command is asked for even when nothing is going to run it
            client.create_container(reference, command=["-"], name=name, labels=labels("look"))
            with tarfile.open(fileobj=reader(client.export(name)), mode="r|") as archive:
                for member in archive:
                    path = "/" + clean_line(member.name).removeprefix("./").strip("/")
                    if path not in _ADDED_BY_CREATE or member.size:
                        yield FileEntry(path, _kind(member), member.size, member.mode)
    except tarfile.TarError as error:
        raise NoEngine(
            "The engine stopped talking in the middle of {image}.",
            "Check that it still runs (diamol-tutor doctor), then try again.",
            image=clean_line(reference),
        ) from error
    except TutorError as error:
        if isinstance(error.__cause__, docker_errors.ImageNotFound):
            raise TutorError("There is no image {image}.", "Build it first.", image=clean_line(reference)) from error
        raise
    finally:
        with engine_errors(), suppress(docker_errors.NotFound):
            client.remove_container(name, force=True, v=True)


def _kind(member: tarfile.TarInfo) -> str:
    if member.isdir():
        return "folder"
    if member.issym():
        return "link"
    return "file" if member.isfile() or member.islnk() else "other"


class _Chunks(io.RawIOBase):
    """A file to read from an iterator of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def reader(chunks: Iterator[bytes]) -> IO[bytes]:
    """A file to read from what comes in pieces."""
    return io.BufferedReader(_Chunks(chunks), READ_BYTES)
