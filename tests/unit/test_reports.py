"""Grades for other programs: JSON, JUnit XML, classroom autograding."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.unit.reports import built
from tests.unit.test_checks import EXERCISE, GOOD, SILENT, TEXT
from tutor.builds.builder import Builder
from tutor.builds.engine import EngineFacts
from tutor.errors import TutorError
from tutor.grade.as_json import class_as_json, entry_as_json
from tutor.grade.checks import judge
from tutor.grade.measured import Edited, Measured
from tutor.grade.report import GradeReport
from tutor.grade.reports import autograding, junit
from tutor.grade.several import Entry
from tutor.language import Words

FACTS = EngineFacts("20.10.24", Builder.BUILDKIT, "overlay2", "unix:///x")
WORDS = Words("en")


def entry(measured: Measured, name: str = "kim") -> Entry:
    report = GradeReport(EXERCISE.id, FACTS, judge(EXERCISE, measured), solution=measured.build)
    return Entry(Path(name), name, 1.5, 100, report)


SILENT_EDIT = Edited(built(TEXT, [7]), built(TEXT, [7]).rebuilt)
HALF = replace(
    GOOD, served=replace(SILENT, exit_code=1, last_lines=("\x1b[31mno\x1b[0m \x9b1m<page>",)), html_edit=SILENT_EDIT
)
EXTRA = replace(GOOD, html_edit=Edited(built(TEXT, [6, 7]), built(TEXT, [6, 7]).rebuilt))
LATE = Entry(Path("late"), "late", 300.0, 100, error=TutorError("It was not done.", "Wait."))


def test_json_holds_every_check_with_its_figures() -> None:
    told = entry_as_json(EXERCISE.id, entry(EXTRA), WORDS)
    assert json.loads(json.dumps(told)) == told
    assert (told["schema"], told["passed"], told["points"], told["points_possible"]) == (
        "diamol-tutor/grade/1",
        False,
        75,
        100,
    )
    assert told["engine"] == {"version": "20.10.24", "builder": "buildkit", "store": "overlay2"}
    checks: dict[str, Any] = {check["id"]: check for check in told["checks"]}
    assert list(checks) == list(EXERCISE.points)
    assert checks["html-edit"]["figures"]["layers_rebuilt"] == 2
    assert len(checks["html-edit"]["notes"]) == 2
    assert told["builds"]["solution"]["size_bytes"] == 15_000
    assert told["builds"]["start"] is None


def test_json_of_a_class_counts_who_passed() -> None:
    entries = [entry(GOOD), entry(HALF, "lee"), LATE]
    told = class_as_json(EXERCISE.id, [entry_as_json(EXERCISE.id, each, WORDS) for each in entries])
    assert (told["schema"], told["passed"], told["total"]) == ("diamol-tutor/class/1", 1, 3)
    assert told["grades"][2]["error"] == {"message": "It was not done.", "hint": "Wait."}
    assert [grade["folder"] for grade in told["grades"]] == ["kim", "lee", "late"]


def test_json_holds_no_control_characters() -> None:
    text = json.dumps(entry_as_json(EXERCISE.id, entry(HALF), WORDS), ensure_ascii=False)
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "no 1m<page>" not in text
    assert "<page>" in text


def test_junit_has_a_case_for_each_check() -> None:
    root = ET.fromstring(junit([entry(GOOD), entry(HALF, "lee"), LATE], WORDS))
    good, half, late = root
    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [("kim", "6"), ("lee", "6"), ("late", "1")]
    assert good.get("failures") == "0"
    assert [case.get("name") for case in good] == [WORDS(f"grade.title.{check}") for check in EXERCISE.points]
    assert (half.get("failures"), half.get("skipped")) == ("1", "1")
    failure = half.find("testcase/failure")
    assert failure is not None
    assert failure.get("type") == "exited"
    assert "<page>" in (failure.get("message") or "")
    assert late.find("testcase/error") is not None


def test_autograding_gives_each_check_its_points() -> None:
    told = autograding([entry(EXTRA)], WORDS)
    assert (told["version"], told["status"], told["max_score"]) == (1, "fail", 100)
    assert sum(test["score"] for test in told["tests"]) == 75
    assert [test["status"] for test in told["tests"]] == ["pass", "pass", "pass", "fail", "pass", "pass"]
    assert "Line 6" in told["tests"][3]["message"]
    assert autograding([entry(GOOD)], WORDS)["status"] == "pass"


def test_autograding_of_a_class_names_whose_test_it_is() -> None:
    told = autograding([entry(GOOD), LATE], WORDS)
    assert (told["status"], told["max_score"]) == ("error", 200)
    assert told["tests"][0]["name"].startswith("kim: ")
    assert told["tests"][-1] == {
        "name": "late: Graded",
        "status": "error",
        "score": 0,
        "max_score": 100,
        "message": "It was not done.",
    }
