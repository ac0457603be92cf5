"""Run a build on a Docker engine through `POST /build`, as events, and end it when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

import docker
import urllib3

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
from tutor.engines.answer import Answer
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

KEPT_TAG = "before-diamol-tutor"
"""The tag that keeps a learner's image whose name a lesson's build takes."""


class _Decoder(Protocol):
    image_id: str
    failure: BuildFailed | None

    def feed(self, message: dict[str, Any]) -> Iterator[BuildEvent]: ...
    def end(self) -> Iterator[BuildEvent]: ...


class RunningBuilds:
    """The builds of one engine that are under way, so that another thread can end one by its id."""

    def __init__(self, client: docker.APIClient, builder: Builder) -> None:
        self._client = client
        self._builder = builder
        self._running: dict[str, Answer] = {}

    def build(self, request: BuildRequest, build_id: str) -> Iterator[BuildEvent]:
        """See `Engine.build`. Closing the iterator early ends the build as well."""
        context = BuildContext(request.context, request.dockerfile, self._builder)
        dockerfile = parse(context.dockerfile_bytes())
        steps = plan(resolved(dockerfile, request.build_args), self._builder)
        answer = self._running[build_id] = Answer(self._client, self._builder, build_id)
        yield BuildStarted(build_id, self._builder, dockerfile, steps)
        ended = False
        try:
            for event in self._events(request, context, dockerfile, answer):
                ended = isinstance(event, BuildSucceeded | BuildFailed | BuildCancelled)
                yield event
        finally:
            answer.leave(ended)
            self._running.pop(build_id, None)

    def cancel(self, build_id: str) -> None:
        if (answer := self._running.get(build_id)) is not None:
            answer.cancel()

    def _events(
        self, request: BuildRequest, context: BuildContext, dockerfile: Dockerfile, answer: Answer
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
                parameters = _parameters(request, self._builder) | {"dockerfile": context.dockerfile}
                yield ContextSent(answer.begin(parameters, context.chunks()))
                for message in answer.messages():
                    yield from decoder.feed(message)
                yield from decoder.end()
                yield self._ended(decoder, dockerfile, request, answer)
        except (TutorError, urllib3.exceptions.HTTPError, ValueError, AttributeError, OSError) as error:
            # a connection shut down by `cancel` makes the reader raise any of these
            if answer.cancelled:
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

    def _ended(
        self, decoder: _Decoder, dockerfile: Dockerfile, request: BuildRequest, answer: Answer
    ) -> BuildSucceeded | BuildFailed | BuildCancelled:
        if answer.cancelled:
            return BuildCancelled()
        if decoder.failure is not None:
            return blame_frontend(decoder.failure, dockerfile)
        if not decoder.image_id:
            return _BROKEN_OFF
        target = dockerfile.source_stage(request.target, len(dockerfile.stages)) if request.target else None
        layers = with_lines(history(self._client, decoder.image_id), dockerfile, target)
        return BuildSucceeded(decoder.image_id, layers)


def _line_that_names(image: str, dockerfile: Dockerfile) -> int | None:
    """Where the Dockerfile first asks for an image from outside."""
    for stage in dockerfile.stages:
        for instruction in (stage.start, *stage.instructions):
            if image in (stage.base if instruction is stage.start else "", *sources(instruction)):
                return instruction.line
    return None


def _parameters(request: BuildRequest, builder: Builder) -> dict[str, str]:
    parameters = {
        "version": API_VERSIONS[builder],
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
