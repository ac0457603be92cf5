"""Build contexts: what is sent, in which form, and what happens when the folder is odd or changes meanwhile."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contexts import TREES, Tree, archive_of, landed, paths
from tutor.builds.builder import Builder
from tutor.builds.context import ContextEntry, EntryKind
from tutor.builds.dockerignore import NAME
from tutor.engines.context import CHUNK_BYTES, BuildContext
from tutor.engines.snapshot import snapshot_of

DOCKERFILE = "FROM scratch\nCOPY . /ctx/\n"
BIG = 4 * CHUNK_BYTES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


def members(context: BuildContext) -> dict[str, tarfile.TarInfo]:
    return {member.name: member for member in archive_of(context.chunks())}


def line_of(entry: ContextEntry) -> str:
    if entry.kind is EntryKind.LINK:
        return f"link {entry.path} -> {entry.target}"
    return f"{entry.kind} {entry.mode:o} {entry.path}"


def seen_by_copy(context: BuildContext) -> set[str]:
    """What lands, given what is sent: the engine makes folders that aren't sent, and classic drops its two files."""
    sent = list(context.entries())
    made = {str(parent) for entry in sent for parent in Path(entry.path).parents} - {".", *paths(context)}
    dropped = {context.dockerfile, NAME} if context.builder is Builder.CLASSIC else set()
    kept = (entry for entry in sent if entry.path not in dropped or not context.rules.ignored(entry.path))
    return {line_of(entry) for entry in kept} | {f"folder 755 {path}" for path in made}


@pytest.mark.parametrize("builder", list(Builder))
@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.name)
def test_sends_what_the_docker_cli_sends(tree: Tree, builder: Builder, tmp_path: Path) -> None:
    tree.write(tmp_path)
    context = BuildContext(tmp_path, tree.dockerfile, builder)
    expected = set(landed(tree, builder))
    if builder is Builder.BUILDKIT:
        # in a tar, BuildKit needs the Dockerfile even where an ignore file names it
        expected |= {f"file 644 {tree.dockerfile}"}
        expected |= {f"folder 755 {parent}" for parent in Path(tree.dockerfile).parents if str(parent) != "."}
    assert seen_by_copy(context) == expected


def test_every_tree_is_recorded_once() -> None:
    names = [tree.name for tree in TREES]
    assert len(set(names)) == len(names)
    assert all(landed(tree, builder) is not None for tree in TREES for builder in Builder)


def test_tar_holds_what_the_listing_says(folder: Path) -> None:
    (folder / "sub").mkdir(mode=0o700)
    (folder / "sub/x").write_text("12345")
    (folder / "sub/x").chmod(0o4750)
    os.utime(folder / "sub/x", ns=(0, 1_234_567_890_987_654_321))
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("sub")
    (folder / "up").symlink_to("../../outside")
    (folder / "hard").hardlink_to(folder / "sub/x")
    context = BuildContext(folder)
    found = members(context)
    assert list(found) == paths(context) == ["Dockerfile", "empty", "hard", "link", "sub", "sub/x", "up"]
    for entry in context.entries():
        member = found[entry.path]
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
        assert (member.mode, member.size, member.linkname) == (entry.mode, entry.size_bytes, entry.target)
        assert member.mtime == entry.modified_ns // 10**9
    assert (found["sub/x"].mode, found["sub/x"].mtime) == (0o4750, 1_234_567_890)
    assert found["sub"].isdir()
    assert found["empty"].isdir()
    assert found["hard"].isreg()
    assert (found["link"].issym(), found["link"].linkname) == (True, "sub")
    assert found["up"].linkname == "../../outside"


def test_contexts_compare_by_what_a_cache_looks_at(folder: Path) -> None:
    before = snapshot_of(BuildContext(folder))
    os.utime(folder / "Dockerfile", (1, 1))
    assert snapshot_of(BuildContext(folder)) == before
    (folder / "Dockerfile").chmod(0o755)
    assert snapshot_of(BuildContext(folder)) != before


def test_same_folder_gives_the_same_bytes_in_byte_order(folder: Path) -> None:
    for name in ("b", "a", "Z", "é", "a-b", "a0"):
        (folder / name).mkdir()
        (folder / name / "x").write_text(name)
    context = BuildContext(folder)
    assert b"".join(context.chunks()) == b"".join(BuildContext(folder).chunks())
    assert paths(context)[::2][1:] == ["Z/x", "a/x", "a-b/x", "a0/x", "b/x", "é/x"]


def test_odd_names_survive(folder: Path) -> None:
    names = [
        b"\xff\xfe",
        b"n" * 255,
        "한글".encode(),
        b"new\nline",
        b"back\\slash",
        b" ",
        b"a\x80" * 60,
        b"-rf",
        b"\x1b[31m",
    ]
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(name)
    deep = folder.joinpath(*["d" * 100] * 8)
    deep.mkdir(parents=True)
    (deep / "link").symlink_to("t" * 300)
    archive = archive_of(BuildContext(folder).chunks())
    found = {os.fsencode(member.name): member for member in archive}
    for name in names:
        content = archive.extractfile(found[name])
        assert content is not None
        assert content.read() == name
    assert found[b"/".join([b"d" * 100] * 8 + [b"link"])].linkname == "t" * 300


NAMES = st.binary(min_size=1, max_size=40).map(os.fsdecode).filter(lambda name: not {*name} & {"/", "\0"})
LEAVES = st.binary(max_size=600) | st.none()
"""A file's content, or a link."""

FOLDERS = st.recursive(
    LEAVES,
    lambda inside: st.dictionaries(NAMES.filter(lambda name: name not in (".", "..", NAME)), inside, max_size=4),
    max_leaves=12,
)


def write(path: Path, thing: object) -> None:
    match thing:
        case dict():
            path.mkdir()
            for name, inside in thing.items():
                write(path / name, inside)
        case bytes():
            path.write_bytes(thing)
        case _:
            path.symlink_to("nowhere")


def read(path: Path) -> object:
    if path.is_symlink():
        return None
    return {inside.name: read(inside) for inside in path.iterdir()} if path.is_dir() else path.read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "\udcffb", "Docker"]), FOLDERS, max_size=3))
def test_any_tree_comes_out_of_the_tar_as_it_was(tree: dict[str, object]) -> None:
    tree["Dockerfile"] = DOCKERFILE.encode()
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place) / "source", Path(place) / "target"
        write(source, tree)
        archive_of(BuildContext(source).chunks()).extractall(target, filter="fully_trusted")
        assert read(target) == tree


def test_file_above_8_gib_has_its_size_in_the_header(folder: Path) -> None:
    with (folder / "huge").open("wb") as file:
        file.truncate(9 * 2**30)
    chunks = BuildContext(folder).chunks()
    start = b"".join(next(chunks) for _ in range(3))
    chunks.close()  # type: ignore[attr-defined]
    with tarfile.open(fileobj=io.BytesIO(start), mode="r|") as archive:
        assert [(member.name, member.size) for member in (archive.next(), archive.next()) if member] == [
            ("Dockerfile", len(DOCKERFILE)),
            ("huge", 9 * 2**30),
        ]


MEASURE = """
import resource, sys
from pathlib import Path
from tutor.engines.context import BuildContext
from tutor.engines.snapshot import snapshot_of
context = BuildContext(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sent = largest = 0
for chunk in context.chunks():
    sent += len(chunk)
    largest = max(largest, len(chunk))
print(sent, largest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_gibibyte_is_sent_in_little_memory(folder: Path) -> None:
    with (folder / "sparse").open("wb") as file:
        file.truncate(2**30)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(folder)], capture_output=True, check=True, text=True)
    sent, largest, grown = map(int, done.stdout.split())
    unit = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
    assert sent > 2**30
    assert largest <= 2 * CHUNK_BYTES
    assert grown * unit < 64 * 2**20


def test_small_files_are_gathered(folder: Path) -> None:
    for number in range(300):
        (folder / str(number)).write_bytes(b"x" * 1000)
    sizes = [len(chunk) for chunk in BuildContext(folder).chunks()]
    assert len(sizes) <= 4
    assert all(sizes)
