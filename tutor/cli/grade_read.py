"""A grade as sentences to be read out: one a line, no signs and no columns."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tutor.cli.grade_show import hints_told, verdict_word
from tutor.grade.report import GradeReport
from tutor.grade.several import Entry
from tutor.language import Words


def read_card(report: GradeReport, words: Words, hints: int = 0) -> None:
    for check in report.checks:
        told = words(
            "cli.plain.check",
            title=words(f"grade.title.{check.id}"),
            verdict=verdict_word(check.verdict, words),
            points=check.points,
            possible=check.points_possible,
            sentence=check.sentence(words),
        )
        click.echo(told)
        for more in (*(note.sentence(words) for note in check.notes), *hints_told(check, words, hints)):
            click.echo(more)
    outcome = "grade.outcome.passed" if report.passed else "grade.outcome.not_passed"
    click.echo(words(outcome, points=report.points, possible=report.points_possible))


def read_table(entries: Sequence[Entry], words: Words) -> None:
    for entry in entries:
        if entry.report is None:
            click.echo(words("cli.plain.not_graded", name=entry.name, problem=words.told(entry.problem)))
            continue
        checks = ", ".join(
            f"{words(f'grade.title.{check.id}')} {verdict_word(check.verdict, words)}" for check in entry.report.checks
        )
        told = {"name": entry.name, "points": entry.points, "possible": entry.points_possible, "checks": checks}
        click.echo(words("cli.plain.solution", **told))
    passed = sum(entry.passed for entry in entries)
    click.echo(words("grade.several.passed", passed=passed, total=len(entries)))
