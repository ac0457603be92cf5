"""An edit that re-ran too much is made again where the builder may have overlooked its cache."""

from __future__ import annotations

import pytest

from tests.unit.reports import built, failed
from tutor.builds.builder import Builder
from tutor.grade.editing import confirmed
from tutor.grade.measured import Edited

TEXT = "FROM a\nRUN one\nRUN two\nCOPY x .\n"
RIGHT, TOO_MUCH = [4], [2, 3, 4]


def edit(lines: list[int]) -> Edited:
    report = built(TEXT, lines, builder=Builder.CLASSIC)
    return Edited(report, report.rebuilt)


def seen(*edits: Edited, builder: Builder = Builder.CLASSIC, least: int = 1) -> list[int]:
    """The lines that re-ran in the edit that counts, of those that may be made; each more would be an error."""
    counts = confirmed(iter(edits).__next__, builder, lambda edited: len(edited.extra) > 1, least)
    return [step.step.instruction.line for step in counts.extra]


def test_what_re_ran_less_counts() -> None:
    assert seen(edit(TOO_MUCH), edit(RIGHT)) == RIGHT


def test_what_re_runs_each_time_counts() -> None:
    assert seen(edit(TOO_MUCH), edit(TOO_MUCH)) == TOO_MUCH


@pytest.mark.parametrize("lines", [RIGHT, []])
def test_one_edit_is_enough_where_no_more_re_ran_than_should(lines: list[int]) -> None:
    assert seen(edit(lines)) == lines


def test_buildkit_is_believed_at_once() -> None:
    assert seen(edit(TOO_MUCH), builder=Builder.BUILDKIT) == TOO_MUCH


@pytest.mark.parametrize("least", [0, 1])
def test_a_second_edit_that_fails_changes_nothing(least: int) -> None:
    assert seen(edit(TOO_MUCH), Edited(failed(TEXT, "the engine ended")), least=least) == TOO_MUCH


def test_nothing_re_run_counts_only_where_that_may_be() -> None:
    assert seen(edit(TOO_MUCH), edit([]), least=0) == []
    assert seen(edit(TOO_MUCH), edit([]), least=1) == TOO_MUCH
