"""Build contexts of folders that are odd, or that change while they are sent."""

from __future__ import annotations

import os
import socket
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.contexts import archive_of, paths
from tutor.builds.builder import Builder
from tutor.builds.dockerignore import NAME, DockerignoreError, IgnoreRules
from tutor.engines.context import CHUNK_BYTES, BuildContext
from tutor.engines.walk import walk
from tutor.errors import TutorError, UsageError

DOCKERFILE = "FROM scratch\nCOPY . /ctx/\n"
BIG = 4 * CHUNK_BYTES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


@contextmanager
def a_pipe(path: Path) -> Iterator[None]:
    os.mkfifo(path)
    yield


@contextmanager
def a_socket(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path has a short bound
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)
        yield


Maker = Callable[[Path], AbstractContextManager[None]]


@pytest.mark.parametrize(("make", "says"), [(a_pipe, "a named pipe"), (a_socket, "a socket")])
def test_special_files_are_refused_by_name_unless_ignored(folder: Path, make: Maker, says: str) -> None:
    (folder / "sub").mkdir()
    with make(folder / "sub/special"):
        context = BuildContext(folder)
        for use in (context.entries, context.chunks):
            with pytest.raises(TutorError, match=f"sub/special in the build context is {says}") as caught:
                list(use())
            assert "sub/special" in caught.value.hint
        (folder / NAME).write_text("**/special")
        assert paths(BuildContext(folder)) == [NAME, "Dockerfile", "sub"]


def test_devices_are_refused() -> None:
    top = os.open("/dev", os.O_RDONLY)
    try:
        with pytest.raises(TutorError, match="is a device, which can't be sent"):
            list(walk(top, IgnoreRules(), Builder.BUILDKIT))
    finally:
        os.close(top)


def test_links_are_never_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "file").symlink_to(tmp_path / "outside/secret")
    assert paths(BuildContext(folder)) == ["Dockerfile", "file", "link"]
    assert b"secret" not in b"".join(BuildContext(folder).chunks()).replace(b"/outside/secret", b"")


def test_the_context_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    context = BuildContext(tmp_path / "link")
    assert (context.dockerfile, paths(context)) == ("Dockerfile", ["Dockerfile"])


def begun(folder: Path) -> Iterator[bytes]:
    """A stream whose first chunk, a part of the file `a`, is out, while all that follows is still to be read."""
    (folder / "a").write_bytes(b"a" * BIG)
    (folder / "Dockerfile").rename(folder / "0.Dockerfile")
    chunks = BuildContext(folder, "0.Dockerfile").chunks()
    start = next(chunks)
    return (chunk for stream in ((start,), chunks) for chunk in stream)


def test_what_vanishes_meanwhile_is_left_out(folder: Path) -> None:
    (folder / "b").write_text("b")
    (folder / "c").mkdir()
    (folder / "d").symlink_to("b")
    (folder / "e").write_text("e")
    chunks = begun(folder)
    (folder / "b").unlink()
    (folder / "c").rmdir()
    (folder / "d").unlink()
    assert archive_of(chunks).getnames() == ["0.Dockerfile", "a", "e"]


def test_what_becomes_a_link_meanwhile_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    (folder / "b").write_text("b")
    (folder / "c").mkdir()
    (folder / "c/secret").write_text("own")
    chunks = begun(folder)
    (folder / "b").unlink()
    (folder / "b").symlink_to(tmp_path / "outside/secret")
    (folder / "c/secret").unlink()
    (folder / "c").rmdir()
    (folder / "c").symlink_to(tmp_path / "outside")
    assert archive_of(chunks).getnames() == ["0.Dockerfile", "a"]


def test_what_becomes_a_pipe_meanwhile_is_not_waited_for(folder: Path) -> None:
    (folder / "b").write_text("b")
    chunks = begun(folder)
    (folder / "b").unlink()
    os.mkfifo(folder / "b")
    assert archive_of(chunks).getnames() == ["0.Dockerfile", "a"]


def test_a_file_that_grows_is_cut_where_it_was(folder: Path) -> None:
    chunks = begun(folder)
    with (folder / "a").open("ab") as file:
        file.write(b"more")
    archive = archive_of(chunks)
    assert archive.getmember("a").size == BIG


def test_a_file_that_shrinks_is_an_error_and_no_whole_archive(folder: Path) -> None:
    chunks = begun(folder)
    sent = [next(chunks)]
    os.truncate(folder / "a", CHUNK_BYTES + 10)
    with pytest.raises(TutorError, match="a became shorter while it was being sent"):
        sent.extend(chunks)
    with pytest.raises(tarfile.ReadError):
        archive_of(sent).getmembers()


def test_a_small_file_is_sent_as_it_is_now(folder: Path) -> None:
    (folder / "b").write_text("before")
    chunks = begun(folder)
    (folder / "b").write_text("and after")
    assert archive_of(chunks).getmember("b").size == len("and after")


def test_the_dockerfile_that_was_read_is_sent(folder: Path) -> None:
    context = BuildContext(folder)
    (folder / "Dockerfile").write_text("FROM other")
    assert context.dockerfile_bytes() == DOCKERFILE.encode()
    content = archive_of(context.chunks()).extractfile("Dockerfile")
    assert content is not None
    assert content.read() == DOCKERFILE.encode()
    assert [entry.size_bytes for entry in context.entries()] == [len(DOCKERFILE)]


def open_descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_descriptors_are_closed_when_a_walk_is_given_up(folder: Path) -> None:
    (folder / "sub/deep").mkdir(parents=True)
    (folder / "sub/deep/x").write_bytes(b"x" * BIG)
    before = open_descriptors()
    chunks = BuildContext(folder).chunks()
    next(chunks)
    assert open_descriptors() > before
    chunks.close()  # type: ignore[attr-defined]
    assert open_descriptors() == before


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """Root may read everything."""
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A context that another user can walk down to."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "Dockerfile").write_text(DOCKERFILE)
        yield Path(folder)


@pytest.mark.parametrize("name", ["sub", "sub/x"])
def test_what_can_not_be_read_is_named_unless_ignored(public: Path, name: str) -> None:
    (public / "sub").mkdir()
    (public / "sub/x").write_text("x")
    context = BuildContext(public)
    (public / NAME).write_text(name)
    ignoring = BuildContext(public)
    (public / NAME).write_text(f"{name}\n!sub/x/y")
    with_exception = BuildContext(public)
    (public / name).chmod(0)
    with as_an_ordinary_user():
        with pytest.raises(
            TutorError, match=f"^{name} in the build context can't be read: permission denied"
        ) as caught:
            list(context.chunks())
        assert caught.value.hint
        assert name not in archive_of(ignoring.chunks()).getnames()
        assert name not in archive_of(with_exception.chunks()).getnames()
    (public / name).chmod(0o755)


def test_dockerfile_may_be_named_in_many_ways(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/Other").write_text("FROM other")
    (folder / "Link").symlink_to("sub/Other")
    for name in ("sub/Other", "./sub//Other", "sub/../sub/Other", str(folder / "sub/Other"), "Link"):
        context = BuildContext(folder, name)
        assert (context.dockerfile, context.dockerfile_bytes()) == ("sub/Other", b"FROM other")


def test_dockerfile_in_lower_case_will_do(folder: Path) -> None:
    (folder / "Dockerfile").rename(folder / "dockerfile")
    assert BuildContext(folder).dockerfile == "dockerfile"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Missing", "There is no file Missing in"),
        ("sub", "There is no file sub in"),
        ("../outside", "The Dockerfile .* is outside the build context"),
        ("link", "The Dockerfile .* is outside the build context"),
        ("dangling", "There is no file dangling in"),
        ("Dockerfile/x", "There is no file Dockerfile/x in"),
    ],
)
def test_wrong_dockerfile_is_a_sentence(folder: Path, tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "outside").write_text("FROM outside")
    (folder / "sub").mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError, match=says) as caught:
        BuildContext(folder, name)
    assert caught.value.hint


def test_wrong_folder_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    for path, says in ((tmp_path / "none", "does not exist"), (folder / "Dockerfile", "is not a folder")):
        with pytest.raises(UsageError, match=says):
            BuildContext(path)
    context = BuildContext(folder)
    (folder / "Dockerfile").unlink()
    folder.rmdir()
    with pytest.raises(TutorError, match="can't be read: no such file"):
        list(context.chunks())


def test_wrong_ignore_file_is_a_sentence(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/Dockerfile").write_text(DOCKERFILE)
    (folder / "sub/Dockerfile.dockerignore").write_text("a\n[")
    with pytest.raises(DockerignoreError, match=r"^sub/Dockerfile\.dockerignore line 2: "):
        BuildContext(folder, "sub/Dockerfile")
    assert BuildContext(folder, "sub/Dockerfile", Builder.CLASSIC).rules == IgnoreRules()
    (folder / NAME).mkdir()
    with pytest.raises(TutorError, match=r"\.dockerignore .*can't be read"):
        BuildContext(folder)


def test_names_in_messages_are_clean(folder: Path) -> None:
    os.mkfifo(folder / "a\x1b[31m\nb")
    with pytest.raises(TutorError) as caught:
        list(BuildContext(folder).entries())
    assert (caught.value.message + caught.value.hint).isprintable()
