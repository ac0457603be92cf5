"""Verdicts from what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.reports import built, failed
from tutor.builds.builder import Builder
from tutor.builds.engine import FileEntry
from tutor.builds.events import FailureKind
from tutor.builds.layers import Layer
from tutor.course.exercise import load_exercise
from tutor.grade.checks import judge, stored_twice
from tutor.grade.editing import quoted
from tutor.grade.measured import Baseline, Edited, Measured, Served
from tutor.grade.page import Shown
from tutor.grade.report import Check, Verdict
from tutor.language import Words
from tutor.places import exercises_folder
from tutor.visit import Answer

EXERCISE = load_exercise(exercises_folder(), "06-optimise")
TEXT = """\
FROM diamol/golang AS builder
COPY main.go .
RUN go build -o /server
FROM diamol/base
WORKDIR /web
COPY --from=builder /server .
COPY index.html .
CMD ["/web/server"]
"""
WORDS = Words("en")


def page(user: str, edition: str = "first") -> Served:
    return Served(Answer(200, "…"), (Shown(".Edition", edition), Shown(".User", user)))


GOOD = Measured(
    built(TEXT, size_bytes=15_000),
    Baseline(built(TEXT, size_bytes=100_000), built(TEXT), 10_000),
    page("Kim"),
    page("stamp-1"),
    "stamp-1",
    html_edit=Edited(built(TEXT, [7]), built(TEXT, [7]).rebuilt, page("Kim"), shown=True),
    code_edit=Edited(built(TEXT, [2, 3, 6, 7]), built(TEXT, [2, 3, 6, 7]).rebuilt, page("Kim"), shown=True),
    toolchain=(),
)


def check(measured: Measured, id: str) -> Check:
    found = next(check for check in judge(EXERCISE, measured) if check.id == id)
    assert found.sentence(WORDS)
    assert all(note.sentence(WORDS) for note in found.notes)
    return found


def outcome(measured: Measured, id: str) -> tuple[Verdict, str]:
    found = check(measured, id)
    return found.verdict, found.reason


def test_all_good_gives_all_points() -> None:
    checks = judge(EXERCISE, GOOD)
    assert [found.id for found in checks] == list(EXERCISE.points)
    assert all((found.verdict, found.reason) == (Verdict.PASS, "pass") for found in checks)
    assert sum(found.points for found in checks) == 100


def test_without_an_image_nothing_else_is_judged() -> None:
    checks = judge(EXERCISE, Measured(failed(TEXT, "no such file", line=3)))
    assert [found.verdict for found in checks] == [Verdict.FAIL] + [Verdict.NOT_JUDGED] * 5
    assert sum(found.points for found in checks) == 0
    assert all("build failed" in found.sentence(WORDS) for found in checks[1:])


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (failed(TEXT, "said", line=3), "fail"),
        (failed(TEXT, "said"), "fail_somewhere"),
        (failed(TEXT, "said", FailureKind.UNSUPPORTED, 3), "unsupported"),
        (failed(TEXT, "said", FailureKind.BASE_IMAGE, 1), "base_image"),
        (replace(failed(TEXT, "said"), failure=None), "ended"),
    ],
)
def test_why_a_build_failed(build: object, reason: str) -> None:
    found = check(Measured(build), "builds")  # type: ignore[arg-type]
    assert (found.verdict, found.reason) == (Verdict.FAIL, reason)
    assert reason == "ended" or "said" in found.sentence(WORDS)


SILENT = Served(Answer(problem="Connection refused"))


@pytest.mark.parametrize(
    ("served", "other", "reason", "says"),
    [
        (
            replace(SILENT, started=False, answer=Answer(problem="no such file: /web/server")),
            None,
            "cannot_start",
            "/web",
        ),
        (replace(SILENT, exit_code=127, last_lines=("sh: not found",)), None, "exited", "exit code 127: sh: not found"),
        (SILENT, None, "no_answer", "Connection refused"),
        (replace(SILENT, exposed=(8080,)), None, "other_port", "EXPOSE 8080"),
        (replace(SILENT, exposed=(80, 8080)), None, "no_answer", "port 80"),
        (Served(Answer(404, "not found")), None, "status", "404"),
        (Served(Answer(200, "hello")), None, "not_the_page", "index.html"),
        (page(""), page("stamp-1"), "no_value", "USER is not set"),
        (page("Kim"), page("Kim"), "value_fixed", "“Kim”"),
        (page("Kim"), None, "value_fixed", "“Kim”"),
        (page("Kim"), SILENT, "value_fixed", "“Kim”"),
        (page(""), page(""), "value_never", "never reaches"),
        (Served(Answer(200, "…"), (Shown(".Edition", "first"),)), None, "no_place", "no place"),
    ],
)
def test_why_a_page_is_not_served(served: Served, other: Served | None, reason: str, says: str) -> None:
    found = check(replace(GOOD, served=served, served_other=other), "serves")
    assert (found.verdict, found.reason) == (Verdict.FAIL, reason)
    assert says in found.sentence(WORDS)


def test_the_greeting_is_found_wherever_the_page_shows_it() -> None:
    assert check(GOOD, "serves").figures["value"] == "Kim"
    renamed = (Shown(".Edition", "1"), Shown("index .Env 0", "Kim"))
    other = (Shown(".Edition", "1"), Shown("index .Env 0", "stamp-1"))
    measured = replace(GOOD, served=Served(Answer(200, "…"), renamed), served_other=Served(Answer(200, "…"), other))
    assert check(measured, "serves").figures["value"] == "Kim"


def test_a_wrong_expose_is_told_but_costs_nothing() -> None:
    found = check(replace(GOOD, served=replace(page("Kim"), exposed=(8080,))), "serves")
    assert (found.verdict, found.reason, found.points) == (Verdict.PASS, "pass_exposed", 20)


@pytest.mark.parametrize(("size", "verdict"), [(15_000, Verdict.PASS), (15_001, Verdict.FAIL)])
def test_the_limit_of_the_size_still_passes(size: int, verdict: Verdict) -> None:
    assert check(replace(GOOD, build=built(TEXT, size_bytes=size)), "size").verdict is verdict


BINARY = 9_000_000
COPIED = Layer(BINARY, "COPY /server . # buildkit", 6)


@pytest.mark.parametrize(
    ("layers", "line"),
    [
        ((COPIED, Layer(BINARY, "RUN /bin/sh -c chmod +x server # buildkit", 7)), 7),
        ((COPIED, Layer(BINARY + 4096, "/bin/sh -c chmod +x server", 7)), 7),
        ((Layer(BINARY, "RUN /bin/sh -c go build", 5), COPIED), None),
        ((COPIED, Layer(BINARY * 2, "RUN /bin/sh -c go build", 7)), None),
        ((COPIED, Layer(BINARY, "COPY /other . # buildkit", 7)), None),
        ((replace(COPIED, line=None), Layer(BINARY, "RUN chmod", 7)), None),
        ((COPIED, Layer(0, "RUN true", 7)), None),
    ],
)
def test_a_file_stored_twice(layers: tuple[Layer, ...], line: int | None) -> None:
    found = stored_twice(layers)
    assert (found.line if found else None) == line


def test_storing_twice_passes_and_is_told() -> None:
    layers = (COPIED, Layer(BINARY, "RUN chmod +x server", 7))
    baseline = Baseline(built(TEXT, size_bytes=600_000_000), built(TEXT), BINARY)
    found = check(replace(GOOD, build=built(TEXT, layers=layers), baseline=baseline), "size")
    assert (found.verdict, found.figures["twice_mb"]) == (Verdict.PASS, 9.0)
    assert "line 7" in found.notes[0].sentence(WORDS)


def edit(
    lines: list[int], served: Served | None = None, shown: bool = True, builder: Builder = Builder.BUILDKIT
) -> Edited:
    report = built(TEXT, lines, builder=builder)
    return Edited(report, report.rebuilt, served, shown)


@pytest.mark.parametrize(
    ("edited", "verdict", "reason"),
    [
        (edit([7], page("Kim")), Verdict.PASS, "pass"),
        (edit([7, 8], page("Kim"), builder=Builder.CLASSIC), Verdict.PASS, "pass"),
        (edit([]), Verdict.FAIL, "none"),
        (edit([6, 7], page("Kim")), Verdict.FAIL, "fail"),
        (edit([6, 7], None, shown=False), Verdict.FAIL, "fail"),
        (edit([7], page("Kim"), shown=False), Verdict.FAIL, "not_shown"),
        (edit([7], None, shown=False), Verdict.NOT_JUDGED, "not_served"),
        (Edited(problem="index.html can't be edited"), Verdict.FAIL, "not_made"),
        (Edited(failed(TEXT, "said", line=3)), Verdict.FAIL, "build_failed"),
    ],
)
def test_an_edit_of_the_page(edited: Edited, verdict: Verdict, reason: str) -> None:
    assert outcome(replace(GOOD, html_edit=edited), "html-edit") == (verdict, reason)


def test_extra_steps_are_named_with_the_reason_each_ran() -> None:
    found = check(replace(GOOD, html_edit=edit([2, 3, 6, 7], page("Kim"))), "html-edit")
    notes = [note.sentence(WORDS) for note in found.notes]
    assert found.figures["layers_rebuilt"] == 4
    assert [note.split(":")[0] for note in notes] == [
        "Line 2, “COPY main.go .”",
        "Line 3, “RUN go build -o /server”",
        "Line 6, “COPY --from=builder /server .”",
        "Line 7, “COPY index.html .”",
    ]
    assert "stands below line 2" in notes[1]
    assert "stage builder" in notes[2]


@pytest.mark.parametrize(
    ("edited", "verdict", "reason"),
    [
        (edit([2, 3, 6], page("Kim")), Verdict.PASS, "pass"),
        (edit([]), Verdict.PASS, "pass"),  # what is served decides, whatever the builder says of its steps
        (edit([], page("Kim"), shown=False), Verdict.FAIL, "none"),
        (edit([], None, shown=False), Verdict.FAIL, "none"),
        (edit([2], page("Kim"), shown=False), Verdict.FAIL, "not_shown"),
        (edit([2], None, shown=False), Verdict.NOT_JUDGED, "not_served"),
        (Edited(problem="no longer has the text"), Verdict.FAIL, "not_made"),
        (Edited(failed(TEXT, "said")), Verdict.FAIL, "build_failed"),
    ],
)
def test_an_edit_of_the_code(edited: Edited, verdict: Verdict, reason: str) -> None:
    assert outcome(replace(GOOD, code_edit=edited), "code-edit") == (verdict, reason)


def test_a_compiler_in_the_image_is_named() -> None:
    found = (FileEntry("/usr/bin/go", "file", 10, 0o755), FileEntry("/usr/lib/compile", "file", 20_000_000, 0o755))
    told = check(replace(GOOD, toolchain=found), "toolchain")
    assert told.verdict is Verdict.FAIL
    assert "/usr/lib/compile" in told.sentence(WORDS)


def test_a_long_instruction_is_cut_for_a_sentence() -> None:
    assert quoted("RUN a \\\n   b") == "RUN a \\ b"
    assert len(quoted("RUN " + "x" * 500)) == 60
