"""What screens keep of a build: states, bounded output, totals; and figures as people read them."""

from __future__ import annotations

import pytest
from textual.content import Content

from tests.fakes import started
from tests.ui.sample import THREE_STAGES
from tutor.builds.builder import Outcome
from tutor.builds.events import (
    BuildCancelled,
    BuildFailed,
    FailureKind,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.ui import figures
from tutor.ui.build_view import LINE_LENGTH_KEPT, LINES_KEPT, BuildView, State
from tutor.ui.text import ends, fit, wrapped


def view_of(*events: object) -> BuildView:
    view = BuildView()
    view.see(started(THREE_STAGES), 0.0)
    for event in events:
        view.see(event, 1.0)  # type: ignore[arg-type]
    return view


def test_late_cache_news_wins_and_the_active_step_is_the_last_started() -> None:
    view = view_of(
        StepStarted(0), StepFinished(0, Outcome.REBUILT, 0.1), StepFinished(0, Outcome.CACHED, 0.0), StepStarted(1)
    )
    assert [step.state for step in view.steps] == [State.CACHED, State.RUNNING, State.WAITING, State.WAITING]
    assert view.active == 1


def test_when_a_build_ends_what_did_not_run_says_so() -> None:
    failed = BuildFailed("no", FailureKind.STEP, step=1)
    view = view_of(StepStarted(0), StepFinished(0, Outcome.REBUILT, 0.1), StepStarted(1), StepStarted(2), failed)
    assert [step.state for step in view.steps] == [State.REBUILT, State.FAILED, State.NOT_RUN, State.NOT_RUN]
    assert view.active == 1
    assert view_of(StepStarted(0), BuildCancelled()).steps[0].state is State.NOT_RUN


def test_output_is_bounded_in_lines_and_length() -> None:
    view = view_of(*(StepOutput(0, f"line {i}") for i in range(LINES_KEPT + 10)), StepOutput(0, "x" * 100_000))
    output = view.steps[0].output
    assert len(output.lines) == LINES_KEPT
    assert output.dropped == 11
    assert output.lines[0] == "line 11"
    assert len(output.lines[-1]) == LINE_LENGTH_KEPT + 1


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (4_260_000, "4.26 MB"),
        (14_600_000, "14.6 MB"),
        (736_200_000, "736 MB"),
        (999_999_999, "1.00 GB"),
        (2_500_000_000_000_000, "2500 TB"),
    ],
)
def test_sizes(size_bytes: int, shown: str) -> None:
    assert figures.size(size_bytes) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.0, "0.0 s"), (99.9, "99.9 s"), (99.99, "1m 40s"), (3725, "62m 05s")])
def test_seconds(value: float, shown: str) -> None:
    assert figures.seconds(value) == shown


@pytest.mark.parametrize(("share", "cells"), [(0.0, 0), (0.001, 1), (0.5, 4), (1.0, 8), (1.7, 8)])
def test_bars_show_anything_above_nothing(share: float, cells: int) -> None:
    assert len(figures.bar(share, 8)) == cells


def test_text_is_cut_and_padded_in_cells() -> None:
    korean = Content("도커 이미지")
    assert fit(korean, 14).cell_length == 14
    assert fit(korean, 6).cell_length == 6
    assert fit(korean, 6).plain.endswith("…") or "…" in fit(korean, 6).plain
    assert ends(korean, Content("끝"), 20).cell_length == 20
    assert all(row.cell_length <= 12 for row in wrapped(Content("도커 이미지를 빌드하는 방법"), 12, "• ", "  "))
