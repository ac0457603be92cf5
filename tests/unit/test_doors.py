"""Whatever comes in from outside, by whichever door: no control character is left in what a screen is going to show."""

from __future__ import annotations

import dataclasses
import socket
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import docker
import pytest
from docker import errors as docker_errors
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.builds.builder import Builder
from tutor.builds.parser import parse
from tutor.builds.steps import plan
from tutor.engines import containers, images, networks, pull
from tutor.engines.buildkit import TraceDecoder
from tutor.engines.classic import ClassicDecoder
from tutor.engines.connect import engine_errors
from tutor.engines.docker_engine import DockerEngine
from tutor.engines.failures import explain
from tutor.engines.output import LineCutter
from tutor.engines.trace_pb2 import StatusResponse
from tutor.errors import TutorError
from tutor.sanitise import decode
from tutor.visit import visit

PIECES = st.sampled_from(
    ["\x1b[31m", "\x1b]0;t\x07", "\x1b]52;c;aGk=\x07", "\x9b1m", "\u202e", "\x00", "\x7f", "\r", "a"]
)
TEXT = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)
BYTES = st.binary(max_size=60) | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
STEPS = plan(parse("FROM a\nRUN b\n"), Builder.BUILDKIT)


def texts(told: object) -> Iterator[str]:
    """All strings in what a door gave, but for an image's configuration, which whoever shows it cleans row by row."""
    match told:
        case str():
            yield told
        case Mapping():
            for key, value in told.items():
                yield from texts(key)
                yield from texts(value)
        case list() | tuple() | frozenset():
            for each in told:
                yield from texts(each)
        case TutorError():
            yield from (told.message, told.hint)
        case _ if dataclasses.is_dataclass(told) and not isinstance(told, type):
            for field in dataclasses.fields(told):
                if field.name not in ("config", "dockerfile", "instruction"):
                    yield from texts(getattr(told, field.name))


def bad(told: object) -> list[str]:
    """Texts with a character that a terminal acts upon, or that turns what is read around."""
    return [text for text in texts(told) if any(_acts(char) for char in text)]


def _acts(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.lists(BYTES, max_size=5))
def test_container_output(parts: list[bytes]) -> None:
    cutter = LineCutter()
    assert bad([*(line for part in parts for line in cutter.feed(part)), *cutter.end()]) == []


@given(BYTES, TEXT, TEXT)
def test_buildkit_s_log(data: bytes, name: str, error: str) -> None:
    response = StatusResponse()
    name, error = (text.encode("utf-8", "replace").decode() for text in (name, error))  # as protobuf has to
    response.vertexes.add(digest="d", name=f"[1/1] RUN {name}", error=error).started.seconds = 1
    response.vertexes[0].completed.seconds = 2
    response.logs.add(vertex="d", msg=data)
    response.logs.add(vertex="other", msg=data)
    decoder = TraceDecoder(STEPS, {}, frozenset())
    trace = {"id": "moby.buildkit.trace", "aux": b64encode(response.SerializeToString()).decode()}
    events = [*decoder.feed(trace), *decoder.feed({"errorDetail": {"message": error}, "error": error}), *decoder.end()]
    assert bad([*events, decoder.failure]) == []


@given(st.lists(TEXT, max_size=4), TEXT)
def test_the_classic_builder_s_stream(said: list[str], error: str) -> None:
    decoder = ClassicDecoder(STEPS)
    lines = ["Step 1/2 : FROM a", "Step 2/2 : RUN b", " ---> Running in 0123456789ab", *said]
    events = [event for line in lines for event in decoder.feed({"stream": line})]
    events += [*decoder.feed({"error": error}), *decoder.end()]
    assert bad([*events, decoder.failure]) == []


@given(TEXT, st.none() | st.integers(0, 1))
def test_what_a_build_failed_for(error: str, step: int | None) -> None:
    step = step if step is not None and step < len(STEPS) else None
    assert bad(explain(error, None, step, STEPS)) == []


class _Client:
    """An engine whose every answer is hostile."""

    base_url, api_version = "http+docker://localhost", "1.41"

    def __init__(self, text: str) -> None:
        self._text = text

    def version(self) -> dict[str, Any]:
        return {"Version": self._text}

    def info(self) -> dict[str, Any]:
        return {"Driver": self._text}

    def networks(self, **_: object) -> list[dict[str, Any]]:
        return [{"Name": self._text}]

    def inspect_image(self, _: str) -> dict[str, Any]:
        return {"Id": "sha256:1", "RepoTags": [self._text], "Config": {"Labels": {self._text: self._text}}}

    def images(self, **_: object) -> list[dict[str, Any]]:
        return [{"Id": "sha256:1", "RepoTags": [self._text]}]

    def history(self, _: str) -> list[dict[str, Any]]:
        return [{"Size": 1, "CreatedBy": self._text}]

    def containers(self, **_: object) -> list[dict[str, Any]]:
        return [{"Id": "1"}]

    def inspect_container(self, _: str) -> dict[str, Any]:
        config = {"Image": self._text, "Labels": {"diamol.tutor.owner": self._text}}
        state = {"Status": "running", "ExitCode": 0}
        return {"Id": "1", "Name": f"/{self._text}", "Config": config, "State": state, "NetworkSettings": {}}

    def pull(self, *_: object, **__: object) -> Iterator[dict[str, Any]]:
        yield {"status": self._text, "id": self._text}
        yield {"error": f"no: {self._text}"}


@given(TEXT)
def test_names_labels_and_what_else_an_engine_tells(text: str) -> None:
    client = cast(docker.APIClient, _Client(text))
    told: list[object] = [
        DockerEngine(client).facts(),
        networks.listing(client),
        images.listing(client, ()),
        images.inspect(client, "x"),
        images.history(client, "x"),
        containers.listing(client),
    ]
    with pytest.raises(TutorError) as caught:
        told.extend(pull.pull(client, "x"))
    assert bad([*told, caught.value]) == []


@given(TEXT)
def test_what_an_engine_refuses_with(text: str) -> None:
    with pytest.raises(TutorError) as caught, engine_errors():
        raise docker_errors.APIError("failed", explanation=text)
    assert bad(caught.value) == []


@contextmanager
def answering(data: bytes) -> Iterator[str]:
    """An address where one visitor gets these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                while client.recv(4096):
                    pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(10)


@settings(max_examples=40, deadline=None)
@given(BYTES)
def test_what_stood_in_the_way_of_an_answer(data: bytes) -> None:
    with answering(data) as address:
        answer = visit(address, 10, give_up=lambda: True)
    assert bad(answer.problem) == []


@settings(max_examples=40, deadline=None)
@given(BYTES)
def test_a_file_of_the_learner_s(data: bytes) -> None:
    """A Dockerfile's instructions are shown in the table of steps, whatever the file holds."""
    steps: tuple[object, ...] = ()
    with suppress(TutorError):  # what is wrong in a Dockerfile: test_parser
        model = parse(decode(b"FROM a\nRUN " + data.replace(b"\n", b" ") + b"\n"))
        steps = tuple(str(step.instruction) for step in plan(model, Builder.BUILDKIT))
    assert bad(steps) == []


def test_the_doors_are_all_there() -> None:
    """Who takes bytes or text from outside cleans it: a room of the engine's that doesn't is looked at here first."""
    rooms = Path(containers.__file__).parent
    known = {"containers", "images", "networks", "pull", "connect", "docker_engine", "failures", "output"}
    assert all("clean_line" in (rooms / f"{name}.py").read_text("utf-8") for name in known)
