"""Why an edit re-ran a step."""

from __future__ import annotations

import pytest

from tests.unit.reports import built
from tutor.grade.why import Cause, reruns

START = """\
FROM diamol/golang
WORKDIR web
COPY index.html .
COPY main.go .
RUN go build -o /web/server
"""

STAGES = """\
FROM diamol/golang AS builder
COPY . .
RUN go build -o /server

FROM builder AS checked
RUN true

FROM diamol/base
COPY --from=0 /server /server
RUN --mount=from=checked true
COPY index.html .
"""


def causes(text: str, lines: list[int]) -> list[tuple[int, Cause, int | None]]:
    report = built(text, lines)
    return [
        (r.step.instruction.line, r.cause, r.because.instruction.line if r.because else None)
        for r in reruns(report.dockerfile, report.rebuilt)
    ]


def test_a_step_that_reads_the_file_pulls_those_below_it_along() -> None:
    assert causes(START, [3, 4, 5]) == [(3, Cause.FILE, None), (4, Cause.BELOW, 3), (5, Cause.BELOW, 3)]


def test_stages_pull_each_other_along() -> None:
    assert causes(STAGES, [2, 3, 6, 9, 10, 11]) == [
        (2, Cause.FILE, None),
        (3, Cause.BELOW, 2),
        (6, Cause.BASE, 3),
        (9, Cause.STAGE, 3),
        (10, Cause.BELOW, 9),
        (11, Cause.BELOW, 9),
    ]


@pytest.mark.parametrize(("lines", "last"), [([2, 3, 11], Cause.FILE), ([2, 3, 6, 10], Cause.STAGE)])
def test_a_copy_of_equal_content_is_cached_and_pulls_nothing(lines: list[int], last: Cause) -> None:
    assert causes(STAGES, lines)[-1][1] is last
