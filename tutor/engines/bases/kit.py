"""The classroom kit: all base images in one file, for machines without a network.

A kit is a plain tar of two files: `images.tar`, as `docker image save` writes it, then `kit.json`, which says what is
in it and gives its digest. Nothing is loaded before all of it has been checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

from tutor.engines.bases.images import BaseEngine, BaseImage, BaseState, drop_replaced, list_bases
from tutor.engines.bases.kit_check import check_names, not_a_kit, regular_file
from tutor.engines.bases.recipes import load_recipes
from tutor.errors import TutorError, UsageError

FORMAT = "diamol-tutor kit 1"
IMAGES_FILE = "images.tar"
MANIFEST_FILE = "kit.json"
MANIFEST_LIMIT_BYTES = 1 << 20
CHUNK_BYTES = 1 << 20
BLOCK_BYTES = 512
"""Tar's unit (POSIX ustar): a header is one block, contents are padded to whole ones, two empty ones end the file."""

NEEDS_NETWORK = ("diamol/maven", "diamol/node")
"""Published images whose builds fetch dependencies; their stand-ins hold what the chapter needs."""


class KitEngine(BaseEngine, Protocol):
    """An engine that can hand out images and take them in."""

    def save_images(self, references: tuple[str, ...]) -> Iterator[bytes]: ...

    def load_images(self, archive: IO[bytes]) -> Iterator[str]: ...


class Phase(StrEnum):
    SAVING = "saving"
    CHECKING = "checking"
    LOADING = "loading"


@dataclass(frozen=True)
class KitProgress:
    """How far it is. `total_bytes` is 0 where that isn't known; `text` is what the engine says while loading."""

    phase: Phase
    done_bytes: int = 0
    total_bytes: int = 0
    text: str = ""


@dataclass(frozen=True)
class KitImage:
    """One image of a kit; `id` is that of the engine it was saved from."""

    name: str
    id: str
    state: BaseState
    size_bytes: int


@dataclass(frozen=True)
class Kit:
    """What `kit.json` says: the images, and digest and size of `images.tar`."""

    images: tuple[KitImage, ...]
    sha256: str
    size_bytes: int

    @property
    def needs_network(self) -> tuple[str, ...]:
        """The images whose builds fetch dependencies, so that this kit alone doesn't make the chapter work offline."""
        published = {image.name for image in self.images if image.state is BaseState.PUBLISHED}
        return tuple(name for name in NEEDS_NETWORK if name in published)


def save_kit(engine: KitEngine, path: Path) -> Iterator[KitProgress | Kit]:
    """Write all base images into a kit at `path`, in place of an older one; the Kit comes last.

    Raises TutorError when a base image is missing or the file can't be written: `path` is then as it was.
    """
    bases = list_bases(engine)
    if missing := [base.name for base in bases if base.state is BaseState.MISSING]:
        raise TutorError(
            "A kit holds all base images, and this engine lacks {names}.",
            "Get them first: diamol-tutor doctor --fix",
            names=", ".join(missing),
        )
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield from _write(engine, file, bases)
        part.replace(path)
    except OSError as error:
        raise TutorError(
            "The kit can't be written to {path}: {reason}.",
            "Choose another place with enough room.",
            path=path,
            reason=error.strerror,
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write(engine: KitEngine, file: IO[bytes], bases: tuple[BaseImage, ...]) -> Iterator[KitProgress | Kit]:
    """The size of the engine's archive is known at its end only: the header before it is written last."""
    yield KitProgress(Phase.SAVING)  # the engine packs for a while before its first byte
    file.write(bytes(BLOCK_BYTES))
    digest = hashlib.sha256()
    size = 0
    for chunk in engine.save_images(tuple(base.name for base in bases)):
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
        yield KitProgress(Phase.SAVING, size)
    file.write(bytes(-size % BLOCK_BYTES))
    images = tuple(KitImage(base.name, base.id, base.state, base.size_bytes) for base in bases)
    kit = Kit(images, digest.hexdigest(), size)
    manifest = json.dumps({"format": FORMAT, **asdict(kit)}, indent=2).encode() + b"\n"
    file.write(_header(MANIFEST_FILE, len(manifest)) + manifest + bytes(-len(manifest) % BLOCK_BYTES))
    file.write(bytes(2 * BLOCK_BYTES))
    file.seek(0)
    file.write(_header(IMAGES_FILE, size))
    file.flush()
    os.fsync(file.fileno())
    yield kit


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mtime = int(time.time())
    return member.tobuf(tarfile.GNU_FORMAT)  # one block, whatever the size


def load_kit(engine: KitEngine, path: Path) -> Iterator[KitProgress | Kit]:
    """Check a kit from end to end, then load its images; the Kit comes last.

    Raises TutorError for a file that is truncated, damaged or no kit: nothing of it is loaded then.
    """
    try:
        before = [engine.image(recipe.image) for recipe in load_recipes().bases]
        with tarfile.open(path, "r:") as outer:
            kit, archive = _opened(outer, path)
            yield from _check_digest(kit, archive, path)
            archive.seek(0)
            check_names(archive, {image.name for image in kit.images}, path)
            archive.seek(0)
            for line in engine.load_images(archive):
                yield KitProgress(Phase.LOADING, text=line)
    except tarfile.TarError as error:
        raise not_a_kit(path) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            "{file} can't be read: {reason}.", "Check the file's name.", file=path, reason=reason
        ) from error
    _see_that_all_came(engine, kit)
    for image in before:
        if image is not None and image.id not in {base.id for base in list_bases(engine)}:
            drop_replaced(engine, image)
    yield kit


def _opened(outer: tarfile.TarFile, path: Path) -> tuple[Kit, IO[bytes]]:
    members = outer.getmembers()
    if [member.name for member in members] != [IMAGES_FILE, MANIFEST_FILE]:
        raise not_a_kit(path)
    images, manifest = members
    if manifest.size > MANIFEST_LIMIT_BYTES:
        raise not_a_kit(path)
    kit = _parse(regular_file(outer, manifest, path).read(), path)
    if images.size != kit.size_bytes:
        raise not_a_kit(path)
    return kit, regular_file(outer, images, path)


def _parse(text: bytes, path: Path) -> Kit:
    try:
        said: dict[str, Any] = json.loads(text)
        if said["format"] != FORMAT:
            raise not_a_kit(path)
        images = tuple(
            KitImage(str(i["name"]), str(i["id"]), BaseState(i["state"]), int(i["size_bytes"])) for i in said["images"]
        )
        return Kit(images, str(said["sha256"]), int(said["size_bytes"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise not_a_kit(path) from error


def _check_digest(kit: Kit, archive: IO[bytes], path: Path) -> Iterator[KitProgress]:
    digest = hashlib.sha256()
    done = 0
    while chunk := archive.read(CHUNK_BYTES):
        digest.update(chunk)
        done += len(chunk)
        yield KitProgress(Phase.CHECKING, done, kit.size_bytes)
    if done != kit.size_bytes or digest.hexdigest() != kit.sha256:
        raise TutorError(
            "The kit {path} is damaged: its images don't have the digest that it gives for them.",
            "Copy it again from where it came from. Nothing was loaded.",
            path=path,
        )


def _see_that_all_came(engine: KitEngine, kit: Kit) -> None:
    missing = [image.name for image in kit.images if engine.image(image.name) is None]
    if missing:
        raise TutorError(
            "The engine took the kit, but does not show {names}.",
            "The kit may be for another kind of processor: save one on a machine like this.",
            names=", ".join(missing),
        )
