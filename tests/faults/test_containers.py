"""Containers that do none of what a lesson or a grade wants: they end in a result or a sentence, and are gone."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tests.faults.proxy import First, Proxy
from tutor.builds.engine import BuildRequest, Container, Exited, OutputLine, RunSpec
from tutor.course import runner
from tutor.course.actions import Action
from tutor.course.commands import parse_command
from tutor.course.exercise import load_exercise
from tutor.course.runner import run_action
from tutor.course.seen import ActionEvent, ContainerStarted, HttpAnswer
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.engines.docker_engine import DockerEngine
from tutor.grade.rig import TRUSTED, Rig
from tutor.grade.stop import Stop
from tutor.grade.visits import serve
from tutor.places import exercises_folder
from tutor.ui.run_view import RunView

pytestmark = pytest.mark.engine

LINES = 1_000_000
MEMORY_KB = 50 * 1024

GARBAGE = r"printf '\377\376\033]0;title\007\000 no HTTP at all'"
HEADS = r"printf 'HTTP/1.1 200 OK\r\nX-A: \033[31m\377\r\nContent-Length: 9\r\n\r\n\377\033]0;x\007'"
TOO_SHORT = r"printf 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf'"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LessonSession]:
    with LessonSession(Workspace(tmp_path / "mine")) as session:
        yield session


@pytest.fixture
def name(direct: DockerEngine) -> Iterator[str]:
    """A container's name, as lessons know it; the container is removed afterwards."""
    name = f"fault-{uuid4().hex[:12]}"
    yield name
    for container in direct.containers():
        if container.name.endswith(name):
            direct.remove_container(container.id)


def carried_out(session: LessonSession, command: str, engine: DockerEngine) -> list[ActionEvent]:
    action: Action = parse_command(command)
    return list(run_action(session, action, engine))


def started(session: LessonSession, engine: DockerEngine, name: str, script: str) -> Container:
    command = f"docker container run -d --name {name} -p 8080:80 diamol/base sh -c {script!r}"
    action = parse_command("docker container run -d --name x -p 8080:80 diamol/base true")
    action = replace(action, name=name, arguments=("sh", "-c", script), command=command)  # type: ignore[call-arg]
    (event,) = [each for each in run_action(session, action, engine) if isinstance(each, ContainerStarted)]
    return event.container


def answer(session: LessonSession, engine: DockerEngine) -> HttpAnswer:
    (event,) = carried_out(session, "curl localhost:8080", engine)
    assert isinstance(event, HttpAnswer)
    assert "".join((*event.lines, event.problem)).isprintable()
    return event


def test_one_that_exits_at_once_is_not_waited_for(direct: DockerEngine, session: LessonSession, name: str) -> None:
    started(session, direct, name, "exit 3")
    begun = time.monotonic()
    told = answer(session, direct)
    assert told.status == 0
    assert told.problem
    assert time.monotonic() - begun < 20  # of the 60 s that a slow start may take


def test_one_that_never_answers_has_a_deadline(
    direct: DockerEngine, session: LessonSession, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "HTTP_DEADLINE_S", 1.0)
    started(session, direct, name, "sleep 600")
    told = answer(session, direct)
    assert told.status == 0
    assert told.problem


@pytest.mark.parametrize(("script", "statuses"), [(GARBAGE, {0}), (HEADS, {200}), (TOO_SHORT, {0, 200})])
def test_one_that_answers_garbage(
    direct: DockerEngine,
    session: LessonSession,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    statuses: set[int],
) -> None:
    monkeypatch.setattr(runner, "HTTP_DEADLINE_S", 3.0)
    started(session, direct, name, f"while :; do {script} | busybox nc -l -p 80; done")
    told = answer(session, direct)
    assert told.status in statuses, told
    assert told.problem or told.status


@pytest.mark.parametrize(
    ("script", "exit_code"),
    [("exit 3", 3), ("sleep 600", None), (f"while :; do {GARBAGE} | busybox nc -l -p 80; done", None)],
)
def test_a_grade_of_one_says_why(
    direct: DockerEngine, script: str, exit_code: int | None, tag: str, tmp_path: Path
) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "Dockerfile").write_text(f"FROM diamol/base\nCMD {script}\n")
    list(direct.build(BuildRequest(tmp_path / "context", tag=tag)))
    exercise = load_exercise(exercises_folder(), "06-optimise")
    exercise = replace(exercise, serve=replace(exercise.serve, deadline_s=2.0))
    served = serve(Rig(exercise, direct, direct.facts(), TRUSTED, Stop()), tag, "<p>{{.User}}</p>")
    assert not served.is_page
    assert served.exit_code == exit_code
    assert served.answer.problem
    assert served.answer.problem.isprintable()


def test_one_that_prints_a_million_lines(direct: DockerEngine) -> None:
    spec = RunSpec("diamol/base", command=("sh", "-c", f"yes 'a line of output' | head -n {LINES}"))
    view = RunView(parse_command("docker container run diamol/base"), 0.0)
    before, seen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
    for event in direct.run(spec):
        view.see(event, 0.0)
        seen += isinstance(event, OutputLine)
    assert event == Exited(0)
    assert (seen, view.output.total) == (LINES, LINES)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


def test_a_port_taken_between_look_and_start_is_replaced(
    proxy: Proxy, direct: DockerEngine, session: LessonSession, name: str
) -> None:
    with socket.socket() as free, socket.socket() as taken:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()

        def take() -> None:
            if taken.getsockname()[1] == 0:
                taken.bind(("127.0.0.1", port))
                taken.listen()

        proxy.spoil(r"/containers/[0-9a-f]+/start", First(take))
        command = f"docker container run -d --name {name} -p {port}:80 diamol/base sleep 600"
        events = carried_out(session, command, DockerEngine.connect())
        started = next(event for event in events if isinstance(event, ContainerStarted))
        assert started.moved == {port: started.container.ports[80]}
        assert started.container.ports[80] != port
    assert [each.name for each in direct.containers() if each.name.endswith(name)] == [started.container.name]
