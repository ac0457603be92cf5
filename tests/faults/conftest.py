"""What goes wrong, for real: a proxy in front of the live engine, and an engine that may be stopped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults.own_engine import OwnEngine
from tests.faults.proxy import Proxy
from tutor.alive import me
from tutor.builds.builder import Builder
from tutor.engines.connect import connect, endpoint
from tutor.engines.docker_engine import DockerEngine

BASE = "diamol/base"


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder for sockets: their paths have a bound of 107 bytes (unix(7))."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        yield Path(folder)


@pytest.fixture
def direct() -> Iterator[DockerEngine]:
    """The live engine past the proxy. What a test leaves on it is an error."""
    engine = DockerEngine.connect()
    before = _ours(engine)
    yield engine
    assert _ours(engine) <= before


def _ours(engine: DockerEngine) -> set[str]:
    return {container.name for container in engine.containers() if container.owner == me()}


@pytest.fixture
def proxy(short_folder: Path, direct: DockerEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: ARG001
    """A proxy in front of the live engine; the tutor is told to use it."""
    host = endpoint().host
    assert host.startswith("unix://"), f"These tests stand between the tutor and a socket; {host} is none."
    with Proxy(Path(host.removeprefix("unix://")), short_folder / "docker.sock") as proxy:
        monkeypatch.setenv("DOCKER_HOST", proxy.address)
        yield proxy


@pytest.fixture(params=list(Builder))
def proxied(request: pytest.FixtureRequest, proxy: Proxy) -> DockerEngine:  # noqa: ARG001
    """The live engine behind the proxy, with each of its builders."""
    return DockerEngine.connect(request.param)


@pytest.fixture(scope="session")
def one_engine() -> Iterator[OwnEngine]:
    """One engine of these tests' own for all of them; it has the one base image that they need."""
    folder = Path(tempfile.mkdtemp(prefix="own-engine-"))
    engine = OwnEngine(folder)
    try:
        base = b"".join(DockerEngine.connect().save_images((BASE,)))
        engine.start()
        with tempfile.TemporaryFile() as archive:
            archive.write(base)
            archive.seek(0)
            list(_client(engine).load_images(archive))
        yield engine
    finally:
        engine.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own(one_engine: OwnEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnEngine]:
    """The engine that may be stopped, running and without containers; the tutor is told to use it."""
    if not one_engine.runs:
        one_engine.start()
    monkeypatch.setenv("DOCKER_HOST", one_engine.address)
    yield one_engine
    if not one_engine.runs:
        one_engine.start()
    engine = _client(one_engine)
    for container in engine.containers():
        engine.remove_container(container.id)


def _client(engine: OwnEngine) -> DockerEngine:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.address)
        return DockerEngine(connect())


@pytest.fixture
def tag(direct: DockerEngine) -> Iterator[str]:
    """A name for an image of one test's own on the live engine, removed afterwards."""
    name = f"diamol-tutor/test:{uuid4().hex[:12]}"
    yield name
    direct.remove_image(name)


@pytest.fixture
def dockerfile(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a build context of nothing but a Dockerfile, and gives its folder."""

    def write(text: str) -> Path:
        folder = tmp_path / "context"
        folder.mkdir(exist_ok=True)
        (folder / "Dockerfile").write_text(text)
        return folder

    return write
