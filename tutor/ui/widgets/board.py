"""Before and after: the start file and the learner's, side by side in pictures."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tutor.builds.builder import Outcome
from tutor.builds.report import BuildReport, StepReport
from tutor.grade.report import GradeReport
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.build_view import State
from tutor.ui.text import MUTED, counted, fit, fit_left, highlighted, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.steps import SIGNS

_STATES = {
    Outcome.CACHED: State.CACHED,
    Outcome.REBUILT: State.REBUILT,
    Outcome.FAILED: State.FAILED,
    Outcome.NOT_RUN: State.NOT_RUN,
}
_SIDE_BY_SIDE = 76
"""From this width on the two lists of steps stand beside each other."""


class Board(Sheet):
    """Sizes as bars, the layers that make them up, and what the same edit of the page re-runs on both sides."""

    def __init__(self) -> None:
        super().__init__(id="board")
        self._report: GradeReport | None = None
        self._words = Words()

    def show(self, report: GradeReport, words: Words) -> None:
        self._report, self._words = report, words
        self.display = report.start is not None and report.solution is not None
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        report = self._report
        if report is None or report.start is None or report.solution is None:
            return []
        rows = [heading(self._words("ui.board.title"), width), Content()]
        rows += self._sizes(report, width)
        rows += [Content(), styled(self._words("ui.board.layers"), "bold"), *self._layers(report.solution, width)]
        if report.start_edited and report.solution_edited:
            rows += [Content(), *wrapped(styled(self._words("ui.board.edit"), "bold"), width)]
            rows += self._edits(report.start_edited, report.solution_edited, width)
        return rows

    def _sizes(self, report: GradeReport, width: int) -> list[Content]:
        assert report.start is not None
        assert report.solution is not None
        words, start = self._words, report.start.size_bytes
        share = next((check.figures.get("limit") for check in report.checks if check.id == "size"), None)
        named = [("ui.board.start", start, "$secondary"), ("ui.board.yours", report.solution.size_bytes, "$success")]
        if isinstance(share, float):
            named.append(("ui.board.limit", round(start * share), "$warning"))
        label = max(Content(words(key)).cell_length for key, _, _ in named)
        largest = max(size for _, size, _ in named) or 1
        cells = max(8, width - label - 13)
        rows = []
        for key, size, style in named:
            name = fit(styled(words(key), MUTED), label)
            drawn = figures.bar(size / largest, cells)
            rows.append(join(name, "  ", fit_left(styled(figures.size(size), "bold"), 8), "  ", (drawn, style)))
        return rows

    def _layers(self, solution: BuildReport, width: int) -> list[Content]:
        """The learner's layers that hold files, with their Dockerfile lines; the base image's as one."""
        base = sum(layer.size_bytes for layer in solution.layers if layer.line is None)
        named = [(self._words("ui.board.base", image=solution.dockerfile.final_stage.base), base)]
        lines = solution.dockerfile.source.splitlines()
        for layer in solution.layers:
            if layer.line is not None and layer.size_bytes:
                named.append((f"{layer.line:>3}  {lines[layer.line - 1].strip()}", layer.size_bytes))
        largest = max(size for _, size in named) or 1
        rows = []
        for name, size in named:
            drawn = fit(styled(figures.bar(size / largest, 12), "$primary"), 12)
            text = fit(Content(name), max(10, width - 26))
            rows.append(join(fit_left(Content(figures.size(size)), 9), "  ", drawn, "  ", text))
        return rows

    def _edits(self, start: BuildReport, yours: BuildReport, width: int) -> list[Content]:
        left_title, right_title = self._words("ui.board.start"), self._words("ui.board.yours")
        if width < _SIDE_BY_SIDE:
            return [*self._edit(left_title, start, width), Content(), *self._edit(right_title, yours, width)]
        column = (width - 3) // 2
        left, right = self._edit(left_title, start, column), self._edit(right_title, yours, column)
        rows = max(len(left), len(right))
        left += [Content()] * (rows - len(left))
        right += [Content()] * (rows - len(right))
        gap = styled(" │ ", "$foreground 25%")
        return [join(fit(a, column), gap, fit(b, column)) for a, b in zip(left, right, strict=True)]

    def _edit(self, title: str, report: BuildReport, width: int) -> list[Content]:
        told = counted(self._words, "ui.board.rebuilt", len(report.rebuilt))
        head = join((title, "bold"), (f"  {told}", MUTED))
        return [head, *(self._step(step, width) for step in _in_order(report.steps))]

    def _step(self, report: StepReport, width: int) -> Content:
        sign, style = SIGNS[_STATES[report.outcome]]
        word = self._words(f"ui.step.{_STATES[report.outcome]}")
        cells = max(Content(self._words(f"ui.step.{state}")).cell_length for state in _STATES.values())
        text = " ".join(str(report.step.instruction).split())
        line = styled(f"{report.step.instruction.line:>3} ", MUTED)
        return fit(join(fit(styled(f"{sign} {word}", style), cells + 2), line, highlighted(text, "dockerfile")), width)


def _in_order(steps: Sequence[StepReport]) -> list[StepReport]:
    """The layer steps by their line; the classic builder's metadata steps are left out."""
    return sorted((s for s in steps if s.step.makes_layer), key=lambda s: s.step.instruction.line)


def heading(text: str, width: int) -> Content:
    """A title in a rule."""
    head = join(("── ", "$foreground 25%"), (text, "bold $primary"), " ")
    return fit(head + styled("─" * max(0, width - head.cell_length), "$foreground 25%"), width)
