"""Snapshots of build contexts, and the trees they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.builds.builder import Builder
from tutor.builds.context import EntryKind
from tutor.builds.snapshot import Change, Entry, FileChange, Snapshot, differences
from tutor.builds.tree import Alike, File, Folder, Link, Unknown, compare, look_up, owned, place, unknown_root
from tutor.engines import snapshot as snapshot_module
from tutor.engines.context import BuildContext
from tutor.engines.snapshot import SnapshotTaker, snapshot_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    for name in ("a.txt", "b.txt", "src/main.go"):
        path = tmp_path / name
        path.write_text(name)
        os.utime(path, (1, 1))
    (tmp_path / "link").symlink_to("a.txt")
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The files whose bytes were read, one entry a time; files count as settled at once."""
    monkeypatch.setattr(snapshot_module, "SETTLED_NS", -(10**12))
    real, seen = snapshot_module._digest, list[str]()

    def digest(entry: object, found: object) -> str:
        seen.append(entry.path)  # type: ignore[attr-defined]
        return real(entry, found)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot_module, "_digest", digest)
    return iter([seen])


def changes(before: Snapshot, after: Snapshot) -> list[FileChange]:
    return list(differences(before.root, after.root))


def test_times_do_not_count_and_modes_do(folder: Path) -> None:
    before = snapshot_of(BuildContext(folder))
    os.utime(folder / "a.txt")
    assert snapshot_of(BuildContext(folder)).root.key == before.root.key
    (folder / "a.txt").chmod(0o755)
    (folder / "src").chmod(0o700)
    assert changes(before, snapshot_of(BuildContext(folder))) == [
        FileChange("a.txt", Change.MODE),
        FileChange("src", Change.MODE),
    ]


def test_changes_are_found_and_only_changed_files_are_read(folder: Path, read: Iterator[list[str]]) -> None:
    seen = next(read)
    taker = SnapshotTaker()
    before = taker.take(BuildContext(folder))
    assert sorted(seen) == ["a.txt", "b.txt", "src/main.go"]
    seen.clear()
    (folder / "a.txt").write_text("else.")
    (folder / "new").write_text("")
    (folder / "b.txt").unlink()
    (folder / "link").unlink()
    (folder / "link").symlink_to("src")
    after = taker.take(BuildContext(folder))
    assert sorted(seen) == ["a.txt", "new"]
    assert changes(before, after) == [
        FileChange("a.txt", Change.CHANGED),
        FileChange("b.txt", Change.REMOVED),
        FileChange("link", Change.CHANGED),
        FileChange("new", Change.ADDED),
    ]
    assert after.root.key == snapshot_of(BuildContext(folder)).root.key


def test_a_file_changed_just_now_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_module, "SETTLED_NS", 10**12)
    taker = SnapshotTaker()
    taker.take(BuildContext(folder))
    assert taker._known == {}


def test_one_file_can_be_named(folder: Path) -> None:
    taker = SnapshotTaker()
    before = taker.take(BuildContext(folder))
    (folder / "src" / "main.go").write_text("package main")
    after = taker.take_again(BuildContext(folder), "src/main.go")
    assert changes(before, after) == [FileChange("src/main.go", Change.CHANGED)]
    assert after.root.key == snapshot_of(BuildContext(folder)).root.key
    (folder / "a.txt").unlink()
    assert changes(after, taker.take_again(BuildContext(folder), "a.txt")) == [FileChange("a.txt", Change.REMOVED)]


def test_ignored_files_are_not_there(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*.txt\nDockerfile\n.dockerignore\n")
    buildkit = snapshot_of(BuildContext(folder))
    assert sorted(buildkit.root.children) == ["Dockerfile", "link", "src"]
    classic = snapshot_of(BuildContext(folder, builder=Builder.CLASSIC))
    assert sorted(classic.root.children) == ["link", "src"]


def test_a_snapshot_with_changes_is_the_one_taken_anew() -> None:
    entries = {
        "d/a": Entry(EntryKind.FILE, 0o644, "1"),
        "d": Entry(EntryKind.FOLDER, 0o700),
        "l": Entry(EntryKind.LINK, 0o777, "d"),
    }
    changed = {"d/a": Entry(EntryKind.FILE, 0o644, "2"), "e/f": Entry(EntryKind.FILE, 0o600, "3"), "l": None}
    whole = {path: entry for path, entry in {**entries, **changed}.items() if entry is not None}
    assert Snapshot.of(entries).with_changes(changed).root.key == Snapshot.of(whole).root.key


A, B = File(0o644, "a"), File(0o644, "b")


def test_links_are_followed_inside_the_tree() -> None:
    root = Folder(
        {"d": Folder({"up": Link("../a"), "abs": Link("/d/up"), "loop": Link("loop")}), "a": A, "to": Link("d")}
    )
    assert look_up(root, "to/up") == ("a", A)
    assert look_up(root, "/d/abs") == ("a", A)
    assert look_up(root, "d/loop") is None
    assert look_up(root, "d/none") is None
    assert look_up(root, "../../a") == ("a", A)
    assert look_up(root, "a/b") is None
    assert look_up(root, ".") == ("", root)


def test_what_lies_in_an_unknown_place_is_unknown() -> None:
    root = place(unknown_root("image"), "/app/a", A)
    assert look_up(root, "/app/a") == ("app/a", A)
    assert look_up(root, "/app/b") == ("app/b", Unknown("image/app/b"))
    assert look_up(root, "/usr/bin/x") == ("usr/bin/x", Unknown("image/usr/bin/x"))


def test_placing_shares_and_merges() -> None:
    root = place(place(Folder(), "/d/a", A), "/d", Folder({"b": B}, 0o700))
    merged = look_up(root, "/d")
    assert merged is not None
    assert merged[1].key == Folder({"a": A, "b": B}).key  # the folder that is there keeps its mode
    assert place(Folder(), "/d", Folder({"b": B}, 0o700)).child("d") == Folder({"b": B}, 0o700)
    assert owned(Folder({"a": A}), "x").key != Folder({"a": A}).key


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (A, A, Alike.SAME),
        (A, B, Alike.DIFFERENT),
        (None, A, Alike.DIFFERENT),
        (A, Folder(), Alike.DIFFERENT),
        (Unknown("x"), Unknown("x"), Alike.SAME),
        (Unknown("x"), Unknown("y"), Alike.UNSURE),
        (Unknown("x"), A, Alike.UNSURE),
        (Folder({"a": A}), Folder({"b": A}), Alike.DIFFERENT),
        (Folder({"a": A}, 0o700), Folder({"a": A}), Alike.DIFFERENT),
        (Folder({"a": A}, below="x"), Folder({"a": B}, below="y"), Alike.DIFFERENT),
        (Folder({"a": A}, below="x"), Folder({"a": A}, below="y"), Alike.UNSURE),
        (Folder({"a": A}, below="x"), Folder(below="x"), Alike.UNSURE),
        (Folder({"a": A}, below="x"), Folder(below="y"), Alike.UNSURE),
    ],
)
def test_comparing(one: object, other: object, alike: Alike) -> None:
    assert compare(one, other) is alike  # type: ignore[arg-type]
    assert compare(other, one) is alike  # type: ignore[arg-type]
