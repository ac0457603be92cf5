"""The fake engine behaves enough like an engine for the tests that stand on it."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.fakes import FakeEngine, started
from tutor.builds.engine import BuildRequest, Engine, Exited, OutputLine, RunSpec
from tutor.builds.events import BuildCancelled, BuildFailed, BuildSucceeded, StepStarted
from tutor.builds.report import report_of

TEXT = "FROM diamol/base\nCOPY a.txt .\nCOPY b.txt .\nRUN ls\n"


def context(folder: Path, text: str = TEXT) -> BuildRequest:
    (folder / "Dockerfile").write_text(text)
    (folder / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    return BuildRequest(folder, tag="fake", build_id="1")


def test_it_is_an_engine() -> None:
    engine: Engine = FakeEngine()
    assert engine.facts().live


def test_a_changed_file_rebuilds_its_step_and_those_below(tmp_path: Path) -> None:
    engine, request = FakeEngine(), context(tmp_path)
    assert len(report_of(engine.build(request)).rebuilt) == 3
    assert len(report_of(engine.build(request)).rebuilt) == 0
    (tmp_path / "b.txt").write_text("changed")
    assert [s.step.instruction.arguments for s in report_of(engine.build(request)).rebuilt] == ["b.txt .", "ls"]


def test_a_failing_step_ends_the_build(tmp_path: Path) -> None:
    report = report_of(FakeEngine(failing=("ls",)).build(context(tmp_path)))
    assert isinstance(report.failure, BuildFailed)
    assert report.failure.step == 2


def test_a_script_is_played(tmp_path: Path) -> None:
    engine = FakeEngine()
    engine.script("fake", started(TEXT), StepStarted(1), BuildSucceeded("sha256:1", ()))
    events = list(engine.build(context(tmp_path)))
    assert events[1] == StepStarted(1)
    image = engine.image("fake")
    assert image is not None
    assert image.id == "sha256:1"


def test_a_held_build_can_be_cancelled(tmp_path: Path) -> None:
    engine, request = FakeEngine(), context(tmp_path)
    engine.hold.clear()
    threading.Timer(0.05, engine.cancel, ("1",)).start()
    assert isinstance(list(engine.build(request))[-1], BuildCancelled)


def test_a_taken_port_is_replaced_and_a_container_prints(tmp_path: Path) -> None:
    engine = FakeEngine(taken_ports={800}, prints={"fake": ("hello",)})
    list(engine.build(context(tmp_path)))
    assert engine.start(RunSpec("fake", "iotd", ports={80: 800})).ports == {80: 49152}
    assert list(engine.run(RunSpec("fake"))) == [OutputLine("hello"), Exited(0)]
