"""A grade on the terminal: what goes on, the card of one solution, the table of a class."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import click

from tutor.builds.cells import fitted, width_of
from tutor.grade.events import GradeEvent, ProbeStarted
from tutor.grade.hints import rungs
from tutor.grade.report import Check, GradeReport, Verdict
from tutor.grade.several import Entry
from tutor.language import Words

SIGNS = {Verdict.PASS: "+", Verdict.FAIL: "x", Verdict.NOT_JUDGED: "-"}
COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.NOT_JUDGED: "yellow"}


def tell(event: GradeEvent, words: Words) -> None:
    """Say on standard error which probe runs: a first build can take a while."""
    if isinstance(event, ProbeStarted):
        click.echo(words(f"grade.probe.{event.probe}") + " …", err=True)


def tell_finished(total: int, words: Words) -> Callable[[Entry], None]:
    """Says on standard error how far a class is, from any thread."""
    lock, done = threading.Lock(), 0

    def finished(entry: Entry) -> None:
        nonlocal done
        with lock:
            done += 1
            click.echo(
                words("grade.several.finished", done=done, total=total, name=entry.name, seconds=entry.seconds),
                err=True,
            )

    return finished


def print_card(report: GradeReport, words: Words, hints: int = 0) -> None:
    """Each check with its verdict, points and sentence, and the first `hints` hints of those that failed."""
    titles = {check.id: words(f"grade.title.{check.id}") for check in report.checks}
    verdicts = {verdict: f"{sign} " + verdict_word(verdict, words) for verdict, sign in SIGNS.items()}
    title_width, verdict_width = (max(map(width_of, column.values())) for column in (titles, verdicts))
    for check in report.checks:
        verdict = click.style(fitted(verdicts[check.verdict], verdict_width), fg=COLOURS[check.verdict])
        points = f"{check.points:>3}/{check.points_possible:<3}"
        click.echo(f"{verdict} {points} {fitted(titles[check.id], title_width)}  {check.sentence(words)}")
        indent = " " * (verdict_width + title_width + 11)
        for told in (*(note.sentence(words) for note in check.notes), *hints_told(check, words, hints)):
            click.echo(indent + told)
    outcome = "grade.outcome.passed" if report.passed else "grade.outcome.not_passed"
    click.echo(words(outcome, points=report.points, possible=report.points_possible))


def verdict_word(verdict: Verdict, words: Words) -> str:
    return words(f"grade.verdict.{verdict.replace(' ', '_')}")


def hints_told(check: Check, words: Words, count: int) -> list[str]:
    return [words("grade.several.hint", text=text) for text in rungs(check, words)[:count]]


def print_table(entries: Sequence[Entry], words: Words) -> None:
    """A line a solution: its points and the sign of each check, or why it could not be graded."""
    name_width = max(width_of(entry.name) for entry in entries)
    checks = next((entry.report.checks for entry in entries if entry.report), ())
    click.echo(" " * (name_width + 9) + "".join(f"  {check.id}" for check in checks))
    for entry in entries:
        name = fitted(entry.name, name_width)
        if entry.report is None:
            click.echo(f"{name}        {click.style('!', fg='red')}  {words.told(entry.problem)}")
            continue
        signs = (
            "  " + click.style(SIGNS[check.verdict].center(len(check.id)), fg=COLOURS[check.verdict])
            for check in entry.report.checks
        )
        click.echo(f"{name}  {entry.points:>3}/{entry.points_possible:<3}" + "".join(signs))
    passed = sum(entry.passed for entry in entries)
    click.echo(words("grade.several.passed", passed=passed, total=len(entries)))
