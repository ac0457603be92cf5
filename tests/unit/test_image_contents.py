"""Archives of `docker image save` in each layout that engines write, made by hand; and what isn't one."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from tutor.builds.contents import ImageContents, ImageRead, Kind
from tutor.engines.connect import engine_errors
from tutor.engines.image_contents import read_archive
from tutor.errors import NoEngine, TutorError

HISTORY = [
    {"created_by": "ADD root.tar /"},
    {"created_by": "ENV A=b", "empty_layer": True},
    {"created_by": "RUN rm /big \x1b]0;title\x07# buildkit"},
]


def tar(files: Mapping[str, bytes | None]) -> bytes:
    """A tar of these files; None is a folder, `-> TARGET` a link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            if body is None:
                member.type = tarfile.DIRTYPE
            elif body.startswith(b"-> "):
                member.type, member.linkname = tarfile.SYMTYPE, body[3:].decode()
            member.size = len(body) if member.isfile() and body else 0
            archive.addfile(member, io.BytesIO(body or b""))
    return buffer.getvalue()


LOWER = tar({"etc": None, "etc/passwd": b"root", "big": b"x" * 3000, "opt/a": b"1", "opt/b": b"22"})
UPPER = tar({".wh.big": b"", "opt/.wh..wh..opq": b"", "opt/new": b"333", ".wh..wh.plnk": b"", "sh": b"-> /bin/sh"})


def read(archive: bytes, step: int = 700) -> ImageContents:
    *_, last = read_archive(archive[i : i + step] for i in range(0, len(archive), step))
    assert isinstance(last, ImageContents)
    return last


def old_layout() -> bytes:
    manifest = [{"Config": "c0.json", "RepoTags": None, "Layers": ["low/layer.tar", "up/layer.tar"]}]
    return tar(
        {
            "up": None,
            "up/VERSION": b"1.0",
            "up/layer.tar": UPPER,
            "low/json": b"{}",
            "low/layer.tar": LOWER,
            "c0.json": json.dumps({"history": HISTORY}).encode(),
            "manifest.json": json.dumps(manifest).encode(),
            "repositories": b"{}",
        }
    )


def blob(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def new_layout(docker_manifest: bool, compressed: bool) -> bytes:
    """The OCI image layout, as Docker 25 and later write it; with or without the manifest.json beside it."""
    layers = [gzip.compress(layer, mtime=0) if compressed else layer for layer in (LOWER, UPPER)]
    config = json.dumps({"history": HISTORY}).encode()
    manifest = json.dumps(
        {"config": {"digest": blob(config)}, "layers": [{"digest": blob(layer)} for layer in layers]}
    ).encode()
    inner = json.dumps({"manifests": [{"digest": blob(manifest)}, {"digest": "sha256:not-here"}]}).encode()
    files: dict[str, bytes | None] = {"blobs": None, "blobs/sha256": None}
    for body in (*reversed(layers), config, manifest, inner):
        files["blobs/" + blob(body).replace(":", "/")] = body
    files["index.json"] = json.dumps({"manifests": [{"digest": blob(inner)}]}).encode()
    if docker_manifest:
        names: list[dict[str, Any]] = [
            {
                "Config": "blobs/" + blob(config).replace(":", "/"),
                "Layers": ["blobs/" + blob(layer).replace(":", "/") for layer in layers],
            }
        ]
        files["manifest.json"] = json.dumps(names).encode()
    files["oci-layout"] = b'{"imageLayoutVersion":"1.0.0"}'
    return tar(files)


@pytest.mark.parametrize(
    "archive",
    [old_layout(), new_layout(True, False), new_layout(True, True), new_layout(False, True)],
    ids=["layer.tar", "blobs", "compressed blobs", "blobs without manifest.json"],
)
def test_both_layouts_give_the_same_layers(archive: bytes) -> None:
    found = read(archive)
    assert [layer.made.created_by for layer in found.layers] == ["ADD root.tar /", "RUN rm /big # buildkit"]
    assert [layer.created_by for layer in found.history] == ["ADD root.tar /", "ENV A=b", "RUN rm /big # buildkit"]
    lower, upper = (layer.root for layer in found.layers)
    assert (lower.size_bytes, upper.size_bytes, found.hidden_bytes) == (3007, 3, 3003)
    assert [(child.name, child.kind, child.below_bytes) for child in upper.children] == [
        ("opt", Kind.FOLDER, 3),
        ("big", Kind.REMOVED, 3000),
        ("sh", Kind.LINK, None),
    ]


def test_a_layer_that_stands_in_the_archive_as_a_link_is_found() -> None:
    manifest = [{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"]}]
    archive = tar(
        {
            "a/layer.tar": LOWER,
            "b/layer.tar": b"-> ../a/layer.tar",
            "c.json": b"{}",
            "manifest.json": json.dumps(manifest).encode(),
        }
    )
    assert [layer.size_bytes for layer in read(archive).layers] == [3007, 3007]


def test_reading_tells_how_far_it_is_and_can_be_ended_at_any_time() -> None:
    manifest = json.dumps([{"Config": "c.json", "Layers": ["l/layer.tar"]}]).encode()
    layer = tar({f"f{i}": bytes(2_000_000) for i in range(10)})
    archive = tar({"l/layer.tar": layer, "c.json": b"{}", "manifest.json": manifest})
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for i in range(0, len(archive), 1 << 20):
            sent += 1
            yield archive[i : i + (1 << 20)]

    *told, last = read_archive(chunks(), 20_000_000)
    assert [type(each) for each in told] == [ImageRead, ImageRead]
    assert isinstance(last, ImageContents)
    assert last.size_bytes == 20_000_000
    all_of_it, sent = sent, 0
    reading = read_archive(chunks())
    assert isinstance(next(reading), ImageRead)
    reading.close()  # type: ignore[attr-defined]
    assert 0 < sent < all_of_it


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"not a tar at all" * 100,
        old_layout()[:6000],
        tar({"manifest.json": b"[]"}),
        tar({"manifest.json": b"{broken"}),
        tar({"manifest.json": b'[{"Config":"c.json","Layers":["gone"]}]', "c.json": b"{}"}),
        tar({"blobs/sha256/a": b"\x28\xb5\x2f\xfd" + bytes(600)}),
    ],
    ids=["nothing", "no tar", "cut short", "no image", "no JSON", "layer missing", "zstd"],
)
def test_what_is_no_image_is_a_sentence_with_a_next_step(archive: bytes) -> None:
    with pytest.raises(TutorError, match="can't be read") as caught:
        read(archive)
    assert caught.value.hint


def test_a_stream_that_is_cut_is_a_lost_connection() -> None:
    def cut() -> Iterator[bytes]:
        yield old_layout()[:4000]
        raise requests.exceptions.ChunkedEncodingError("Connection broken")

    with pytest.raises(NoEngine, match="Docker engine"), engine_errors():
        list(read_archive(cut()))
