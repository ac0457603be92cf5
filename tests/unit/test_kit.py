"""The classroom kit: saved whole or not at all, and checked from end to end before anything is loaded."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_store import BASES, FakeStore, archive_of
from tutor.engines.bases.images import BaseState
from tutor.engines.bases.kit import BLOCK_BYTES, Kit, KitProgress, Phase, load_kit, save_kit
from tutor.errors import TutorError, UsageError

TAGS = [f"{name}:latest" for name in BASES]
GOOD_LIST = [{"RepoTags": TAGS}]


@pytest.fixture
def kit_file(tmp_path: Path) -> Path:
    """A good kit."""
    engine = FakeStore()
    engine.have_current_stand_ins()
    path = tmp_path / "kit.tar"
    list(save_kit(engine, path))
    return path


def manifest(archive: bytes, **changed: object) -> bytes:
    said = {
        "format": "diamol-tutor kit 1",
        "images": [{"name": n, "id": "sha256:x", "state": "stand-in", "size_bytes": 1} for n in BASES],
        "sha256": hashlib.sha256(archive).hexdigest(),
        "size_bytes": len(archive),
    }
    return json.dumps(said | changed).encode()


def write(path: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w") as kit:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            kit.addfile(member, io.BytesIO(data))
    return path


def forged(path: Path, archive: bytes) -> Path:
    """A kit whose digests are right, whatever the archive of images holds."""
    return write(path, ("images.tar", archive), ("kit.json", manifest(archive)))


def refused(path: Path) -> str:
    """The sentence with which a file is refused; nothing may have been loaded."""
    engine = FakeStore()
    with pytest.raises(TutorError) as caught:
        list(load_kit(engine, path))
    assert engine.asked("load") == []
    assert caught.value.hint
    return caught.value.message


def test_a_kit_goes_round(kit_file: Path) -> None:
    engine = FakeStore()
    events = list(load_kit(engine, kit_file))
    assert all(engine.image(name) is not None for name in BASES)
    kit = events[-1]
    assert isinstance(kit, Kit)
    assert [image.name for image in kit.images] == list(BASES)
    assert {image.state for image in kit.images} == {BaseState.STAND_IN}
    checked = [event for event in events if isinstance(event, KitProgress) and event.phase is Phase.CHECKING]
    assert checked[-1].done_bytes == checked[-1].total_bytes == kit.size_bytes
    assert KitProgress(Phase.LOADING, text="Loaded image: diamol/base:latest") in events


def test_a_kit_is_a_plain_tar_of_two_files(kit_file: Path) -> None:
    with tarfile.open(kit_file, "r:") as kit:
        assert kit.getnames() == ["images.tar", "kit.json"]
        images, said = kit.extractfile("images.tar"), kit.extractfile("kit.json")
        assert images is not None
        assert said is not None
        assert json.load(said)["sha256"] == hashlib.sha256(images.read()).hexdigest()
    assert kit_file.stat().st_size % BLOCK_BYTES == 0


def test_a_kit_of_published_images_says_what_needs_a_network(tmp_path: Path) -> None:
    engine = FakeStore()
    engine.have_current_stand_ins()
    engine.have("diamol/maven")
    kit = list(save_kit(engine, tmp_path / "kit.tar"))[-1]
    assert isinstance(kit, Kit)
    assert kit.needs_network == ("diamol/maven",)


def test_a_kit_holds_all_images_or_is_not_made(tmp_path: Path) -> None:
    engine = FakeStore()
    engine.have("diamol/base")
    with pytest.raises(TutorError, match="this engine lacks diamol/golang"):
        list(save_kit(engine, tmp_path / "kit.tar"))
    assert list(tmp_path.iterdir()) == []


def test_a_save_that_breaks_off_leaves_the_older_kit(kit_file: Path) -> None:
    class Breaking(FakeStore):
        def save_images(self, references: tuple[str, ...]) -> Iterator[bytes]:  # noqa: ARG002
            yield b"half"
            raise TutorError("The connection was lost.")

    engine = Breaking()
    engine.have_current_stand_ins()
    before = kit_file.read_bytes()
    with pytest.raises(TutorError, match="connection was lost"):
        list(save_kit(engine, kit_file))
    assert kit_file.read_bytes() == before
    assert list(kit_file.parent.iterdir()) == [kit_file]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    engine = FakeStore()
    engine.have_current_stand_ins()
    with pytest.raises(TutorError, match=r"can't be written to .*No such file"):
        list(save_kit(engine, tmp_path / "nowhere" / "kit.tar"))


def test_a_truncated_kit_is_refused_wherever_it_ends(kit_file: Path, tmp_path: Path) -> None:
    whole = kit_file.read_bytes()
    with tarfile.open(kit_file) as kit:
        end_of_content = kit.getmember("kit.json").offset_data + kit.getmember("kit.json").size
    short = tmp_path / "short.tar"
    for length in (0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, len(whole) // 3, len(whole) // 2, end_of_content - 1):
        short.write_bytes(whole[:length])
        refused(short)


def test_a_kit_with_any_byte_of_its_images_changed_is_refused(kit_file: Path) -> None:
    whole = bytearray(kit_file.read_bytes())
    with tarfile.open(kit_file) as kit:
        images = kit.getmember("images.tar")
    for place in (images.offset_data, images.offset_data + images.size // 2, images.offset_data + images.size - 1):
        whole[place] ^= 1
        kit_file.write_bytes(whole)
        assert "damaged" in refused(kit_file)
        whole[place] ^= 1


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "kit.tar"
    archive = archive_of({"manifest.json": GOOD_LIST})
    for content in (b"", b"not a tar at all" * 100, archive, bytes(10240)):
        path.write_bytes(content)
        assert "no whole kit" in refused(path)
    good = manifest(archive)
    for members in (
        (("kit.json", good),),
        (("images.tar", archive),),
        (("kit.json", good), ("images.tar", archive)),
        (("images.tar", archive), ("kit.json", good), ("more", b"")),
        (("images.tar", archive), ("kit.json", b"{")),
        (("images.tar", archive), ("kit.json", b"[]")),
        (("images.tar", archive), ("kit.json", b"[" * 100_000)),
        (("images.tar", archive), ("kit.json", manifest(archive, format="another kit 1"))),
        (("images.tar", archive), ("kit.json", manifest(archive, images=[{"name": "diamol/base"}]))),
        (("images.tar", archive), ("kit.json", manifest(archive, size_bytes=3))),
        (("images.tar", archive), ("kit.json", b" " * (1 << 20) + good)),
    ):
        assert "no whole kit" in refused(write(path, *members))


def test_a_kit_that_is_no_plain_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.tar"):
        with pytest.raises(UsageError, match="can't be read"):
            list(load_kit(FakeStore(), path))


@pytest.mark.parametrize(
    "files",
    [
        {"manifest.json": [{"RepoTags": [*TAGS, "postgres:latest"]}]},
        {"manifest.json": [{"RepoTags": TAGS[:-1]}]},
        {"manifest.json": GOOD_LIST, "repositories": {"postgres": {"latest": "x"}}},
        {
            "manifest.json": GOOD_LIST,
            "index.json": {"manifests": [{"annotations": {"io.containerd.image.name": "postgres:latest"}}]},
        },
    ],
)
def test_images_of_other_names_are_not_loaded(tmp_path: Path, files: dict[str, object]) -> None:
    assert "doesn't hold just this course's images" in refused(forged(tmp_path / "kit.tar", archive_of(files)))


@pytest.mark.parametrize(
    "files",
    [
        {"index.json": {"manifests": []}},
        {"manifest.json": GOOD_LIST, "./manifest.json": GOOD_LIST},
        {"manifest.json": GOOD_LIST, "layer/../manifest.json": GOOD_LIST},
        {"manifest.json": "text"},
        {"manifest.json": [{"RepoTags": 3}]},
        {"manifest.json": GOOD_LIST, "index.json": {}},
    ],
)
def test_archives_that_engines_could_read_in_several_ways_are_refused(tmp_path: Path, files: dict[str, object]) -> None:
    assert "no whole kit" in refused(forged(tmp_path / "kit.tar", archive_of(files)))


def test_lists_behind_links_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO(archive_of({"manifest.json": GOOD_LIST}))
    with tarfile.open(fileobj=buffer, mode="a") as images:
        link = tarfile.TarInfo("side")
        link.type, link.linkname = tarfile.SYMTYPE, "."
        images.addfile(link)
        images.addfile(tarfile.TarInfo("side/manifest.json"))
    assert "no whole kit" in refused(forged(tmp_path / "kit.tar", buffer.getvalue()))


def test_an_engine_with_full_names_in_its_index_is_understood(tmp_path: Path) -> None:
    annotations = [{"annotations": {"io.containerd.image.name": f"registry.example/{tag}"}} for tag in TAGS]
    archive = archive_of({"manifest.json": GOOD_LIST, "index.json": {"manifests": annotations}})
    engine = FakeStore()
    list(load_kit(engine, forged(tmp_path / "kit.tar", archive)))
    assert engine.asked("load") == [None]


def test_a_stand_in_that_the_kit_replaces_goes(kit_file: Path) -> None:
    engine = FakeStore()
    engine.have("diamol/node", "an old recipe", "sha256:old")
    list(load_kit(engine, kit_file))
    assert engine.asked("remove_image") == ["sha256:old"]
