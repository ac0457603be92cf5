"""Every failure has a ladder of hints, in every language, filled in by what was measured."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tutor.grade
from tests.unit.reports import built
from tests.unit.test_checks import GOOD, TEXT, check
from tutor.grade.hints import rungs
from tutor.grade.measured import Edited
from tutor.language import LANGUAGES, Words

LANGUAGE_FOLDER = Path(tutor.grade.__file__).parent.parent / "language"
PATTERNS = ("below", "other_stage", "through_stage", "twice")


def texts(language: str) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((LANGUAGE_FOLDER / language / "grade.toml").read_text("utf-8"))
    return table


def failing_reasons() -> list[tuple[str, str]]:
    """Check and reason of every sentence about a failure."""
    good = {"pass", "pass_exposed", "not_judged", "not_served", "ended"}
    found = []
    for name in ("builds", "serves", "size", "html-edit", "code-edit", "toolchain"):
        for reason in texts("en")[name]:
            if (name, reason) == ("html-edit", "fail"):
                found += [(name, pattern) for pattern in PATTERNS]
            elif reason not in good:
                found.append((name, reason))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("check_id", "reason"), failing_reasons())
def test_every_failure_has_hints(language: str, check_id: str, reason: str) -> None:
    ladder = texts(language)["hint"][check_id][reason]
    assert list(ladder) == [str(number + 1) for number in range(len(ladder))]


STAGES = """\
FROM diamol/golang AS builder
COPY . .
RUN go build -o /server
FROM scratch AS page
COPY index.html /
FROM diamol/base
COPY --from=builder /server .
COPY index.html .
COPY --from=page /index.html .
COPY index.html /kept.html
RUN true
"""
ONCE = "FROM b\nCOPY index.html .\nRUN true\nWORKDIR /x\n"


@pytest.mark.parametrize(
    ("text", "lines", "pattern", "says"),
    [
        (TEXT, [7, 8], "below", None),
        (ONCE, [2, 3, 4], "below", ["“COPY index.html .” (line 2)", "“RUN true”, “WORKDIR /x”"]),
        (STAGES, [8, 9, 10, 11], "twice", ["8: COPY index.html .;", "10: COPY index.html /kept.html"]),
        ("FROM b\nCOPY *.html .\nADD . /all\n", [2, 3], "twice", ["2: COPY *.html .; 3: ADD . /all"]),
        (STAGES, [2, 3, 8], "other_stage", ["“COPY . .” (line 2)"]),
        (STAGES, [2, 3, 7, 8], "other_stage", ["“COPY . .”"]),
        (STAGES, [5, 9], "through_stage", ["“COPY index.html /”", "“COPY --from=page /index.html .”"]),
    ],
)
def test_the_kind_of_mistake_is_measured(text: str, lines: list[int], pattern: str, says: list[str] | None) -> None:
    text = text.replace('CMD ["/web/server"]', "RUN true") if says is None else text
    report = built(text, lines)
    failed = check(replace(GOOD, html_edit=Edited(report, report.rebuilt)), "html-edit")
    assert failed.figures["pattern"] == pattern
    ladder = rungs(failed, Words("en"))
    assert len(ladder) == 3
    assert all(word in ladder[1] for word in says or ())
    assert ladder[-1].count("`COPY") or "Make" in ladder[-1]


def test_what_passed_or_was_not_judged_has_no_hints() -> None:
    assert rungs(check(GOOD, "size"), Words("en")) == ()
    report = built(TEXT, [7])
    open_check = check(replace(GOOD, html_edit=Edited(report, report.rebuilt)), "html-edit")
    assert rungs(open_check, Words("en")) == ()
