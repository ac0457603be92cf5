"""Read the stream of a BuildKit build (`POST /build?version=2`).

Each line is a JSON message; `moby.buildkit.trace` carries a protobuf StatusResponse about the build graph's
vertexes, `moby.image.id` the image, `error` the end of a bad build. Measured on Docker 20.10, 26.1 and 28.5.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from tutor.builds.builder import Outcome
from tutor.builds.events import BuildEvent, BuildFailed, StepFinished, StepOutput, StepStarted
from tutor.builds.steps import Step
from tutor.engines import trace_pb2
from tutor.engines.failures import explain
from tutor.engines.output import LineCutter
from tutor.sanitise import clean_line

_VERTEX_NAME = re.compile(r"\[(?:\S+/\S+ )?(?:(?P<stage>[^\s\]/]+) )?\s*(?P<number>\d+)/(?P<total>\d+)\] (?!FROM )")


class TraceDecoder:
    """Turns the messages of one build into events. `image_id` and `failure` are set when they have come.

    Vertexes of equal content are one vertex to BuildKit, even when they stand in different stages; `twins` tells
    which other steps a step then stands for (see `tutor.builds.forecast.twins`). Of vertexes that another build is
    running at the moment BuildKit tells nothing (20.10); and a step whose files it was still comparing when it found a
    later step in the cache is told as cancelled, seldom. When the build has succeeded, the layer steps of the `needed`
    stages that weren't heard to end were therefore not run by it: they are cached.
    """

    def __init__(self, steps: tuple[Step, ...], twins: Mapping[int, tuple[int, ...]], needed: frozenset[int]) -> None:
        self.image_id = ""
        self.failure: BuildFailed | None = None
        self._steps = steps
        self._twins = twins
        self._unheard = {i for i, step in enumerate(steps) if step.makes_layer and step.stage in needed}
        self._by_name = {(step.stage_label, step.number): i for i, step in enumerate(steps)}
        self._single_stage = len({step.stage for step in steps}) <= 1
        self._step_of: dict[str, int] = {}
        self._started: set[int] = set()
        self._failed_step: int | None = None
        self._cutters: dict[str, LineCutter] = {}

    def feed(self, message: Mapping[str, Any]) -> Iterator[BuildEvent]:
        match message:
            case {"id": "moby.buildkit.trace", "aux": str(aux)}:
                yield from self._trace(aux)
            case {"id": "moby.image.id", "aux": {"ID": str(image_id)}}:
                self.image_id = image_id
            case {"error": str(error)}:
                self.failure = explain(error, None, self._failed_step, self._steps)
            case _:
                pass

    def end(self) -> Iterator[BuildEvent]:
        """The lines that had no newline, and the steps of a good build that it never said to have run."""
        for digest, cutter in self._cutters.items():
            for text in cutter.end():
                yield StepOutput(self._step_of.get(digest), text)
        if self.image_id and self.failure is None:
            yield from (StepFinished(i, Outcome.CACHED, 0.0) for i in sorted(self._unheard))

    def _trace(self, aux: str) -> Iterator[BuildEvent]:
        try:
            status = trace_pb2.StatusResponse.FromString(base64.b64decode(aux))
        except (DecodeError, binascii.Error):
            return  # a damaged message costs its own news only; the end of the build is told in another
        for vertex in status.vertexes:
            yield from self._vertex(vertex)
        for log in status.logs:
            if (step := self._step_of.get(log.vertex)) is not None:
                for text in self._cutters.setdefault(log.vertex, LineCutter()).feed(log.msg):
                    yield StepOutput(step, text)
        for warning in status.warnings:
            yield StepOutput(None, "warning: " + clean_line(warning.short.decode("utf-8", "replace")))

    def _vertex(self, vertex: trace_pb2.Vertex) -> Iterator[BuildEvent]:
        step = self._step_of.get(vertex.digest)
        if step is None:
            step = self._find(vertex.name)
            if step is None:
                return
            self._step_of[vertex.digest] = step
        same = (step, *self._twins.get(step, ()))
        if vertex.HasField("started") and step not in self._started:
            self._started.add(step)
            yield from (StepStarted(i) for i in same)
        if not vertex.HasField("completed"):
            return
        outcome = Outcome.CACHED if vertex.cached else Outcome.REBUILT
        if vertex.error:
            # a step that a failure elsewhere stopped is marked "context canceled": it never ran to an end
            outcome = Outcome.NOT_RUN if "context canceled" in vertex.error else Outcome.FAILED
            if outcome is Outcome.FAILED and self._failed_step is None:
                self._failed_step = step
        seconds = _seconds(vertex.completed) - _seconds(vertex.started) if vertex.HasField("started") else 0.0
        if outcome is not Outcome.NOT_RUN:
            self._unheard.difference_update(same)
        yield from (StepFinished(i, outcome, max(seconds, 0.0)) for i in same)

    def _find(self, name: str) -> int | None:
        found = _VERTEX_NAME.match(name)
        if not found:
            return None
        label, number, total = found["stage"] or "", int(found["number"]), int(found["total"])
        if not label:
            label = self._steps[0].stage_label if self._single_stage and self._steps else ""
        known = [step.total for step in self._steps if step.stage_label == label]
        # a base image's ONBUILD triggers are counted in front of the stage's own instructions
        triggers = total - known[0] if known else 0
        return self._by_name.get((label, number - triggers))


def _seconds(stamp: trace_pb2.Timestamp) -> float:
    return stamp.seconds + stamp.nanos / 1e9
