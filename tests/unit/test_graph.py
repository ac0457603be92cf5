"""The stage graph: what it holds, how stages stand, and the drawing, exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.builds.builder import Builder, Outcome
from tutor.builds.cells import fitted, shortened, width_of
from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.graph.drawing import BETWEEN, Look, draw, half, plain, side_by_side
from tutor.builds.graph.lanes import Line, gutter
from tutor.builds.graph.model import Carry, StageState, graph_of, standings
from tutor.builds.layers import Layer
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport, StepReport
from tutor.builds.steps import plan
from tutor.language import Words

START = parse(
    "FROM diamol/golang\nWORKDIR web\nCOPY index.html .\nCOPY main.go .\n"
    "RUN go build -o /web/server\nRUN chmod +x server\n"
)
GO = parse(
    "FROM diamol/golang AS builder\nCOPY main.go .\nRUN go build -o /server\n"
    "FROM diamol/base\nWORKDIR web\nCOPY index.html .\nCOPY --from=builder /server .\nRUN chmod +x server\n"
)
THREE = parse(
    "FROM diamol/base AS build-stage\nRUN echo 1 > /build.txt\n"
    "FROM diamol/base AS test-stage\nCOPY --from=build-stage /build.txt /build.txt\nRUN echo 2 >> /build.txt\n"
    "FROM diamol/base AS unused\nRUN true\n"
    "FROM test-stage\nCOPY --from=build-stage /build.txt /아주/긴/경로/파일.txt /x/\n"
    "COPY --from=diamol/node /bin/node /bin/\n"
)
EN, KO = Words("en"), Words("ko")
C, R, N, F = Outcome.CACHED, Outcome.REBUILT, Outcome.NOT_RUN, Outcome.FAILED


def report(outcomes: tuple[Outcome, ...], *, done: bool = False, failed: bool = False) -> BuildReport:
    steps = tuple(StepReport(s, o) for s, o in zip(plan(GO, Builder.BUILDKIT), outcomes, strict=True))
    made = BuildReport(Builder.BUILDKIT, GO, steps)
    if done:
        return replace(made, image_id="sha256:1", layers=(Layer(19_700_000, "base"),))
    return replace(made, failure=BuildFailed("no", FailureKind.STEP)) if failed else made


def test_what_stages_take_from_each_other() -> None:
    boxes = graph_of(THREE).boxes
    assert [(box.label, box.base, box.on, box.steps) for box in boxes] == [
        ("build-stage", "diamol/base", None, 1),
        ("test-stage", "diamol/base", None, 2),
        ("unused", "diamol/base", None, 1),
        ("stage-3", "test-stage", 1, 2),
    ]
    assert boxes[3].takes == (
        Carry(0, "build-stage", ("/build.txt", "/아주/긴/경로/파일.txt")),
        Carry(None, "diamol/node", ("/bin/node",)),
    )


def test_mounts_numbers_and_arguments_count() -> None:
    head = "ARG BASE=a\nFROM base AS A\nFROM $BASE\nCOPY --from=0 /x /y /to/\n"
    last = graph_of(parse(head + "RUN --mount=type=bind,from=a,src=/z,target=/m x\n")).boxes[1]
    assert (last.base, last.on) == ("a", 0)
    assert last.takes == (Carry(0, "a", ("/x", "/y", "/z")),)


@pytest.mark.parametrize(
    ("outcomes", "running", "ends", "states"),
    [
        ((N, N, N, N, N, N), (), {}, "waiting waiting"),
        ((N, N, N, N, N, N), (0,), {}, "building waiting"),
        ((R, N, C, N, N, N), (), {}, "building building"),
        ((C, C, R, N, N, N), (), {}, "cached building"),
        ((R, R, C, C, C, C), (), {}, "done cached"),
        ((C, C, C, C, C, C), (), {"done": True}, "cached cached"),
        ((C, F, C, N, N, N), (), {"failed": True}, "failed stopped"),
        ((C, F, N, N, N, N), (), {"failed": True}, "failed not_run"),
        ((C, F, C, C, C, C), (), {"failed": True}, "failed cached"),
    ],
)
def test_how_stages_stand(
    outcomes: tuple[Outcome, ...], running: tuple[int, ...], ends: dict[str, bool], states: str
) -> None:
    found = standings(GO, report=report(outcomes, **ends), running=frozenset(running))
    assert " ".join(standing.state for standing in found) == states


def test_the_size_is_known_of_the_built_stage_and_of_those_it_stands_on() -> None:
    layers = (Layer(100, "base"), Layer(20, "COPY"), Layer(0, "CMD"), Layer(7, "RUN echo 2", 5), Layer(3, "COPY", 9))
    steps = tuple(StepReport(step, R) for step in plan(THREE, Builder.BUILDKIT))
    made = BuildReport(Builder.BUILDKIT, THREE, steps, "sha256:1", layers)
    assert [standing.size_bytes for standing in standings(THREE, report=made)] == [None, 127, None, 130]
    stopped = replace(made, image_id="", failure=BuildFailed("no", FailureKind.STEP))
    assert [standing.size_bytes for standing in standings(THREE, report=stopped)] == [None] * 4


def test_stages_that_are_not_built() -> None:
    states = [standing.state for standing in standings(THREE)]
    assert states == [StageState.WAITING, StageState.WAITING, StageState.NOT_NEEDED, StageState.WAITING]
    assert {standing.state for standing in standings(THREE, Builder.CLASSIC)} == {StageState.WAITING}
    states = [standing.state for standing in standings(THREE, Builder.CLASSIC, "test-stage")]
    assert states == [StageState.WAITING, StageState.WAITING, StageState.NOT_NEEDED, StageState.NOT_NEEDED]


DONE = """\
  ┌ builder ───────────────────────────────────────────────────────────────┐
  │ FROM diamol/golang                                                     │
┌─┤ ≡ from the cache                                                       │
│ └────────────────────────────────────────────────────────────────────────┘
│ ┌ stage-1 ───────────────────────────────────────────────────────────────┐
│ │ FROM diamol/base                                                       │
└→│ /server                                                                │
  │ ✓ built  19.7 MB                                                       │
  └────────────────────────────────────────────────────────────────────────┘"""

KOREAN = """\
    ┌ build-stage ───────────────────┐
    │ FROM diamol/base               │
┌───┤ ○ 기다리는 중                  │
│   └────────────────────────────────┘
│   ┌ test-stage ────────────────────┐
│   │ FROM diamol/base               │
├──→│ /build.txt                     │
│ ┌─┤ ○ 기다리는 중                  │
│ │ └────────────────────────────────┘
│ │ ┌ unused ────────────────────────┐
│ │ │ FROM diamol/base               │
│ │ │ · 필요 없음                    │
│ │ └────────────────────────────────┘
│ │ ┌ stage-3 ───────────────────────┐
│ └→│ FROM test-stage                │
└──→│ /build.txt, /아주/긴/경로/파…  │
    │ diamol/node: /bin/node         │
    │ ○ 기다리는 중                  │
    └────────────────────────────────┘"""

TWO = """\
┌ stage-0 ─────────────────────────┐    ┌ builder ───────────────────────┐
│ FROM diamol/golang               │    │ FROM diamol/golang             │
│ ○ waiting                        │  ┌─┤ ✓ built                        │
└──────────────────────────────────┘  │ └────────────────────────────────┘
                                      │ ┌ stage-1 ───────────────────────┐
                                      │ │ FROM diamol/base               │
                                      └→│ /server                        │
                                        │ ▶ building  2/4                │
                                        └────────────────────────────────┘"""


def test_a_finished_build_in_76_cells() -> None:
    stood = standings(GO, report=report((C, C, R, C, C, C), done=True))
    assert plain(draw(graph_of(GO), stood, EN, 76)) == DONE


def test_korean_in_38_cells() -> None:
    rows = draw(graph_of(THREE), standings(THREE), KO, 38)
    assert plain(rows) == KOREAN
    assert {sum(width_of(span.text) for span in row) for row in rows} == {38}


def test_two_side_by_side_in_74_cells() -> None:
    left = draw(graph_of(START), standings(START), EN, half(74))
    right = draw(graph_of(GO), standings(GO, report=report((R, R, R, C, N, N))), EN, half(74))
    rows = side_by_side(left, right, 74)
    assert plain(rows) == TWO
    assert {sum(width_of(span.text) for span in row) for row in rows} == {74}
    assert 2 * half(74) + BETWEEN == 74


def test_pieces_carry_their_look() -> None:
    rows = draw(graph_of(GO), standings(GO, report=report((C, C, R, C, C, C), done=True)), EN, 40)
    looks = {span.text.strip(): span.look for row in rows for span in row}
    assert looks["builder"] is Look.NAME
    assert looks["/server"] is Look.CARRIED
    assert looks["≡ from the cache"] is Look.CACHED
    assert looks["✓ built"] is Look.DONE
    assert looks["19.7 MB"] is Look.FIGURE
    assert {state.value for state in StageState} <= {look.value for look in Look}


def test_lines_that_cross() -> None:
    drawn = gutter([Line(0, (5,)), Line(2, (3, 7))], 8)
    assert drawn == ["  ┌─", "  │ ", "┌─┼─", "├─┼→", "│ │ ", "│ └→", "│   ", "└──→"]


def test_no_lines_take_no_room() -> None:
    assert gutter([], 3) == ["", "", ""]


@pytest.mark.parametrize("words", [EN, KO])
def test_every_state_has_its_word(words: Words) -> None:
    assert all(words(f"graph.state.{state}") for state in StageState)


def test_names_from_outside_are_clean() -> None:
    hostile = parse("FROM a\x1b[31mb\x9b2J AS x\nFROM scratch\nCOPY --from=x /a\x1b]0;t\x07b /\n")
    text = plain(draw(graph_of(hostile), standings(hostile), EN, 40))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert {width_of(row) for row in text.splitlines()} == {40}


@given(st.text(), st.integers(0, 30))
def test_cells(text: str, width: int) -> None:
    assert width_of(shortened(text, width)) <= max(width, 0)
    assert width_of(fitted(text, width)) == width
