"""Read the stream of a classic build (`POST /build?version=1`).

Each line is a JSON message; `stream` holds the builder's words: `Step n/m : …` opens a step, ` ---> Using cache` is
a cache hit, ` ---> ID` closes a step. Everything between is the step's own output. Measured on Docker 20.10 to 28.5.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tutor.builds.builder import Outcome
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.events import BuildEvent, BuildFailed, FailureKind, StepFinished, StepOutput, StepStarted
from tutor.builds.steps import Step
from tutor.engines.failures import explain
from tutor.engines.output import LineCutter
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

_STEP = re.compile(r"Step (\d+)/\d+ : ")
_RUNNING = re.compile(r" ---> Running in ([0-9a-f]{12,64})\n?$")
_REMOVED = re.compile(r"(?:Removing| ---> Removed) intermediate container ([0-9a-f]{12,64})\n?$")  # 20.10; newer ones
_RESULT = re.compile(r" ---> ([0-9a-f]{12,64})\n?$")


def misread(dockerfile: Dockerfile) -> BuildFailed | None:
    """What this builder would take for something else without a word, told as a failure.

    Docker 20.10 refuses heredocs; 26.1 and 28.5 run the line that opens one, and so nothing, and go on.
    """
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.heredocs:
                name = clean_line(instruction.heredocs[0].name)
                return BuildFailed(
                    Phrase("The classic builder can't read what follows <<{name}.", name=name),
                    FailureKind.UNSUPPORTED,
                    line=instruction.line,
                    hint=Phrase(
                        "Use BuildKit (--builder buildkit), or join the commands with && and \\ at the lines' ends."
                    ),
                )
    return None


class ClassicDecoder:
    """Turns the messages of one build into events. `image_id` and `failure` are set when they have come.

    The classic builder gives no times: `clock` (seconds) measures them as the messages arrive.
    """

    def __init__(self, steps: tuple[Step, ...], clock: Callable[[], float] = time.monotonic) -> None:
        self.image_id = ""
        self.failure: BuildFailed | None = None
        self._steps = steps
        self._clock = clock
        self._by_number = {step.number: i for i, step in enumerate(steps)}
        self._current: int | None = None
        self._cached = False
        self._container = ""
        self._since = 0.0
        self._cutter = LineCutter()

    def feed(self, message: Mapping[str, Any]) -> Iterator[BuildEvent]:
        match message:
            case {"stream": str(text)}:
                yield from self._stream(text)
            case {"aux": {"ID": str(image_id)}}:
                self.image_id = image_id
            case {"error": str(error)}:
                yield from self._fail(error, message)
            case _:
                pass

    def end(self) -> Iterator[BuildEvent]:
        """The last line, if it had no newline."""
        yield from (StepOutput(self._current, text) for text in self._cutter.end())

    def _stream(self, text: str) -> Iterator[BuildEvent]:
        if self._container:
            yield from self._output(text)
        elif found := _STEP.match(text):
            yield from self._start(int(found[1]))
        elif text.startswith(" ---> Using cache"):
            self._cached = True
        elif found := _RUNNING.match(text):
            self._container = found[1]
        elif found := _RESULT.match(text):
            yield from self._finish(Outcome.CACHED if self._cached else Outcome.REBUILT, found[1])

    def _start(self, number: int) -> Iterator[BuildEvent]:
        self._current = self._by_number.get(number)
        self._cached = False
        self._since = self._clock()
        if self._current is not None:
            yield StepStarted(self._current)

    def _output(self, text: str) -> Iterator[BuildEvent]:
        """Until its container is removed, all that comes is what the step prints, whatever it looks like."""
        if (found := _REMOVED.match(text)) and found[1] == self._container:
            self._container = ""
            return
        for line in self._cutter.feed(text.encode("utf-8", "surrogatepass")):
            yield StepOutput(self._current, line)

    def _finish(self, outcome: Outcome, image_id: str = "") -> Iterator[BuildEvent]:
        yield from self.end()
        if self._current is not None:
            yield StepFinished(self._current, outcome, self._clock() - self._since, image_id)
        self._current = None
        self._container = ""

    def _fail(self, error: str, message: Mapping[str, Any]) -> Iterator[BuildEvent]:
        detail = message.get("errorDetail")
        code = detail.get("code") if isinstance(detail, dict) else None
        step = self._current
        yield from self._finish(Outcome.FAILED)
        self.failure = explain(error, code if isinstance(code, int) and code else None, step, self._steps)
