"""The Docker engine, live: builds, containers, networks, images; with both builders where builds are concerned."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tutor.builds.builder import Outcome
from tutor.builds.dockerfile import DockerfileError
from tutor.builds.engine import LABEL, BuildRequest, Engine, Exited, OutputLine, RunSpec
from tutor.builds.events import (
    BuildCancelled,
    BuildFailed,
    BuildStarted,
    BuildSucceeded,
    FailureKind,
    StepOutput,
    StepStarted,
)
from tutor.builds.report import BuildReport, report_of
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import NoEngine, TutorError
from tutor.places import exercises_folder
from tutor.visit import visit

pytestmark = pytest.mark.engine

THREE_STAGES = exercises_folder() / "01-multi-stage"


def write(context: Path, dockerfile: str) -> BuildRequest:
    (context / "Dockerfile").write_text(dockerfile)
    return BuildRequest(context)


def until(condition: Callable[[], bool], deadline_s: float = 20) -> None:
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.05)


def test_three_stages_build_and_print(engine: Engine, tag: str) -> None:
    events = list(engine.build(BuildRequest(THREE_STAGES, tag=tag, no_cache=True)))
    assert isinstance(events[0], BuildStarted)
    assert isinstance(events[-1], BuildSucceeded)
    report = report_of(events)
    assert [step.outcome for step in report.rebuilt] == [Outcome.REBUILT] * 4
    assert [(layer.line) for layer in report.layers if layer.line] == [9, 10]
    assert report.size_bytes > 0
    lines = list(engine.run(RunSpec(tag)))
    assert lines == [OutputLine("Building..."), OutputLine("Testing..."), Exited(0)]
    again = report_of(engine.build(BuildRequest(THREE_STAGES, tag=tag)))
    assert (len(again.rebuilt), len(again.cached)) == (0, 4)
    info = engine.image(tag)
    assert info is not None
    assert LABEL in info.labels


def test_failing_step_is_reported_with_its_line_and_last_lines(engine: Engine, context: Path) -> None:
    request = write(context, "FROM diamol/base\nRUN echo 'see this'; exit 7\nRUN echo never\n")
    report = report_of(engine.build(request))
    assert isinstance(report.failure, BuildFailed)
    assert (report.failure.kind, report.failure.exit_code, report.failure.line) == (FailureKind.STEP, 7, 2)
    assert "see this" in report.steps[0].last_lines
    assert [step.outcome for step in report.steps] == [Outcome.FAILED, Outcome.NOT_RUN]


def test_dockerfile_that_does_not_parse_names_line_and_column(engine: Engine, context: Path) -> None:
    request = write(context, "FROM diamol/base\nCOPPY a b\n")
    with pytest.raises(DockerfileError, match="line 2, column 1") as caught:
        list(engine.build(request))
    assert "COPY" in caught.value.hint


def test_missing_base_image_says_what_to_do(engine: Engine, context: Path) -> None:
    request = write(context, "FROM diamol/no-such-base\nRUN true\n")
    report = report_of(engine.build(request))
    assert isinstance(report.failure, BuildFailed)
    assert (report.failure.kind, report.failure.line) == (FailureKind.BASE_IMAGE, 1)
    assert report.failure.hint


def test_cancel_ends_a_build_at_once_and_leaves_nothing_running(engine: Engine, context: Path) -> None:
    request = write(context, "FROM diamol/base\nRUN echo begun; sleep 600\n")
    before = {container.id for container in engine.containers()}
    events = engine.build(BuildRequest(context, build_id="cancel-me", no_cache=True))
    begun = time.monotonic()
    for event in events:
        if isinstance(event, StepStarted):
            threading.Thread(target=engine.cancel, args=("cancel-me",)).start()
        last = event
    assert isinstance(last, BuildCancelled)
    assert time.monotonic() - begun < 60
    assert {container.id for container in engine.containers()} == before
    assert report_of(engine.build(write(request.context, "FROM diamol/base\nRUN true\n"))).succeeded


def test_closing_the_iterator_ends_the_build(engine: Engine, context: Path) -> None:
    write(context, "FROM diamol/base\nRUN echo begun; sleep 600\n")
    events = engine.build(BuildRequest(context, no_cache=True))
    for event in events:
        if isinstance(event, StepStarted):
            break
    begun = time.monotonic()
    events.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 30


def test_output_arrives_while_the_step_still_runs(engine: Engine, context: Path) -> None:
    write(context, "FROM diamol/base\nRUN echo early; sleep 600\n")
    events = engine.build(BuildRequest(context, build_id="early", no_cache=True))
    seen = next(event for event in events if isinstance(event, StepOutput) and event.text == "early")
    engine.cancel("early")
    assert seen.step == 0
    assert isinstance(list(events)[-1], BuildCancelled)


def test_learners_own_image_keeps_a_name(buildkit: DockerEngine, context: Path, tag: str) -> None:
    client = buildkit._client
    repository, version = tag.split(":")
    foreign = client.import_image_from_data(b"\0" * 10240, repository=repository, tag=version)
    assert foreign
    write(context, "FROM diamol/base\nRUN true\n")
    events = list(buildkit.build(BuildRequest(context, tag=tag)))
    kept = tag.split(":")[0] + ":before-diamol-tutor"
    assert any(isinstance(event, StepOutput) and kept in event.text for event in events)
    assert buildkit.image(kept) is not None
    buildkit.remove_image(kept)


def test_detached_container_is_reached_on_its_port_and_by_alias(
    buildkit: DockerEngine, context: Path, tag: str
) -> None:
    serve = "mkdir /www && echo hello > /www/index.html"
    write(context, f'FROM diamol/base\nRUN {serve}\nCMD ["busybox", "httpd", "-f", "-p", "80", "-h", "/www"]\n')
    assert report_of(buildkit.build(BuildRequest(context, tag=tag))).succeeded
    network = buildkit.create_network("test-nat")
    assert buildkit.create_network("test-nat") == network
    container = buildkit.start(RunSpec(tag, name="test-web", ports={80: 0}, network="test-nat", alias="web"))
    try:
        assert container.name == "diamol-tutor-test-web"
        assert visit(f"http://127.0.0.1:{container.ports[80]}/", 20).body == "hello\n"
        taken = container.ports[80]
        other = buildkit.start(RunSpec(tag, name="test-web-2", ports={80: taken}))
        assert other.ports[80] != taken
        buildkit.remove_container(other.id)
        asked = list(buildkit.run(RunSpec("diamol/base", command=("wget", "-qO-", "http://web/"), network="test-nat")))
        assert asked == [OutputLine("hello"), Exited(0)]
    finally:
        buildkit.remove_container(container.id)
        buildkit.remove_network("test-nat")
    assert buildkit.inspect(container.id) is None
    assert network not in buildkit.networks()


def test_run_gives_both_streams_and_the_exit_code(buildkit: DockerEngine) -> None:
    command = ("sh", "-c", "echo out; echo err >&2; printf 'no newline'; exit 4")
    seen = list(buildkit.run(RunSpec("diamol/base", command=command)))
    assert seen[-1] == Exited(4)
    assert {OutputLine("out"), OutputLine("err", "stderr"), OutputLine("no newline")} == set(seen[:-1])


def test_program_that_is_not_in_the_image_is_a_sentence(buildkit: DockerEngine) -> None:
    before = len(buildkit.containers())
    with pytest.raises(TutorError, match="can't start"):
        list(buildkit.run(RunSpec("diamol/base", command=("no-such-program",))))
    assert len(buildkit.containers()) == before


def test_files_of_an_image_without_running_it(buildkit: DockerEngine, context: Path, tag: str) -> None:
    (context / "in.txt").write_text("12345")
    write(context, "FROM diamol/base\nCOPY in.txt /data/in.txt\n")
    assert report_of(buildkit.build(BuildRequest(context, tag=tag))).succeeded
    entries = {entry.path: entry for entry in buildkit.files(tag)}
    assert (entries["/data/in.txt"].kind, entries["/data/in.txt"].size_bytes) == ("file", 5)
    assert entries["/data"].kind == "folder"
    assert "/.dockerenv" not in entries


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("unix:///nowhere/docker.sock", "No Docker engine is running"),
        ("tcp://127.0.0.1:1", "does not answer"),
        ("nonsense", "can't be reached"),
    ],
)
def test_wrong_docker_host_is_a_sentence(monkeypatch: pytest.MonkeyPatch, host: str, says: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(NoEngine, match=says) as caught:
        DockerEngine.connect()
    assert host in caught.value.message
    assert caught.value.hint


def test_an_image_that_goes_leaves_the_steps_of_another(engine: Engine, context: Path, tag: str) -> None:
    shared = f"FROM diamol/base\nRUN echo {tag} > /one\nRUN echo two > /two\n"
    request = replace(write(context, shared + "RUN echo three\n"), tag=tag)
    assert report_of(engine.build(request)).succeeded
    write(context, shared + "RUN echo another\n")
    assert report_of(engine.build(replace(request, tag=f"{tag}-other"))).succeeded
    engine.remove_image(f"{tag}-other")
    write(context, shared + "RUN echo three\n")
    assert len(report_of(engine.build(request)).cached) == 3


def test_twins_share_their_outcome(buildkit: DockerEngine, context: Path, tag: str) -> None:
    stage = "FROM diamol/base AS {}\nWORKDIR /x\nRUN echo twin > /twin\n"
    copies = "FROM diamol/base\nCOPY --from=a /twin /a\nCOPY --from=b /twin /b\n"
    write(context, stage.format("a") + stage.format("b") + copies)

    def build(no_cache: bool) -> BuildReport:
        return report_of(buildkit.build(BuildRequest(context, tag=tag, no_cache=no_cache)))

    workdir, run, workdir_twin, run_twin, *_ = [step.outcome for step in build(True).steps]
    assert (workdir, run) == (workdir_twin, run_twin)
    assert run is Outcome.REBUILT  # WORKDIR may be cached all the same: BuildKit's no-cache doesn't reach it
    assert [step.outcome for step in build(False).steps] == [Outcome.CACHED] * 6


def test_steps_that_another_build_is_running_are_told_as_well(buildkit: DockerEngine, context: Path, tag: str) -> None:
    request = write(context, f"FROM diamol/base\nRUN echo {tag}\nRUN echo waiting; sleep 3\nRUN echo done\n")
    requests = [replace(request, tag=f"{tag}-{number}") for number in range(4)]
    with ThreadPoolExecutor() as pool:
        reports = list(pool.map(lambda one: report_of(buildkit.build(one)), requests))
    for one in requests:
        buildkit.remove_image(one.tag)
    assert all(report.succeeded for report in reports)
    told = {step.outcome for report in reports for step in report.steps}
    assert Outcome.NOT_RUN not in told
