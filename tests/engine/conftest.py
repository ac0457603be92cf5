"""The live engine that these tests need: the learner's if one answers, else one started here. Never a skip."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tutor.builds.builder import Builder
from tutor.builds.engine import Engine
from tutor.engines.docker_engine import DockerEngine

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # started in the background of a script; the tutors that tests start would take it over, and couldn't be interrupted
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def buildkit() -> DockerEngine:
    return DockerEngine.connect()


@pytest.fixture(scope="session")
def classic(buildkit: DockerEngine) -> DockerEngine:  # noqa: ARG001 - an engine must be there first
    return DockerEngine.connect(Builder.CLASSIC)


@pytest.fixture(params=list(Builder))
def engine(request: pytest.FixtureRequest) -> Engine:
    """The live engine with each of its builders."""
    chosen: Engine = request.getfixturevalue(str(request.param))
    return chosen


@pytest.fixture
def tag(buildkit: DockerEngine) -> Iterator[str]:
    """A name for an image of one test's own, removed afterwards."""
    name = f"diamol-tutor/test:{uuid4().hex[:12]}"
    yield name
    buildkit.remove_image(name)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    return folder
