"""Spoilt answers of a live engine: what was asked ends in one sentence, leaves nothing, and works the next time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.proxy import BUILD, Answer, Cut, First, Proxy, Silence
from tutor.builds.builder import Builder
from tutor.builds.engine import BuildRequest, Exited, RunSpec
from tutor.builds.events import BuildCancelled, BuildEvent, BuildFailed, BuildStarted, BuildSucceeded, FailureKind
from tutor.engines import connect
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import NoEngine, TutorError

pytestmark = pytest.mark.engine

Write = Callable[[str], Path]

TEXT = "FROM diamol/base\nRUN echo begun\nRUN echo ended\n"


def build(engine: DockerEngine, context: Path, tag: str = "") -> list[BuildEvent]:
    return list(engine.build(BuildRequest(context, tag=tag, no_cache=True)))


def failure(events: list[BuildEvent]) -> BuildFailed:
    last = events[-1]
    assert isinstance(last, BuildFailed), last
    assert last.message
    assert last.hint
    assert "Traceback" not in last.message + last.hint
    assert "Error" not in last.message
    return last


def works_again(proxy: Proxy, engine: DockerEngine, context: Path) -> bool:
    proxy.mend()
    return isinstance(list(engine.build(BuildRequest(context)))[-1], BuildSucceeded)


@pytest.mark.parametrize("after", [0, 300, 1_200])
def test_a_stream_cut_after_some_bytes(proxy: Proxy, proxied: DockerEngine, dockerfile: Write, after: int) -> None:
    context = dockerfile(TEXT)
    proxy.spoil(BUILD, Cut(after))
    assert failure(build(proxied, context)).kind is FailureKind.ENGINE
    assert works_again(proxy, proxied, context)


def test_a_stream_cut_while_a_step_runs_stops_the_step(
    proxy: Proxy, proxied: DockerEngine, direct: DockerEngine, dockerfile: Write
) -> None:
    context = dockerfile("FROM diamol/base\nRUN echo begun; sleep 60\n")
    running = {Builder.BUILDKIT: b"moby.buildkit.trace", Builder.CLASSIC: b"Running in"}
    proxy.spoil(BUILD, Cut(0, running[proxied.facts().builder]))
    begun = time.monotonic()
    assert failure(build(proxied, context)).kind is FailureKind.ENGINE
    assert time.monotonic() - begun < 20
    assert works_again(proxy, proxied, dockerfile(TEXT))
    assert direct.facts().live


@pytest.mark.parametrize("body", [b'{"stream":"Step 1/3 : FROM"}\r\n{"aux', b"\xff\xfe\x00", b""])
def test_half_a_line_of_json(proxy: Proxy, proxied: DockerEngine, dockerfile: Write, body: bytes) -> None:
    context = dockerfile(TEXT)
    proxy.spoil(BUILD, Answer("200 OK", body))
    assert failure(build(proxied, context)).kind is FailureKind.ENGINE
    assert works_again(proxy, proxied, context)


@pytest.mark.parametrize("body", [b'{"message":"it \x1b[31mbroke"}', b"<h1>Bad Gateway</h1>", b""])
def test_a_500_instead_of_a_build(proxy: Proxy, proxied: DockerEngine, dockerfile: Write, body: bytes) -> None:
    context = dockerfile(TEXT)
    proxy.spoil(BUILD, Answer("500 Internal Server Error", body))
    told = failure(build(proxied, context))
    assert told.kind is FailureKind.ENGINE
    assert told.message.isprintable()
    assert works_again(proxy, proxied, context)


def test_an_engine_lost_right_after_the_build(proxy: Proxy, proxied: DockerEngine, dockerfile: Write) -> None:
    context = dockerfile(TEXT)
    proxy.spoil("/history", Cut(0))
    assert failure(build(proxied, context)).kind is FailureKind.ENGINE
    assert works_again(proxy, proxied, context)


def ask(engine: DockerEngine) -> list[Callable[[], object]]:
    """Every kind of question; each raises when its answer is spoilt."""
    return [
        engine.facts,
        engine.containers,
        engine.images,
        engine.networks,
        lambda: engine.image("diamol/base"),
        lambda: engine.layers("diamol/base"),
        lambda: list(engine.files("diamol/base")),
        lambda: list(engine.run(RunSpec("diamol/base", command=("true",)))),
        lambda: list(engine.pull("diamol/base")),
        lambda: engine.create_network("never"),
    ]


@pytest.mark.parametrize(
    "fault",
    [
        Answer("500 Internal Server Error", b'{"message":"broken"}'),
        Answer("200 OK", b'[{"Id": "half'),
        Answer("200 OK", b"<h1>not an engine</h1>", "text/html"),
        Cut(0),
        Cut(40),
    ],
    ids=["500", "half", "garbage", "no answer", "half a head"],
)
def test_every_question_survives_a_spoilt_answer(proxy: Proxy, fault: Answer | Cut) -> None:
    engine = DockerEngine.connect()
    proxy.spoil("^(GET|POST|DELETE|HEAD) ", fault)
    for question in ask(engine):
        with pytest.raises(TutorError) as caught:
            question()
        assert caught.value.hint
        assert caught.value.message.isprintable()
    proxy.mend()
    assert engine.facts().live
    assert list(engine.run(RunSpec("diamol/base", command=("true",)))) == [Exited(0)]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines short enough for a test."""
    monkeypatch.setattr(connect, "REPLY_DEADLINE_S", 1)
    monkeypatch.setattr(connect, "FIRST_REPLY_DEADLINE_S", 1)


@pytest.mark.usefixtures("impatient")
def test_a_reply_that_never_comes_has_a_deadline(proxy: Proxy, dockerfile: Write) -> None:
    engine = DockerEngine.connect()
    proxy.spoil(" /", Silence())
    for question in (engine.facts, lambda: engine.image("diamol/base"), DockerEngine.connect):
        with pytest.raises(NoEngine, match="did not reply in time") as caught:
            question()
        assert caught.value.hint
    proxy.mend()
    proxy.spoil(BUILD, Silence())
    told = failure(build(engine, dockerfile(TEXT)))
    assert "did not reply in time" in told.message


@pytest.mark.usefixtures("impatient")
def test_a_step_may_be_silent_for_longer_than_any_deadline(proxied: DockerEngine, dockerfile: Write) -> None:
    context = dockerfile("FROM diamol/base\nRUN sleep 2.2\n")
    assert isinstance(build(proxied, context)[-1], BuildSucceeded)


def test_a_build_that_is_never_answered_can_be_left_at_once(
    proxy: Proxy, proxied: DockerEngine, dockerfile: Write
) -> None:
    proxy.spoil("/build", Silence())  # neither the build nor its cancelling
    events = iter(proxied.build(BuildRequest(dockerfile(TEXT), build_id="left", no_cache=True)))
    assert isinstance(next(events), BuildStarted)
    done = threading.Event()
    last: list[BuildEvent] = []

    def hear() -> None:
        last.extend(events)
        done.set()

    threading.Thread(target=hear, daemon=True).start()
    _wait(lambda: proxy.asked(BUILD) > 0)
    threading.Thread(target=proxied.cancel, args=("left",), daemon=True).start()
    assert done.wait(3)
    assert isinstance(last[-1], BuildCancelled)


def test_a_base_image_removed_between_look_and_build(
    proxy: Proxy, proxied: DockerEngine, direct: DockerEngine, dockerfile: Write, tag: str
) -> None:
    name = tag.replace("test:", "base:")
    direct.tag("diamol/base", name)
    proxy.spoil(BUILD, First(lambda: direct.remove_image(name)))
    told = failure(build(proxied, dockerfile(TEXT.replace("diamol/base", name))))
    assert told.kind is FailureKind.BASE_IMAGE
    assert works_again(proxy, proxied, dockerfile(TEXT))


def test_an_image_removed_between_create_and_start_or_look(proxy: Proxy, direct: DockerEngine, tag: str) -> None:
    direct.tag("diamol/base", tag)
    engine = DockerEngine.connect()
    proxy.spoil("/containers/create", First(lambda: direct.remove_image(tag)))
    with pytest.raises(TutorError, match="There is no image"):
        list(engine.run(RunSpec(tag, command=("true",))))
    with pytest.raises(TutorError, match="There is no image"):
        list(engine.files(tag))


def _wait(condition: Callable[[], bool], deadline_s: float = 20) -> None:
    end = time.monotonic() + deadline_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "it never came true"
        pause.wait(0.01)
