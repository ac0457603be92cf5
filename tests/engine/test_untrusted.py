"""Solutions of people one doesn't know can't hurt: what their containers may use, and a class with bad ones in it."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tutor.builds.engine import BuildRequest, Engine, Limits, OutputLine, RunSpec
from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.report import report_of
from tutor.course.exercise import load_exercise
from tutor.engines.docker_engine import DockerEngine
from tutor.grade.images import image_of
from tutor.grade.report import GradeReport
from tutor.grade.rig import Terms
from tutor.grade.several import Class, TimeIsUp
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine

SHIPPED = load_exercise(exercises_folder(), "06-optimise")
EXERCISE = replace(SHIPPED, serve=replace(SHIPPED.serve, deadline_s=5.0))
UNTRUSTED = Terms(isolated=True, offline=True)
TIMEOUT_S = 120.0
INTERFACES = "ls /sys/class/net"


def printed(engine: DockerEngine, spec: RunSpec) -> list[str]:
    return [event.text for event in engine.run(spec) if isinstance(event, OutputLine)]


def test_an_isolated_container_has_no_network_but_its_own(buildkit: DockerEngine) -> None:
    spec = RunSpec("diamol/base", command=("sh", "-c", INTERFACES), isolated=True)
    assert printed(buildkit, spec) == ["lo"]


def test_limits_are_those_asked_for(buildkit: DockerEngine) -> None:
    script = (
        "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null;"
        "cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null;"
        "grep NoNewPrivs /proc/self/status"
    )
    spec = RunSpec("diamol/base", command=("sh", "-c", script), limits=Limits(64 * 1024 * 1024, 20))
    assert printed(buildkit, spec) == [str(64 * 1024 * 1024), "20", "NoNewPrivs:\t1".expandtabs(8)]


def test_an_offline_build_has_no_network(engine: Engine, context: Path) -> None:
    (context / "Dockerfile").write_text(f"FROM diamol/base\nRUN {INTERFACES}\n")
    report = report_of(engine.build(BuildRequest(context, offline=True, no_cache=True)))
    assert report.succeeded
    lines = [line for step in report.steps for line in step.last_lines]
    assert lines == ["lo"]


def test_an_offline_build_pulls_nothing(engine: Engine, context: Path) -> None:
    (context / "Dockerfile").write_text("FROM diamol/no-such-base\n")
    report = report_of(engine.build(BuildRequest(context, offline=True)))
    assert isinstance(report.failure, BuildFailed)
    assert report.failure.kind is FailureKind.BASE_IMAGE
    assert "offline" in report.failure.message


def submission(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """The reference solution with some of its Dockerfile's text replaced."""
    made = folder / name
    shutil.copytree(EXERCISE.solution, made)
    text = (made / "Dockerfile").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (made / "Dockerfile").write_text(text)
    return made


CMD = 'CMD ["/web/server"]'
FORKS = "CMD while :; do sleep 100 & done"
MEMORY = "CMD head -c 2g /dev/zero | tail"
FLOOD = "CMD yes"


def test_bad_solutions_end_by_themselves_and_the_others_pass(buildkit: DockerEngine, tmp_path: Path) -> None:
    folders = [
        submission(tmp_path, "good"),
        submission(tmp_path, "forks", (CMD, FORKS)),
        submission(tmp_path, "memory", (CMD, MEMORY)),
        submission(tmp_path, "flood", (CMD, FLOOD)),
        submission(tmp_path, "downloads", ("RUN go build", "RUN wget -q http://192.0.2.1/server || go build")),
        tmp_path / "missing",
    ]
    entries = Class(EXERCISE, buildkit, UNTRUSTED, TIMEOUT_S).grade(folders, jobs=3)
    found = {entry.name: entry for entry in entries}
    assert list(found) == [folder.name for folder in folders]
    assert found["good"].passed, found["good"]
    assert found["downloads"].passed, found["downloads"]
    assert "doesn't exist" in found["missing"].problem
    for name in ("forks", "memory", "flood"):
        report = found[name].report
        assert report is not None, found[name].error
        assert serves(report) in ("no_answer", "exited"), name
    images = {image_of(folder) for folder in folders}
    assert not [container for container in buildkit.containers() if container.image in images]
    assert not any(buildkit.image(image) for image in images)


def test_a_build_without_end_ends_with_its_time(engine: Engine, tmp_path: Path) -> None:
    folder = submission(tmp_path, "never-builds", ("RUN go build", f"RUN : {tmp_path.name}; sleep 600; go build"))
    began = time.monotonic()
    entry = Class(EXERCISE, engine, UNTRUSTED, 3.0).grade([folder], jobs=1)[0]
    assert isinstance(entry.error, TimeIsUp)
    assert entry.seconds < 60
    assert time.monotonic() - began < TIMEOUT_S


def serves(report: GradeReport) -> str:
    return next(check.reason for check in report.checks if check.id == "serves")
