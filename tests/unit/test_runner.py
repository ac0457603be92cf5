"""Actions carried out on a fake engine: what they ask of it, what they show, what is undone."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeEngine
from tutor.builds.engine import BuildRequest, Exited, FileEntry, OutputLine, RunSpec
from tutor.builds.events import BuildCancelled, BuildSucceeded
from tutor.course.actions import EditFile, LookInside
from tutor.course.commands import parse_command
from tutor.course.lesson import Lesson, Step
from tutor.course.runner import run_action
from tutor.course.seen import (
    ActionEvent,
    ContainerRemoved,
    ContainerStarted,
    FileEdited,
    FilesSeen,
    HttpAnswer,
    ImageInspected,
    ImagesListed,
    LayersListed,
    NetworkReady,
    lines,
)
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.errors import TutorError, UsageError
from tutor.language import Words


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LessonSession]:
    shipped = tmp_path / "exercises" / "ex"
    shipped.mkdir(parents=True)
    (shipped / "Dockerfile").write_text("FROM diamol/base\nCOPY page.html .\n")
    (shipped / "page.html").write_text("<body>\n  old\n</body>\n")
    with LessonSession(Workspace(tmp_path / "mine", tmp_path / "exercises")) as session:
        yield session


def run(session: LessonSession, engine: FakeEngine, command: str, folder: str = "") -> list[ActionEvent]:
    action = replace(parse_command(command), folder=folder)
    return list(run_action(session, action, engine, "b1"))


def test_a_build_is_of_the_learners_copy(session: LessonSession, engine: FakeEngine) -> None:
    events = run(session, engine, "docker image build -t page .", "ex")
    assert isinstance(events[-1], BuildSucceeded)
    assert engine.calls == [("build", BuildRequest(session.workspace.root / "ex", tag="page", build_id="b1"))]


def test_a_dockerfile_is_named_from_the_context(session: LessonSession, engine: FakeEngine) -> None:
    engine.script("", TutorError("stop"))
    with pytest.raises(TutorError):
        run(session, engine, "docker image build -f Dockerfile sub", "ex")
    request = engine.calls[0][1]
    assert isinstance(request, BuildRequest)
    assert (request.context.name, request.dockerfile) == ("sub", "../Dockerfile")


def test_a_container_runs_to_its_end(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page")
    engine.prints["page"] = ("hello",)
    assert run(session, engine, "docker run page cat a") == [OutputLine("hello"), Exited(0)]
    assert engine.calls == [("run", RunSpec("page", name="run-b1", command=("cat", "a")))]


def test_a_taken_port_is_told_and_used_from_then_on(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page")
    with Serving() as port:
        engine.taken_ports = {800}
        engine.free_port = port
        network, started = run(session, engine, "docker run --name web -d -p 800:80 --network nat page")
        assert network == NetworkReady("nat", "diamol-tutor-nat")
        assert isinstance(started, ContainerStarted)
        assert started.moved == {800: port}
        spec = engine.calls[-1][1]
        assert isinstance(spec, RunSpec)
        assert (spec.alias, spec.network) == ("web", "nat")
        (answer,) = run(session, engine, "curl -d hi localhost:800/there")
    assert answer == HttpAnswer(f"http://127.0.0.1:{port}/there", 200, ("POST /there hi", "<b>"))


class Serving:
    """A web server on a free port that repeats what it is asked."""

    def __enter__(self) -> int:
        class Echo(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(f"POST {self.path} {body}\n<b>\x1b[31m\n".encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return int(self._server.server_address[1])

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_an_address_of_no_container_is_not_waited_for(session: LessonSession, engine: FakeEngine) -> None:
    (answer,) = run(session, engine, "curl localhost:1")
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 0
    assert answer.problem


def test_starting_again_replaces_the_container(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page")
    command = "docker run -d -p 802:80 page"
    run(session, engine, command)
    removed, started = run(session, engine, command)
    assert isinstance(removed, ContainerRemoved)
    assert isinstance(started, ContainerStarted)
    assert started.moved == {}
    assert len(engine.containers()) == 1


def test_containers_go_by_their_short_names(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page")
    run(session, engine, "docker run -d --name web page")
    assert run(session, engine, "docker container rm -f web") == [ContainerRemoved("web")]
    assert engine.containers() == ()
    with pytest.raises(TutorError, match="No container web"):
        run(session, engine, "docker container rm -f web")


def test_images_are_listed_and_inspected(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page", Cmd=["node", "\x1b]0;x\x07"], WorkingDir="/app")
    (listed,) = run(session, engine, "docker image ls -f reference=page")
    assert isinstance(listed, ImagesListed)
    assert "page:latest" in lines(listed, Words())[0]
    (history,) = run(session, engine, "docker image history page")
    assert isinstance(history, LayersListed)
    (fields,) = run(session, engine, "docker image inspect -f '{{json .Config.WorkingDir}}' page")
    assert fields == ImageInspected("page", ('"/app"',))
    (whole,) = run(session, engine, "docker image inspect page")
    assert isinstance(whole, ImageInspected)
    assert json.loads("\n".join(whole.lines))["Config"]["WorkingDir"] == "/app"
    with pytest.raises(TutorError, match="no image none"):
        run(session, engine, "docker image inspect none")


def test_a_look_finds_files_and_says_what_is_not_there(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page")
    files = [FileEntry(f"/app/{n}", "file", n, 0o644) for n in range(300)]
    engine.image_files["page"] = (
        *files,
        FileEntry("/app/sub/x", "file", 1, 0o644),
        FileEntry("/usr", "folder", 0, 0o755),
    )
    look = LookInside(command="", image="page", patterns=("/app/*", "/usr/bin/mvn", "/app/**", "/u*"))
    (seen,) = run_action(session, look, engine)
    assert isinstance(seen, FilesSeen)
    assert [(found.pattern, len(found.files), found.more) for found in seen.found] == [
        ("/app/*", 200, 100),
        ("/usr/bin/mvn", 0, 0),
        ("/app/**", 200, 101),
        ("/u*", 1, 0),
    ]
    assert "not in the image: /usr/bin/mvn" in lines(seen, Words())


EDIT = EditFile(command="", folder="ex", file="page.html", find="  old", replace="  new {stamp}\n  more")


def page(session: LessonSession) -> str:
    return (session.workspace.root / "ex" / "page.html").read_text()


def test_an_edit_is_made_once_and_undone(session: LessonSession, engine: FakeEngine) -> None:
    (first,) = run_action(session, EDIT, engine)
    assert isinstance(first, FileEdited)
    assert first.line == 2
    assert first.replace in page(session)
    list(run_action(session, EDIT, engine))
    assert page(session).count("more") == 1
    session.close()
    assert page(session) == "<body>\n  old\n</body>\n"


def test_the_edit_of_a_killed_tutor_is_undone_by_the_next(session: LessonSession, engine: FakeEngine) -> None:
    list(run_action(session, EDIT, engine))
    later = LessonSession(session.workspace)
    later.restore(Lesson("01-x", 1, "", "", "en", (Step("a", "", (EDIT,)),), ""))
    assert page(session) == "<body>\n  old\n</body>\n"


def test_what_the_learner_wrote_meanwhile_stays(session: LessonSession, engine: FakeEngine) -> None:
    list(run_action(session, EDIT, engine))
    file = session.workspace.root / "ex" / "page.html"
    file.write_text(page(session) + "mine\n")
    session.close()
    assert page(session) == "<body>\n  old\n</body>\nmine\n"


def test_an_edit_without_its_place(session: LessonSession, engine: FakeEngine) -> None:
    session.workspace.prepare("ex")
    (session.workspace.root / "ex" / "page.html").write_text("mine")
    with pytest.raises(TutorError, match="doesn't have the lines") as caught:
        list(run_action(session, EDIT, engine))
    assert "reset-exercise ex" in caught.value.hint


def test_an_edit_stays_within_the_copies(session: LessonSession, engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("  old\n")
    folder = session.workspace.prepare("ex")
    (folder / "page.html").unlink()
    (folder / "page.html").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError):
        list(run_action(session, EDIT, engine))
    assert (tmp_path / "outside").read_text() == "  old\n"


def test_a_build_can_be_cancelled(session: LessonSession, engine: FakeEngine) -> None:
    engine.hold.clear()
    threading.Timer(0.05, session.cancel, ("b1",)).start()
    assert isinstance(run(session, engine, "docker image build -t page .", "ex")[-1], BuildCancelled)


def test_waiting_for_an_answer_can_be_cancelled(session: LessonSession, engine: FakeEngine) -> None:
    engine.add_image("page")
    run(session, engine, "docker run -d -p 1:80 page")
    threading.Timer(0.05, session.cancel, ("b1",)).start()
    (answer,) = run(session, engine, "curl localhost:1")
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 0
