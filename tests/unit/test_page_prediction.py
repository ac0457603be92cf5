"""What was said about an edit of the page, held against a grade."""

from __future__ import annotations

from dataclasses import replace

from tests.ui import sample
from tutor.builds.builder import Builder
from tutor.ui.page_prediction import compare, layers_of


def test_a_number_is_right_or_missed_with_a_reason_for_each_layer() -> None:
    report = sample.report(passed=False)
    right, missed = compare(4, "index.html", report), compare(2, "index.html", report)
    assert (right.right, right.rerun, right.cached) == (True, 4, 1)
    assert (missed.right, missed.rerun) == (False, 4)
    assert [note.key for note in missed.reasons] == ["rerun_file", "rerun_below", "rerun_below", "rerun_below"]
    assert [note.figures["line"] for note in missed.reasons] == [4, 5, 7, 8]


def test_layers_that_run_without_any_edit_do_not_count() -> None:
    report = sample.report(passed=True)
    assert report.solution_edited is not None
    steps = tuple(replace(step, outcome=report.page_reran[0].outcome) for step in report.solution_edited.steps)
    report = replace(report, solution_edited=replace(report.solution_edited, steps=steps))
    assert compare(1, "index.html", report).right


def test_without_a_build_there_is_nothing_to_compare_with() -> None:
    report = replace(sample.report(passed=False), solution_edited=None, page_reran=())
    compared = compare(0, "index.html", report)
    assert compared.rerun is None
    assert not compared.right


def test_only_layers_that_will_be_built_are_asked_about() -> None:
    text = "FROM a AS unused\nRUN one\nFROM b\nENV A=1\nRUN two\nCMD x\n"
    of_buildkit, of_classic = layers_of(text, Builder.BUILDKIT), layers_of(text, Builder.CLASSIC)
    assert of_buildkit is not None
    assert of_classic is not None
    assert [str(step.instruction) for step in of_buildkit.steps] == ["RUN two"]
    assert [str(step.instruction) for step in of_classic.steps] == ["RUN one", "RUN two"]
    assert layers_of("FROM\n", Builder.BUILDKIT) is None
