"""Build contexts on the live engine: what lands in the image, and what its cache looks at."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

import docker
import pytest

from tests.contexts import TREES, Tree, landed, landed_in
from tutor.builds.builder import Builder, Outcome
from tutor.builds.context import ContextEntry, EntryKind
from tutor.builds.dockerignore import NAME
from tutor.builds.engine import LABEL, BuildRequest, Engine
from tutor.builds.events import BuildFailed
from tutor.builds.report import BuildReport, report_of
from tutor.engines import tar
from tutor.engines.build import API_VERSIONS
from tutor.engines.context import BuildContext
from tutor.engines.docker_engine import DockerEngine

pytestmark = pytest.mark.engine

DOCKERFILE = b"FROM scratch\nCOPY . /ctx/\n"
ON_THEIR_OWN = {
    "names the Dockerfile",
    "names Dockerfile and ignore file",
    "names all hidden and the Dockerfile in a folder",
    "own ignore file beside the Dockerfile",
    "bytes that are no UTF-8",
    "links",
    "modes",
}
"""Trees that are built one by one too: what matters in them the engine does to a whole context only."""


def exported(client: docker.APIClient, image: str, top: str = "ctx/") -> list[str]:
    container = client.create_container(image, command=["-"], labels={LABEL: "test"})["Id"]
    try:
        return landed_in(b"".join(client.export(container)), top)
    finally:
        client.remove_container(container)


def built(engine: Engine, request: BuildRequest) -> BuildReport:
    report = report_of(engine.build(request))
    assert report.failure is None
    return report


def kept_by_the_engine(tree: Tree, builder: Builder) -> set[str]:
    """Beyond what the CLI brings in: in a tar, BuildKit needs the Dockerfile even where an ignore file names it."""
    if builder is Builder.CLASSIC:
        return set()
    folders = {str(parent) for parent in Path(tree.dockerfile).parents} - {"."}
    return {f"file 644 {tree.dockerfile}"} | {f"folder 755 {folder}" for folder in folders}


def file_in_tar(entry: ContextEntry, content: bytes) -> bytes:
    return tar.header(entry._replace(size_bytes=len(content))) + content + tar.padding(len(content))


def side_by_side(contexts: Iterable[BuildContext]) -> Iterator[bytes]:
    """One context that holds each of the others in a folder with its number."""
    yield file_in_tar(ContextEntry("Dockerfile", EntryKind.FILE, 0o644), DOCKERFILE)
    for number, context in enumerate(contexts):
        for entry in context.entries():
            moved = entry._replace(path=f"{number}/{entry.path}")
            if entry.kind is EntryKind.FILE:
                yield file_in_tar(moved, (context.folder / entry.path).read_bytes())
            else:
                yield tar.header(moved)
    yield tar.END


def build_tar(client: docker.APIClient, body: Iterator[bytes], builder: Builder, tag: str) -> None:
    answer = client.post(
        f"{client.base_url}/v{client.api_version}/build",
        params={"version": API_VERSIONS[builder], "t": tag, "nocache": "1", "rm": "1", "forcerm": "1"},
        data=body,
        headers={"Content-Type": "application/x-tar"},
        stream=True,
    )
    errors = [line for line in answer.iter_lines() if line and "error" in json.loads(line)]
    assert (answer.status_code, errors) == (200, [])


@pytest.fixture
def base(buildkit: DockerEngine, tmp_path: Path) -> Iterator[str]:
    """An image of the test's own to build on.

    Looking for a cached child of `scratch` or of an image that all tests share, the classic builder fails when
    another such child is removed at that moment.
    """
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "Dockerfile").write_bytes(DOCKERFILE)
    name = f"diamol-tutor/test-base:{uuid4().hex[:12]}"
    built(buildkit, BuildRequest(folder, name, no_cache=True))
    yield name
    buildkit.remove_image(name)


@pytest.mark.parametrize("builder", list(Builder))
def test_what_lands_is_what_the_docker_cli_brings_in(
    builder: Builder, buildkit: DockerEngine, tmp_path: Path, tag: str
) -> None:
    contexts = []
    for number, tree in enumerate(TREES):
        folder = tmp_path / str(number)
        folder.mkdir()
        tree.write(folder)
        contexts.append(BuildContext(folder, tree.dockerfile, builder))
    client = buildkit._client
    build_tar(client, side_by_side(contexts), builder, tag)
    found = exported(client, tag)
    for number, (tree, context) in enumerate(zip(TREES, contexts, strict=True)):
        expected = set(landed(tree, builder)) | kept_by_the_engine(tree, builder)
        if builder is Builder.CLASSIC:  # the engine drops the two only where they are those of its own build
            expected |= {f"file 644 {name}" for name in (context.dockerfile, NAME) if (context.folder / name).exists()}
        marks = (line.partition(f" {number}/") for line in found)
        assert {f"{kind} {rest}" for kind, mark, rest in marks if mark} == expected, tree.name


@pytest.mark.parametrize("builder", list(Builder))
@pytest.mark.parametrize("tree", [tree for tree in TREES if tree.name in ON_THEIR_OWN], ids=lambda tree: tree.name)
def test_whole_build_brings_in_what_the_docker_cli_brings_in(
    tree: Tree, builder: Builder, request: pytest.FixtureRequest, tmp_path: Path, tag: str
) -> None:
    engine: DockerEngine = request.getfixturevalue(str(builder))
    tree.write(tmp_path)
    built(engine, BuildRequest(tmp_path, tag, tree.dockerfile, no_cache=True))
    expected = set(landed(tree, builder)) | kept_by_the_engine(tree, builder)
    assert set(exported(engine._client, tag)) == expected


def test_cache_looks_at_content_and_mode_not_at_times_or_what_is_ignored(
    engine: DockerEngine, context: Path, tag: str, base: str
) -> None:
    (context / "Dockerfile").write_text(f"FROM {base}\nCOPY . /ctx/\n")
    (context / NAME).write_text("ignored")
    file, ignored = context / "file", context / "ignored"
    file.write_text(tag)  # content that no cache can know

    images = set()

    def outcome() -> Outcome:
        report = built(engine, BuildRequest(context, tag))
        images.add(report.image_id)
        (step,) = (step for step in report.steps if step.step.makes_layer)
        return step.outcome

    assert [outcome(), outcome()] == [Outcome.REBUILT, Outcome.CACHED]
    os.utime(file, (1, 1))
    ignored.write_text("new")
    assert outcome() is Outcome.CACHED
    file.chmod(0o755)
    assert outcome() is Outcome.REBUILT
    file.write_text(tag[::-1])
    assert outcome() is Outcome.REBUILT
    (context / "empty").mkdir()
    assert outcome() is Outcome.REBUILT
    for image in images:
        engine.remove_image(image)


def test_what_can_not_be_sent_ends_the_build_with_its_sentence(engine: DockerEngine, context: Path, tag: str) -> None:
    (context / "Dockerfile").write_bytes(DOCKERFILE)
    (context / "first").write_bytes(b"x" * 1_000_000)
    os.mkfifo(context / "pipe")
    failure = report_of(engine.build(BuildRequest(context))).failure
    assert isinstance(failure, BuildFailed)
    assert failure.message == "pipe in the build context is a named pipe, which can't be sent."
    assert ".dockerignore" in failure.hint
    (context / "pipe").unlink()
    built(engine, BuildRequest(context, tag, no_cache=True))
