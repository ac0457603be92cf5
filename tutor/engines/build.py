"""Run a build on a Docker engine through `POST /build`, as events, and end it when asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import docker
import requests
import urllib3
from docker import errors as docker_errors
from docker.errors import create_api_error_from_http_exception

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import BuildRequest, repository_of
from tutor.builds.events import (
    BuildCancelled,
    BuildEvent,
    BuildFailed,
    BuildStarted,
    BuildSucceeded,
    ContextSent,
    FailureKind,
    StepOutput,
)
from tutor.builds.forecast import twins
from tutor.builds.layers import with_lines
from tutor.builds.parser import parse
from tutor.builds.resolve import resolved
from tutor.builds.steps import base_images, built_stages, needed_stages, plan, sources
from tutor.engines.buildkit import TraceDecoder
from tutor.engines.classic import ClassicDecoder, misread
from tutor.engines.connect import engine_errors
from tutor.engines.context import BuildContext
from tutor.engines.failures import blame_frontend
from tutor.engines.images import history, is_ours, present
from tutor.engines.pull import PullRefused, pull
from tutor.errors import TutorError
from tutor.phrase import Phrase

API_VERSIONS = {Builder.BUILDKIT: "2", Builder.CLASSIC: "1"}
"""The `version` parameter of `POST /build` that chooses the builder."""

_BROKEN_OFF = BuildFailed(
    Phrase("The engine stopped talking in the middle of the build."),
    FailureKind.ENGINE,
    hint=Phrase("Check that it still runs (diamol-tutor doctor), then build again."),
)

LET_END_S = 2.0
"""How long a cancelled BuildKit build may take to begin and to end its answer before its connection is shut down.

An image that is just being exported may still get its name when nobody reads the answer any more (Docker 20.10: in 7
of 60 builds cancelled near their end, in none that were read to the end): who removes it has to come later than that.
"""

KEPT_TAG = "before-diamol-tutor"
"""The tag that keeps a learner's image whose name a lesson's build takes."""


class _Decoder(Protocol):
    image_id: str
    failure: BuildFailed | None

    def feed(self, message: dict[str, Any]) -> Iterator[BuildEvent]: ...
    def end(self) -> Iterator[BuildEvent]: ...


@dataclass
class _Running:
    """A build under way. `cancelled` is set by another thread; `response` once the engine has begun to answer; `ended`
    when nobody reads the answer any more.

    `begun` brings the answer's begin or what went wrong before it, or None from `cancel`, which waits for neither.
    """

    cancelled: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    response: requests.Response | None = None
    begun: SimpleQueue[requests.Response | Exception | None] = field(default_factory=SimpleQueue)


class RunningBuilds:
    """The builds of one engine that are under way, so that another thread can end one by its id."""

    def __init__(self, client: docker.APIClient, builder: Builder) -> None:
        self._client = client
        self._builder = builder
        self._running: dict[str, _Running] = {}

    def build(self, request: BuildRequest, build_id: str) -> Iterator[BuildEvent]:
        """See `Engine.build`. Closing the iterator early ends the build as well."""
        context = BuildContext(request.context, request.dockerfile, self._builder)
        dockerfile = parse(context.dockerfile_bytes())
        steps = plan(resolved(dockerfile, request.build_args), self._builder)
        running = self._running[build_id] = _Running()
        yield BuildStarted(build_id, self._builder, dockerfile, steps)
        ended = False
        try:
            for event in self._events(request, build_id, context, dockerfile, running):
                ended = isinstance(event, BuildSucceeded | BuildFailed | BuildCancelled)
                yield event
        finally:
            running.ended.set()
            if not ended:
                self.cancel(build_id)
            self._running.pop(build_id, None)

    def cancel(self, build_id: str) -> None:
        running = self._running.get(build_id)
        if running is None:
            return
        running.cancelled.set()
        running.begun.put(None)
        self._end(build_id, running)

    def _end(self, build_id: str, running: _Running) -> None:
        with suppress(requests.exceptions.RequestException):
            # ends a BuildKit build at once; the classic builder doesn't know it, and ends when its client hangs up
            self._client.post(self._url("/build/cancel"), params={"id": build_id}, timeout=5)
        if running.response is None:
            return  # once it has come, the build is ended again
        if self._builder is Builder.BUILDKIT and not running.ended.is_set():
            threading.Thread(target=_hang_up_late, args=(running,), name="build-ends", daemon=True).start()
        else:
            _hang_up(running.response)

    def _events(
        self, request: BuildRequest, build_id: str, context: BuildContext, dockerfile: Dockerfile, running: _Running
    ) -> Iterator[BuildEvent]:
        meant = resolved(dockerfile, request.build_args)
        steps = plan(meant, self._builder)
        if self._builder is Builder.CLASSIC and (failure := misread(dockerfile)):
            yield failure
            return
        try:
            yield from self._get_base_images(meant, request)
            yield from self._keep_learners_image(request.tag)
            if self._builder is Builder.BUILDKIT:
                same = twins(dockerfile, request.target, request.build_args)
                decoder: _Decoder = TraceDecoder(steps, same, needed_stages(meant, request.target))
            else:
                decoder = ClassicDecoder(steps)
            with engine_errors():
                for message in self._stream(request, build_id, context, running):
                    if isinstance(message, ContextSent):
                        yield message
                    else:
                        yield from decoder.feed(message)
                yield from decoder.end()
                yield self._ended(decoder, dockerfile, request, running)
        except (TutorError, urllib3.exceptions.HTTPError, ValueError, AttributeError, OSError) as error:
            # a connection shut down by `cancel` makes the reader raise any of these
            if running.cancelled.is_set():
                yield BuildCancelled()
                return
            if isinstance(error, PullRefused):
                line = _line_that_names(error.image, dockerfile)
                yield BuildFailed(error.message, FailureKind.BASE_IMAGE, line=line, hint=error.hint)
                return
            if isinstance(error, TutorError):
                yield BuildFailed(error.message, FailureKind.ENGINE, hint=error.hint)
                return
            raise

    def _get_base_images(self, dockerfile: Dockerfile, request: BuildRequest) -> Iterator[BuildEvent]:
        """Pull what is missing first: a pull inside a session-less BuildKit build can't ask for a registry's token."""
        for image in base_images(dockerfile, built_stages(dockerfile, self._builder, request.target)):
            if not image or self._there_or_no_name(image):
                continue
            if request.offline:
                raise PullRefused(
                    image,
                    "{image} is not on this engine, and nothing is pulled in an offline build.",
                    "Get it first (diamol-tutor bases), or build without --offline.",
                )
            yield from pull(self._client, image)

    def _there_or_no_name(self, image: str) -> bool:
        """Whether there is nothing to pull: it is here, or no image can have this name, as the builder will say."""
        try:
            return present(self._client, image)
        except TutorError as error:
            if "invalid reference format" in error.message:
                return True
            raise

    def _keep_learners_image(self, tag: str) -> Iterator[BuildEvent]:
        """A build moves its tag: when that names an image that isn't the tutor's, give the image another name first."""
        if not tag or not present(self._client, tag) or is_ours(self._client, tag):
            return
        repository = repository_of(tag)
        with engine_errors():
            self._client.tag(tag, repository, KEPT_TAG)
        yield StepOutput(None, f"Your own image {tag} is kept as {repository}:{KEPT_TAG}.")

    def _stream(
        self, request: BuildRequest, build_id: str, context: BuildContext, running: _Running
    ) -> Iterator[dict[str, Any] | ContextSent]:
        sent = 0

        def body() -> Iterator[bytes]:
            nonlocal sent
            for chunk in context.chunks():
                if running.cancelled.is_set():
                    raise OSError("cancelled")
                sent += len(chunk)
                yield chunk

        parameters = _parameters(request, build_id, self._builder) | {"dockerfile": context.dockerfile}
        response = self._begin(build_id, parameters, body(), running)
        yield ContextSent(sent)
        if response.status_code >= 400:
            refused = _refusal(response)
            if "parse error" not in str(refused.explanation):
                raise refused
            yield {"error": str(refused.explanation)}  # BuildKit tells the same within its stream
            return
        for line in response.iter_lines():
            if running.cancelled.is_set():
                if self._builder is Builder.BUILDKIT:
                    continue  # to the end of the answer: see LET_END_S
                raise OSError("cancelled")
            if line.strip():
                try:
                    message = json.loads(line)
                except ValueError:  # it breaks off within a line, which is as good as before it
                    return
                if isinstance(message, dict):
                    yield message

    def _begin(
        self, build_id: str, parameters: dict[str, str], body: Iterator[bytes], running: _Running
    ) -> requests.Response:
        """Send a build and wait for the begin of its answer, in a thread, so that an engine's silence can be left.

        The begin has a deadline, what follows has none: a step may be silent for as long as it likes.
        """

        def post() -> None:
            try:
                response = self._client.post(
                    self._url("/build"),
                    params=parameters,
                    data=body,
                    headers={"Content-Type": "application/x-tar"},
                    stream=True,
                    timeout=self._client.timeout,
                )
                _wait_for_ever(response)
                running.response = response
                running.begun.put(response)
                if running.cancelled.is_set():
                    self._end(build_id, running)
            except Exception as error:
                running.begun.put(error)

        threading.Thread(target=post, name="build-begins", daemon=True).start()
        begun = running.begun.get()
        if begun is None and self._builder is Builder.BUILDKIT:
            with suppress(Empty):
                begun = running.begun.get(timeout=LET_END_S)
        match begun:
            case requests.Response() as response:
                return response
            case Exception() as error:
                raise error
            case None:
                raise OSError("cancelled")

    def _ended(
        self, decoder: _Decoder, dockerfile: Dockerfile, request: BuildRequest, running: _Running
    ) -> BuildSucceeded | BuildFailed | BuildCancelled:
        if running.cancelled.is_set():
            return BuildCancelled()
        if decoder.failure is not None:
            return blame_frontend(decoder.failure, dockerfile)
        if not decoder.image_id:
            return _BROKEN_OFF
        target = dockerfile.source_stage(request.target, len(dockerfile.stages)) if request.target else None
        layers = with_lines(history(self._client, decoder.image_id), dockerfile, target)
        return BuildSucceeded(decoder.image_id, layers)

    def _url(self, path: str) -> str:
        return f"{self._client.base_url}/v{self._client.api_version}{path}"


def _refusal(response: requests.Response) -> docker_errors.APIError:
    try:
        create_api_error_from_http_exception(requests.exceptions.HTTPError(response=response))
    except docker_errors.APIError as error:
        return error
    raise AssertionError("the SDK raises for every error status")


def _line_that_names(image: str, dockerfile: Dockerfile) -> int | None:
    """Where the Dockerfile first asks for an image from outside."""
    for stage in dockerfile.stages:
        for instruction in (stage.start, *stage.instructions):
            if image in (stage.base if instruction is stage.start else "", *sources(instruction)):
                return instruction.line
    return None


def _parameters(request: BuildRequest, build_id: str, builder: Builder) -> dict[str, str]:
    parameters = {
        "version": API_VERSIONS[builder],
        "buildid": build_id,
        "labels": json.dumps(dict(request.labels)),
        "rm": "1",
        "forcerm": "1",
    }
    optional = {
        "t": request.tag,
        "target": request.target,
        "nocache": "1" if request.no_cache else "",
        "networkmode": "none" if request.offline else "",
        "buildargs": json.dumps(dict(request.build_args)) if request.build_args else "",
    }
    return parameters | {name: value for name, value in optional.items() if value}


def _hang_up(response: requests.Response) -> None:
    """Shut the connection's socket down under the reader; closing the response from another thread can deadlock."""
    with suppress(AttributeError, OSError):  # it has ended by itself
        _socket_of(response).shutdown(socket.SHUT_RDWR)


def _hang_up_late(running: _Running) -> None:
    """Hang up on a build that was asked to end, unless it has ended before: see `LET_END_S`."""
    if running.response is not None and not running.ended.wait(LET_END_S):
        _hang_up(running.response)


def _wait_for_ever(response: requests.Response) -> None:
    """Take away the deadline that the begin of an answer had."""
    with suppress(AttributeError, OSError):  # all of it has come
        _socket_of(response).settimeout(None)


def _socket_of(response: requests.Response) -> socket.socket:
    """The socket that a response is read from, which requests doesn't tell."""
    raw: Any = response.raw
    found: socket.socket = raw._fp.fp.raw._sock
    return found
