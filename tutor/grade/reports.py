"""Grades for other programs: JUnit XML for a CI, a result file for classroom autograding."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from tutor.grade.report import Check, Verdict
from tutor.grade.several import Entry
from tutor.language import Words


def junit(entries: Sequence[Entry], words: Words) -> bytes:
    """JUnit XML: a suite a folder, a case a check. A check that couldn't be judged is a skipped case."""
    root = ET.Element("testsuites", name="diamol-tutor")
    for entry in entries:
        suite = ET.SubElement(root, "testsuite", name=entry.name, time=f"{entry.seconds:.3f}")
        if entry.report is None:
            case = ET.SubElement(suite, "testcase", classname=entry.name, name=words("grade.several.graded"))
            ET.SubElement(case, "error", message=words.told(entry.problem), type="error")
        for check in entry.report.checks if entry.report else ():
            _case(suite, entry.name, check, words)
        verdicts = [check.verdict for check in entry.report.checks] if entry.report else []
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(verdicts.count(Verdict.FAIL)))
        suite.set("skipped", str(verdicts.count(Verdict.NOT_JUDGED)))
        suite.set("errors", str(int(entry.report is None)))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: ET.Element, folder: str, check: Check, words: Words) -> None:
    case = ET.SubElement(suite, "testcase", classname=folder, name=words(f"grade.title.{check.id}"))
    sentence = check.sentence(words)
    match check.verdict:
        case Verdict.FAIL:
            told = ET.SubElement(case, "failure", message=sentence, type=check.reason)
            told.text = "\n".join(note.sentence(words) for note in check.notes)
        case Verdict.NOT_JUDGED:
            ET.SubElement(case, "skipped", message=sentence)
        case Verdict.PASS:
            ET.SubElement(case, "system-out").text = sentence


def autograding(entries: Sequence[Entry], words: Words) -> dict[str, Any]:
    """A result as GitHub Classroom's autograding reporter takes it: a test a check, with its points as score."""
    tests = [test for entry in entries for test in _tests(entry, words, several=len(entries) > 1)]
    broken = any(entry.report is None for entry in entries)
    passed = all(test["status"] == "pass" for test in tests)
    return {
        "version": 1,
        "status": "error" if broken else "pass" if passed else "fail",
        "max_score": sum(test["max_score"] for test in tests),
        "tests": tests,
    }


def _tests(entry: Entry, words: Words, several: bool) -> list[dict[str, Any]]:
    prefix = f"{entry.name}: " if several else ""
    if entry.report is None:
        name = prefix + words("grade.several.graded")
        problem, possible = words.told(entry.problem), entry.points_possible
        return [{"name": name, "status": "error", "score": 0, "max_score": possible, "message": problem}]
    return [
        {
            "name": prefix + words(f"grade.title.{check.id}"),
            "status": "pass" if check.verdict is Verdict.PASS else "fail",
            "score": check.points,
            "max_score": check.points_possible,
            "message": "\n".join([check.sentence(words), *(note.sentence(words) for note in check.notes)]),
        }
        for check in entry.report.checks
    ]
