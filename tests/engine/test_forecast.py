"""Forecasts against the engine: random Dockerfiles and edits, built one after the other, compared step by step.

FORECAST_PAIRS chooses how many pairs of builds there are (300), FORECAST_SEED where the dice start.
"""

from __future__ import annotations

import difflib
import os
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from docker import errors as docker_errors

from tests.engine.forecast_cases import Maker, State
from tutor.builds.builder import Builder, Outcome
from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildFailed
from tutor.builds.forecast import Forecast, Inputs, Verdict, forecast
from tutor.builds.forecast.model import BaseImage
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport, report_of
from tutor.engines.connect import connect
from tutor.engines.context import BuildContext
from tutor.engines.docker_engine import DockerEngine
from tutor.engines.snapshot import SnapshotTaker

pytestmark = pytest.mark.engine

PAIRS = int(os.environ.get("FORECAST_PAIRS", "300"))
SEED = int(os.environ.get("FORECAST_SEED", "1"))
CHAIN = 10
"""Pairs in a chain: each build is the next one's last build."""

CLASSIC_SHARE = 5
"""Every so many chains is built with the classic builder."""

MOST_DEPENDS = 0.05

ALLOWED = {
    Verdict.CACHED: {Outcome.CACHED},
    Verdict.RERUNS: {Outcome.REBUILT},
    Verdict.DEPENDS: {Outcome.CACHED, Outcome.REBUILT},
    Verdict.NOT_NEEDED: {Outcome.NOT_RUN},
}


@dataclass
class Bench:
    """One folder that states are laid into and built from, with one token."""

    engine: DockerEngine
    builder: Builder
    images: dict[str, BaseImage]
    folder: Path
    token: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    taker: SnapshotTaker = field(default_factory=SnapshotTaker)
    built: list[str] = field(default_factory=list)
    disturbed: bool = False
    """Whether the last build had to be begun again, so that it says nothing about the forecast."""

    def inputs(self, state: State) -> Inputs:
        state.lay(self.folder, self.token)
        context = BuildContext(self.folder, builder=self.builder)
        args = {name: value.replace("@", self.token) for name, value in state.build_args.items()}
        model = parse(context.dockerfile_bytes())
        return Inputs(model, self.taker.take(context), self.builder, state.target, args, self.images)

    def build(self, inputs: Inputs) -> BuildReport:
        request = BuildRequest(self.folder, target=inputs.target, build_args=inputs.build_args)
        report = report_of(self.engine.build(request))
        self.disturbed = False
        for _ in range(5):
            # looking for a cached step on scratch, the classic builder reads all images: one removed meanwhile ends it
            if not (isinstance(report.failure, BuildFailed) and "unable to find image" in report.failure.message):
                break
            self.disturbed = True
            report = report_of(self.engine.build(request))
        if report.image_id:
            self.built.append(report.image_id)
        return report

    def clean(self) -> None:
        for image in dict.fromkeys(reversed(self.built)):
            self.engine.remove_image(image)
        if self.builder is Builder.CLASSIC:
            self._clean_stages()

    def _clean_stages(self) -> None:
        """The classic builder leaves an image of each stage, which no other image stands on."""
        client = connect()
        for image in client.images(filters={"dangling": True}):
            with suppress(docker_errors.APIError):  # another chain's, removed meanwhile
                if any(self.token in layer["CreatedBy"] for layer in client.history(image["Id"])):
                    client.remove_image(image["Id"])


@dataclass
class Tally:
    """What all chains came to. `contradictions` are ready to be read."""

    pairs: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Builds that failed: the dice are meant to make few of them."""


def contradicted(told: Forecast, report: BuildReport) -> bool:
    return any(s.outcome not in ALLOWED[f.verdict] for f, s in zip(told.steps, report.steps, strict=True))


def run_chain(bench: Bench, seed: int, pairs: int) -> Tally:
    tally = Tally()
    maker = Maker(seed, bench.builder)
    states = [maker.start()]
    inputs = [bench.inputs(states[0])]
    report = bench.build(inputs[0])
    while not report.succeeded:
        tally.broken.append(described(states[0], bench.token, report))
        states, inputs = [maker.start()], []
        inputs = [bench.inputs(states[0])]
        report = bench.build(inputs[0])
    for _ in range(pairs):
        states.append(maker.edited(states[-1], states[:-1]))
        inputs.append(bench.inputs(states[-1]))
        told = forecast(inputs[-1], inputs[-2], report, inputs[:-2])
        report = bench.build(inputs[-1])
        if not report.succeeded:
            tally.broken.append(described(states[-1], bench.token, report))
            break
        if bench.disturbed:
            continue
        tally.pairs += 1
        tally.verdicts.update(each.verdict for each in told.steps)
        if contradicted(told, report):
            tally.contradictions.append(f"seed {seed} {bench.builder}\n{minimised(bench, states, told, report)}")
            break
    return tally


def described(state: State, token: str, report: BuildReport) -> str:
    said = report.failure.message if isinstance(report.failure, BuildFailed) else "?"
    return f"{said}\n{state.dockerfile(token)}\nfiles: {sorted(state.files)}\nignored: {state.ignored}"


MINIMISE_SECONDS = 60.0
"""How long a contradiction may be made smaller by building less and less of it."""


def minimised(bench: Bench, states: list[State], told: Forecast, report: BuildReport) -> str:
    """The contradiction in words, with as few instructions, files and earlier builds as still show it."""
    best = (states, told, report)
    end = time.monotonic() + MINIMISE_SECONDS
    for smaller in smaller_chains(states):
        if time.monotonic() > end:
            break
        if len(smaller) < len(best[0]) or is_smaller(smaller, best[0]):
            shown = attempt(bench, smaller)
            if shown:
                return minimised_further(bench, smaller, *shown, end)
    return minimised_further(bench, *best, end)


def smaller_chains(states: list[State]) -> Iterator[list[State]]:
    yield states[-2:]
    for i in range(len(states) - 2):
        yield [states[i], *states[-2:]]


def is_smaller(some: list[State], others: list[State]) -> bool:
    return sum(map(size, some)) < sum(map(size, others))


def size(state: State) -> int:
    return sum(map(len, state.stages)) + len(state.files) + len(state.ignored)


def attempt(bench: Bench, states: list[State]) -> tuple[Forecast, BuildReport] | None:
    """Build the states with a fresh token; forecast and report of the last when they contradict each other."""
    fresh = replace(bench, token=uuid.uuid4().hex[:8], taker=SnapshotTaker(), built=[])
    inputs: list[Inputs] = []
    report = None
    told = None
    try:
        for i, state in enumerate(states):
            inputs.append(fresh.inputs(state))
            if i:
                told = forecast(inputs[-1], inputs[-2], report, inputs[:-2])
            report = fresh.build(inputs[-1])
            if not report.succeeded:
                return None
    finally:
        fresh.clean()
    return (told, report) if told and report and contradicted(told, report) else None


def minimised_further(bench: Bench, states: list[State], told: Forecast, report: BuildReport, end: float) -> str:
    """Take away lines and files that all states share, as long as the contradiction stays."""
    progress = True
    while progress:
        progress = False
        for fewer in without_one(states):
            if time.monotonic() > end:
                break
            shown = attempt(bench, fewer)
            if shown:
                states, (told, report), progress = fewer, shown, True
                break
    return table(states, told, report)


def without_one(states: list[State]) -> Iterator[list[State]]:
    for i, stage in enumerate(states[0].stages):
        for line in dict.fromkeys(stage):
            fewer = [
                replace(s, stages=tuple(tuple(x for x in st if k != i or x != line) for k, st in enumerate(s.stages)))
                for s in states
            ]
            yield fewer
    for path in states[0].files:
        yield [replace(s, files={p: e for p, e in s.files.items() if p != path}) for s in states]


def table(states: list[State], told: Forecast, report: BuildReport) -> str:
    lines = []
    for i, state in enumerate(states[:-1]):
        lines += [f"--- build {i}", state.dockerfile("@"), f"args {state.build_args} target {state.target!r}"]
        lines += [f"ignored {state.ignored}", "files " + ", ".join(f"{p}={e}" for p, e in sorted(state.files.items()))]
    before, after = states[-2], states[-1]
    lines.append("--- the edit")
    lines += difflib.unified_diff(
        before.dockerfile("@").splitlines(), after.dockerfile("@").splitlines(), lineterm="", n=1
    )
    lines += [
        f"{path}: {before.files.get(path)} -> {after.files.get(path)}"
        for path in sorted(before.files.keys() | after.files.keys())
        if before.files.get(path) != after.files.get(path)
    ]
    lines += [f"args {after.build_args} target {after.target!r} ignored {after.ignored}", "--- forecast and fact"]
    for said, fact in zip(told.steps, report.steps, strict=True):
        wrong = "  " if fact.outcome in ALLOWED[said.verdict] else "! "
        lines.append(
            f"{wrong}{said.verdict:<11}{fact.outcome:<9}[{said.step.stage_label}] {said.step.instruction} {said.causes}"
        )
    return "\n".join(lines)


def test_forecasts_hold(buildkit: DockerEngine, classic: DockerEngine) -> None:
    image = buildkit.image("diamol/base")
    assert image is not None
    images = {"diamol/base": BaseImage.of(image)}
    chains = -(-PAIRS // CHAIN)

    def chain(number: int) -> Tally:
        builder = Builder.CLASSIC if number % CLASSIC_SHARE == CLASSIC_SHARE - 1 else Builder.BUILDKIT
        engine = classic if builder is Builder.CLASSIC else buildkit
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(engine, builder, images, Path(folder))
            try:
                return run_chain(bench, SEED * 100_000 + number, CHAIN)
            finally:
                bench.clean()

    with ThreadPoolExecutor(4) as pool:
        tallies = list(pool.map(chain, range(chains)))
    verdicts = sum((tally.verdicts for tally in tallies), Counter[Verdict]())
    share = verdicts[Verdict.DEPENDS] / (verdicts.total() - verdicts[Verdict.NOT_NEEDED])
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    print(f"{sum(t.pairs for t in tallies)} pairs, steps: {counts}; {share:.1%} of those built depend")
    broken = [text for tally in tallies for text in tally.broken]
    for text in broken[:3]:
        print(text)
    wrong = [text for tally in tallies for text in tally.contradictions]
    assert not wrong, f"{len(wrong)} contradictions\n\n" + "\n\n".join(wrong[:5])
    assert share <= MOST_DEPENDS
    assert len(broken) <= chains / 5


FIXED = {
    "WORKDIR to the root has no number": ("FROM diamol/base", "WORKDIR /", "COPY a.txt /@/a", "WORKDIR /@/w"),
    "twins whose base is a variable": (
        "ARG BASE=diamol/base",
        "FROM diamol/base AS s0",
        "WORKDIR /@/app",
        "COPY a.txt /@/a",
        "FROM $BASE AS s1",
        "WORKDIR /@/app",
        "FROM scratch",
        "COPY --from=s0 /@/a /1",
        "COPY --from=s1 /@/app /2",
    ),
}
"""Dockerfiles in which a step's outcome was once missed."""


@pytest.mark.parametrize("lines", FIXED.values(), ids=FIXED)
def test_every_step_has_an_outcome(buildkit: DockerEngine, tmp_path: Path, lines: tuple[str, ...]) -> None:
    bench = Bench(buildkit, Builder.BUILDKIT, {}, tmp_path)
    state = State((), (), {"a.txt": ("@", 0o644)}, head=lines)
    inputs = bench.inputs(state)
    try:
        for expected in (Outcome.REBUILT, Outcome.CACHED):
            report = bench.build(inputs)
            assert {step.outcome for step in report.steps} == {expected}
        assert not contradicted(forecast(inputs, inputs, report), report)
    finally:
        bench.clean()
