"""The rebuild that shows what re-runs without any edit."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import FakeEngine, started
from tests.unit.test_checks import EXERCISE
from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildEvent, BuildFailed, BuildSucceeded, FailureKind
from tutor.builds.report import BuildReport
from tutor.grade import probes
from tutor.grade.rig import Rig

START = "FROM diamol/golang\nWORKDIR web\nCOPY index.html .\nRUN go build\n"


@dataclass
class Forgetful(FakeEngine):
    """Finds nothing in its cache in the builds of these numbers, from 1 on."""

    misses: Container[int] = ()

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        if self.built + 1 in self.misses:
            self._cache.clear()
        return super().build(request)

    @property
    def built(self) -> int:
        return sum(name == "build" for name, _ in self.calls)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text(START)
    (tmp_path / "index.html").write_text("hello")
    return tmp_path


def zero_line(engine: Forgetful, context: Path) -> BuildReport:
    """That of a context that was built once."""
    rig = Rig(EXERCISE, engine, engine.facts())
    assert probes.build(rig, context, "mine", lambda _: None).succeeded
    return probes.zero_line(rig, context, "mine")


def test_a_rebuild_from_the_cache_is_the_zero_line(context: Path) -> None:
    engine = Forgetful()
    assert not zero_line(engine, context).rebuilt
    assert engine.built == 2


def test_a_cache_that_was_lost_once_is_not_taken_for_steps_that_always_run(context: Path) -> None:
    engine = Forgetful(misses={2})
    assert not zero_line(engine, context).rebuilt
    assert engine.built == 3


def test_steps_that_run_in_every_rebuild_are_in_the_zero_line(context: Path) -> None:
    engine = Forgetful(misses=range(100))
    assert [step.step.instruction.keyword for step in zero_line(engine, context).rebuilt] == ["WORKDIR", "COPY", "RUN"]
    assert engine.built == 1 + probes.ZERO_LINES


def test_a_workdir_on_scratch_needs_no_second_look(context: Path) -> None:
    (context / "Dockerfile").write_text("FROM scratch\nWORKDIR web\n")
    engine = Forgetful(misses=range(100))
    assert len(zero_line(engine, context).rebuilt) == 1
    assert engine.built == 2


def test_a_rebuild_that_fails_is_not_tried_again(context: Path) -> None:
    engine = Forgetful()
    engine.script("mine", *engine.build(BuildRequest(context, tag="mine")))
    engine.script("mine", started(START), BuildFailed("no space left", FailureKind.STEP))
    engine.calls.clear()
    assert not zero_line(engine, context).succeeded
    assert engine.built == 2


def test_what_a_try_ran_that_the_engine_spoiled_counts_as_run(context: Path) -> None:
    engine = Forgetful()
    rig = Rig(EXERCISE, engine, engine.facts())
    assert probes.build(rig, context, "mine", lambda _: None).succeeded
    (context / "index.html").write_text("bye")
    first, second = (list(engine.build(BuildRequest(context, tag="other"))) for _ in range(2))
    assert isinstance(first[-1], BuildSucceeded)
    engine.script("mine", *first[:-1], BuildFailed("the image already exists", FailureKind.ENGINE))
    engine.script("mine", *second)
    report = probes.build(rig, context, "mine", lambda _: None)
    assert report.succeeded
    assert [step.step.instruction.keyword for step in report.rebuilt] == ["COPY", "RUN"]
    assert [step.step.instruction.keyword for step in report.cached] == ["WORKDIR"]
