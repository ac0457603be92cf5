"""The learner's file beside the start file: what was taken out, what was put in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tutor.language import Words
from tutor.ui.difference import Added, Line, Removed, Same, Skipped, difference
from tutor.ui.text import MUTED, counted, fit, join, styled, wrapped
from tutor.ui.widgets.board import heading
from tutor.ui.widgets.sheet import Sheet

REMOVED, ADDED = "$error", "$success"


class DiffView(VerticalScroll):
    """Scrolls a `DiffSheet`."""

    def __init__(self) -> None:
        super().__init__(id="diff", can_focus=False)

    def compose(self) -> ComposeResult:
        yield DiffSheet()

    def show(self, file: str, start: str, now: str, words: Words) -> None:
        self.query_one(DiffSheet).show(file, start, now, words)


class DiffSheet(Sheet):
    """Each line under its sign, with its number in the start file and in the learner's; a long one is wrapped."""

    def __init__(self) -> None:
        super().__init__(id="diff-sheet")
        self._shown: tuple[str, str, str] = ("", "", "")
        self._lines: tuple[Line, ...] = ()
        self._words = Words()

    def show(self, file: str, start: str, now: str, words: Words) -> None:
        """`start` and `now` are the texts of `file`; what isn't saved yet counts as well."""
        if (file, start, now) != self._shown:
            self._shown, self._lines = (file, start, now), difference(start, now)
        self._words = words
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        words = self._words
        rows = [heading(words("ui.diff.title", file=self._shown[0]), width), Content()]
        if not self._lines:
            return [*rows, *wrapped(styled(words("ui.diff.same"), MUTED), width)]
        removed = sum(isinstance(line, Removed) for line in self._lines)
        added = sum(isinstance(line, Added) for line in self._lines)
        gone = join(("- ", f"bold {REMOVED}"), (counted(words, "ui.diff.removed", removed), MUTED))
        new = join(("+ ", f"bold {ADDED}"), (counted(words, "ui.diff.added", added), MUTED))
        beside = gone + "   " + new
        legend = [beside] if beside.cell_length <= width else [gone, new]
        rows += [row for told in legend for row in wrapped(told, width)]
        digits = len(str(max(_numbers(self._lines))))
        return [*rows, Content(), *(row for line in self._lines for row in self._line(line, digits, width))]

    def _line(self, line: Line, digits: int, width: int) -> list[Content]:
        match line:
            case Same(text, before, after):
                return _row(f"{before:>{digits}} {after:>{digits}}", " ", text, MUTED, width)
            case Removed(text, before):
                return _row(f"{before:>{digits}} {'':>{digits}}", "-", text, REMOVED, width)
            case Added(text, after):
                return _row(f"{'':>{digits}} {after:>{digits}}", "+", text, ADDED, width)
            case Skipped(count):
                told = counted(self._words, "ui.diff.skipped", count)
                return wrapped(styled(f"⋯ {told}", MUTED), width, " " * digits, " " * digits)


def _numbers(lines: tuple[Line, ...]) -> list[int]:
    """Every line number that stands beside a line."""
    found = [1]
    for line in lines:
        match line:
            case Same(_, before, after):
                found += [before, after]
            case Removed(_, number) | Added(_, number):
                found.append(number)
    return found


def _row(numbers: str, sign: str, text: str, style: str, width: int) -> list[Content]:
    first = join((f"{numbers} ", MUTED), (f"{sign} ", f"bold {style}"))
    rest = Content(" " * first.cell_length)
    rows = wrapped(styled(text, style), width, first, rest)
    return [fit(row, width).stylize(f"on {style} 12%") for row in rows] if sign != " " else rows
