"""Read what each layer of an image adds from the archive that `docker image save` writes.

Two layouts are read. Engines up to 24 write `ID/layer.tar` (Docker image specification v1.2), later ones
`blobs/sha256/DIGEST` (OCI image layout), compressed where the containerd store keeps them so. Both have a
`manifest.json` that names the layers from the bottom up; an OCI archive without one has an `index.json`.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import docker

from tutor.builds.contents import Budget, ImageContents, ImageRead, Kind, LayerTree, contents
from tutor.builds.layers import Layer
from tutor.engines.connect import engine_errors
from tutor.engines.images import history, raise_for_status, reader
from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

SILENCE_DEADLINE_S = 180
"""How long the engine may send nothing: Docker 20.10 puts an image together before the first byte, 7 s for 620 MB."""

TOLD_EVERY_BYTES = 8_000_000
JSON_BYTES_AT_MOST = 4_000_000
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"

_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
"""How compressed layers begin. zstd can't be read here: Python's library knows it from 3.14 on."""


@dataclass
class _Archive:
    """What has been read of an archive so far, by the names in it."""

    budget: Budget = field(default_factory=Budget)
    layers: dict[str, LayerTree] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def read_contents(client: docker.APIClient, reference: str) -> Iterator[ImageRead | ImageContents]:
    """See `Engine.contents`. Closing the iterator early hangs up."""
    total = sum(layer.size_bytes for layer in history(client, reference))
    yield ImageRead(0, total)
    with engine_errors():
        url = f"{client.base_url}/v{client.api_version}/images/get"
        with client.get(url, params={"names": reference}, stream=True, timeout=SILENCE_DEADLINE_S) as response:
            raise_for_status(response)
            yield from read_archive(response.iter_content(1 << 20), total)


def read_archive(chunks: Iterator[bytes], total_bytes: int = 0) -> Iterator[ImageRead | ImageContents]:
    """How far an archive has been read, and at last what is in it. Raises TutorError for what can't be understood."""
    found, done, told = _Archive(), 0, 0

    def counted() -> Iterator[bytes]:
        nonlocal done
        for chunk in chunks:
            done += len(chunk)
            yield chunk

    try:
        with tarfile.open(fileobj=reader(counted()), mode="r|") as archive:
            for _ in _members(archive, found):
                if done - told >= TOLD_EVERY_BYTES:
                    told = done
                    yield ImageRead(done, max(total_bytes, done))
        yield _assembled(found)
    except (tarfile.TarError, EOFError, json.JSONDecodeError) as error:
        raise _not_understood(str(error)) from error
    except (LookupError, ValueError, TypeError, AttributeError, StopIteration) as error:
        raise _not_understood("what the engine sent is no image") from error


def _members(archive: tarfile.TarFile, found: _Archive) -> Iterator[None]:
    """Read the members one by one, giving way after each, and after each entry of a layer."""
    while (member := _next(archive)) is not None:
        if member.issym() or member.islnk():
            found.links[member.name] = _beside(member.name, member.linkname) if member.issym() else member.linkname
        elif member.isfile() and (body := archive.extractfile(member)) is not None:
            yield from _member(member, body, found)
        yield


def _member(member: tarfile.TarInfo, body: IO[bytes], found: _Archive) -> Iterator[None]:
    """A layer or a JSON text, told apart by how it begins: blobs have no other sign."""
    start: bytes = body.peek(tarfile.BLOCKSIZE)[: tarfile.BLOCKSIZE]  # type: ignore[attr-defined]
    if start[:1] in (b"{", b"[") and b"\0" not in start:
        if member.size <= JSON_BYTES_AT_MOST:
            found.texts[member.name] = json.loads(body.read())
    elif start[257:262] == b"ustar" or not start.strip(b"\0") or start.startswith(tuple(_COMPRESSED)):
        tree = found.layers[member.name] = LayerTree(found.budget)
        yield from _layer(body, start, tree)


def _layer(body: IO[bytes], start: bytes, tree: LayerTree) -> Iterator[None]:
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        raise _not_understood("its layers are compressed with zstd")
    if not start:  # an empty file
        return
    with tarfile.open(fileobj=body, mode="r|*") as layer:
        while (member := _next(layer)) is not None:
            _add(member, tree)
            yield


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    """The next header; tarfile's list of all it has seen, which would grow with the image, is emptied."""
    archive.members = []  # type: ignore[attr-defined]
    return archive.next()


def _add(member: tarfile.TarInfo, tree: LayerTree) -> None:
    """One entry; `.wh.NAME` says that NAME is gone, `.wh..wh..opq` that all in its folder is (OCI image layer)."""
    path = clean_line(member.name)
    folder, _, name = path.rstrip("/").rpartition("/")
    if name == _OPAQUE:
        tree.hide_all(folder)
    elif name.startswith(_WHITEOUT + _WHITEOUT):
        return  # AUFS' own bookkeeping
    elif name.startswith(_WHITEOUT):
        tree.add(f"{folder}/{name.removeprefix(_WHITEOUT)}", Kind.REMOVED)
    elif member.isdir():
        tree.add(path, Kind.FOLDER)
    elif member.isfile():
        tree.add(path, Kind.FILE, member.size)
    else:
        tree.add(path, Kind.LINK)


def _assembled(found: _Archive) -> ImageContents:
    """The layers in their order, each with the history entry that made it."""
    config, names = _manifest(found)
    past = [
        (Layer(0, clean_line(str(entry.get("created_by", "")))), bool(entry.get("empty_layer")))
        for entry in config.get("history") or ()
    ]
    makers = [layer for layer, empty in past if not empty][: len(names)]
    makers += [Layer(0, "")] * (len(names) - len(makers))
    made = [(layer, found.layers[found.links.get(name, name)]) for layer, name in zip(makers, names, strict=True)]
    return contents(made, tuple(layer for layer, _ in past))


def _manifest(found: _Archive) -> tuple[Mapping[str, Any], list[str]]:
    """The image's config and the names of its layers, from the bottom up."""
    if "manifest.json" in found.texts:
        manifest = found.texts["manifest.json"][0]
        return found.texts[manifest["Config"]], list(manifest["Layers"] or ())
    manifest = found.texts["index.json"]
    while "manifests" in manifest:  # an index of indexes, one for each platform; attestations come last
        manifest = next(found.texts.pop(_blob(each)) for each in manifest["manifests"] if _blob(each) in found.texts)
    return found.texts[_blob(manifest["config"])], [_blob(layer) for layer in manifest["layers"]]


def _blob(descriptor: Mapping[str, Any]) -> str:
    return "blobs/" + str(descriptor["digest"]).replace(":", "/", 1)


def _beside(name: str, target: str) -> str:
    """Where a link within the archive leads, `../OTHER/layer.tar` seen from `ID/layer.tar`."""
    parts = name.split("/")[:-1]
    for part in target.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _not_understood(reason: str) -> TutorError:
    return TutorError(
        "The image's layers can't be read: {reason}.",
        "Build it again; `docker image history` shows the sizes of its layers.",
        reason=clean_line(reason) or Phrase("it ends too early"),
    )
