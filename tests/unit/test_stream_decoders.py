"""The two stream decoders against streams recorded from real engines (see tests/unit/streams)."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tutor.builds.builder import Builder, Outcome
from tutor.builds.events import BuildEvent, BuildFailed, FailureKind, StepFinished, StepOutput
from tutor.builds.forecast import twins
from tutor.builds.parser import parse
from tutor.builds.steps import needed_stages, plan
from tutor.engines import trace_pb2
from tutor.engines.buildkit import TraceDecoder
from tutor.engines.classic import ClassicDecoder

STREAMS = Path(__file__).parent / "streams"
ENGINES = sorted(path.name for path in STREAMS.iterdir() if path.is_dir() and list(path.glob("*.jsonl")))
BUILDERS = (Builder.BUILDKIT, Builder.CLASSIC)

EVERY_ENGINE = pytest.mark.parametrize("engine", ENGINES)

Decoded = tuple[TraceDecoder | ClassicDecoder, list[BuildEvent], list[str]]


def decode(engine: str, name: str, builder: Builder, again: bool = False) -> Decoded:
    """The decoder at its end, the events, and each step as `line outcome`."""
    dockerfile = parse((STREAMS / f"{name}.Dockerfile").read_bytes())
    steps = plan(dockerfile, builder)
    decoder: TraceDecoder | ClassicDecoder
    if builder is Builder.BUILDKIT:
        decoder = TraceDecoder(steps, twins(dockerfile), needed_stages(dockerfile))
    else:
        decoder = ClassicDecoder(steps)
    events: list[BuildEvent] = []
    recorded = STREAMS / engine / f"{name}{'.again' if again else ''}.{builder}.jsonl"
    for line in recorded.read_text("utf-8").splitlines():
        events += decoder.feed(json.loads(line))
    events += decoder.end()
    outcomes = {event.step: event.outcome for event in events if isinstance(event, StepFinished)}
    told = [f"{step.instruction.line} {outcomes.get(i, Outcome.NOT_RUN)}" for i, step in enumerate(steps)]
    return decoder, events, told


@EVERY_ENGINE
@pytest.mark.parametrize("builder", BUILDERS)
def test_first_build_rebuilds_every_layer_step(engine: str, builder: Builder) -> None:
    decoder, events, told = decode(engine, "three-stages", builder)
    assert told[:4] == ["2 rebuilt", "5 rebuilt", "6 rebuilt", "9 rebuilt"]
    assert decoder.image_id.startswith("sha256:")
    assert decoder.failure is None
    assert all(event.seconds >= 0 for event in events if isinstance(event, StepFinished))


@EVERY_ENGINE
@pytest.mark.parametrize("builder", BUILDERS)
def test_second_build_is_all_cached(engine: str, builder: Builder) -> None:
    _, _, told = decode(engine, "three-stages", builder, again=True)
    assert {word for entry in told for word in entry.split()[1:]} == {"cached"}


@EVERY_ENGINE
def test_metadata_instructions_are_steps_of_the_classic_builder_only(engine: str) -> None:
    assert len(decode(engine, "three-stages", Builder.BUILDKIT)[2]) == 4
    assert decode(engine, "three-stages", Builder.CLASSIC)[2][-1] == "10 rebuilt"


@EVERY_ENGINE
def test_failing_run_gives_the_step_the_exit_code_and_what_never_ran(engine: str) -> None:
    for builder in BUILDERS:
        decoder, events, told = decode(engine, "failing", builder)
        # BuildKit runs what doesn't wait for the failing stage, here line 9; the classic builder goes by the file
        meanwhile = "9 rebuilt" if builder is Builder.BUILDKIT else "9 not run"
        assert told == ["2 rebuilt", "5 failed", meanwhile, "10 not run", "11 not run"], builder
        failure = decoder.failure
        assert isinstance(failure, BuildFailed)
        assert (failure.kind, failure.exit_code, failure.line) == (FailureKind.STEP, 3, 5)
        assert "about to fail" in [event.text for event in events if isinstance(event, StepOutput)]


@EVERY_ENGINE
@pytest.mark.parametrize("builder", BUILDERS)
def test_file_missing_from_the_context_is_told_with_its_line(engine: str, builder: Builder) -> None:
    decoder, _, told = decode(engine, "missing-file", builder)
    assert told == ["2 rebuilt" if builder is Builder.CLASSIC else told[0], "3 failed", "4 not run"]
    assert decoder.failure is not None
    assert (decoder.failure.kind, decoder.failure.line) == (FailureKind.MISSING_FILE, 3)
    assert "nowhere.html" in decoder.failure.message


@EVERY_ENGINE
def test_steps_that_buildkit_merges_get_the_same_outcome(engine: str) -> None:
    _, _, told = decode(engine, "twins", Builder.BUILDKIT)
    never = "17 not run"
    assert told == [f"{line} rebuilt" for line in (2, 3, 4, 7, 8, 9, 12, 13, 14)] + [never, "21 rebuilt"]
    _, _, again = decode(engine, "twins", Builder.BUILDKIT, again=True)
    assert [entry for entry in again if not entry.endswith("cached")] == ["12 rebuilt", never]


@EVERY_ENGINE
def test_what_a_step_prints_can_not_pass_for_the_builders_own_words(engine: str) -> None:
    _, events, told = decode(engine, "single-stage", Builder.CLASSIC)
    assert told == [f"{line} rebuilt" for line in (3, 4, 5, 6, 7)]
    printed = [event.text for event in events if isinstance(event, StepOutput)]
    assert " ---> Using cache" in printed
    assert "Step 6/7 : RUN faked" in printed


@EVERY_ENGINE
@pytest.mark.parametrize("builder", BUILDERS)
def test_output_is_clean_lines_of_the_right_step(engine: str, builder: Builder) -> None:
    _, events, _ = decode(engine, "single-stage", builder)
    dockerfile = parse((STREAMS / "single-stage.Dockerfile").read_bytes())
    lines = [step.instruction.line for step in plan(dockerfile, builder)]
    printed = [(lines[e.step], e.text) for e in events if isinstance(e, StepOutput) and e.step is not None]
    assert (5, "no newline") in printed
    assert (6, "100%") in printed
    assert (6, "red ") in printed
    assert (6, "to stderr") in printed


def test_damaged_trace_costs_only_its_own_news() -> None:
    decoder = TraceDecoder((), {}, frozenset())
    damaged = base64.b64encode(b"\xff\xff\xff").decode()
    assert list(decoder.feed({"id": "moby.buildkit.trace", "aux": damaged})) == []
    assert list(decoder.feed({"id": "moby.buildkit.trace", "aux": "not base64 at all!"})) == []
    assert list(decoder.feed({"id": "something.else", "aux": 3})) == []
    list(decoder.feed({"id": "moby.image.id", "aux": {"ID": "sha256:1"}}))
    assert decoder.image_id == "sha256:1"


def test_steps_of_a_good_build_that_were_not_heard_of_were_run_for_another_build() -> None:
    dockerfile = parse(b"FROM a AS unused\nRUN unused\nFROM a\nRUN one\nENV two=2\nRUN three\n")
    steps = plan(dockerfile, Builder.BUILDKIT)
    good, broken = (TraceDecoder(steps, {}, needed_stages(dockerfile)) for _ in range(2))
    list(good.feed({"id": "moby.image.id", "aux": {"ID": "sha256:1"}}))
    assert list(good.end()) == [StepFinished(1, Outcome.CACHED, 0.0), StepFinished(2, Outcome.CACHED, 0.0)]
    assert list(broken.end()) == []


@pytest.mark.parametrize("ends_well", [True, False])
def test_a_step_told_as_cancelled_in_a_good_build_was_found_in_the_cache(ends_well: bool) -> None:
    # BuildKit 20.10, seldom: it was still comparing the files of a COPY when it found a later step in the cache
    dockerfile = parse(b"FROM a\nCOPY one /\nCOPY two /\n")
    decoder = TraceDecoder(plan(dockerfile, Builder.BUILDKIT), {}, needed_stages(dockerfile))
    now = trace_pb2.Timestamp(seconds=1)
    copies = [
        trace_pb2.Vertex(digest="1", name="[1/2] COPY one /", started=now, completed=now, error="context canceled"),
        trace_pb2.Vertex(digest="2", name="[2/2] COPY two /", started=now, completed=now, cached=True),
    ]
    trace = base64.b64encode(trace_pb2.StatusResponse(vertexes=copies).SerializeToString()).decode()
    events = list(decoder.feed({"id": "moby.buildkit.trace", "aux": trace}))
    if ends_well:
        events += decoder.feed({"id": "moby.image.id", "aux": {"ID": "sha256:1"}})
    events += decoder.end()
    outcomes = {event.step: event.outcome for event in events if isinstance(event, StepFinished)}
    assert outcomes == {0: Outcome.CACHED if ends_well else Outcome.NOT_RUN, 1: Outcome.CACHED}
