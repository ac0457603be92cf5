"""The stage graph: the stages of a Dockerfile as boxes, what each hands on, and how each stands in a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.builds.report import BuildReport
from tutor.language import Words
from tutor.ui.build_view import BuildView, State
from tutor.ui.text import MUTED, fit, join, styled, wrapped
from tutor.ui.widgets.board import heading
from tutor.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tutor.builds.graph.drawing import Row

BOX_CELLS = 24
"""A box narrower than this cuts most of what stands in it."""

_NO_ARGS: Mapping[str, str] = {}

_STYLES = {
    "frame": "$foreground 35%",
    "name": "bold",
    "keyword": "bold $primary",
    "text": "",
    "carried": "$accent",
    "figure": "bold",
    "waiting": MUTED,
    "building": "bold $accent",
    "cached": "$primary",
    "done": "$success",
    "failed": "bold $error",
    "not_run": MUTED,
    "stopped": "$warning",
    "not_needed": MUTED,
}
"""The colour of each piece of a drawing by its look; its sign and its word tell the same."""


class StageSheet(Sheet):
    """The stages of one build, while it goes on and after."""

    def __init__(self) -> None:
        super().__init__(id="stages")
        self._view = BuildView()
        self._words = Words()
        self._target = ""
        self._build_args: Mapping[str, str] = {}
        self._looks: tuple[object, ...] = ()

    def show(self, view: BuildView, words: Words, target: str, build_args: Mapping[str, str]) -> None:
        """Bring it up to date; `target` and `build_args` are what the build was asked for."""
        drawing = (view, view.started, words)
        looks = (*drawing, view.ended, *(step.state for step in view.steps))
        if looks != self._looks:
            layout = drawing != self._looks[:3]  # states and sizes change within the rows that are there
            self._view, self._words, self._target, self._build_args = view, words, target, build_args
            self._looks = looks
            self.redraw(layout)

    def draw(self, width: int) -> list[Content]:
        view, words = self._view, self._words
        report = view.report()
        if report is None:
            return wrapped(styled(words("ui.stages.none"), MUTED), width)
        if width < _cells_needed(report, self._build_args):
            return wrapped(styled(words("ui.stages.narrow"), MUTED), width)
        running = frozenset(i for i, step in enumerate(view.steps) if step.state is State.RUNNING)
        return _coloured(_drawing(report, words, width, self._target, self._build_args, running))


class StagePair(Sheet):
    """The stages of the start file and of the learner's own: beside each other, or one below the other."""

    def __init__(self) -> None:
        super().__init__(id="stage-pair")
        self._builds: tuple[tuple[str, BuildReport], ...] = ()
        self._words = Words()

    def show(self, start: BuildReport | None, yours: BuildReport | None, words: Words) -> None:
        """A build that never came to be is left out."""
        titled = ((words("ui.board.start"), start), (words("ui.board.yours"), yours))
        self._builds = tuple((title, report) for title, report in titled if report is not None)
        self._words = words
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        from tutor.builds.graph.drawing import half, side_by_side

        if not self._builds:
            return wrapped(styled(self._words("ui.stages.none_graded"), MUTED), width)
        beside = half(width)
        rooms = [_cells_needed(report, _NO_ARGS) for _, report in self._builds]
        if len(rooms) == 2 and beside >= max(rooms):
            left, right = (_drawing(report, self._words, beside) for _, report in self._builds)
            titles = [fit(heading(title, beside), beside) for title, _ in self._builds]
            gap = " " * (width - 2 * beside)
            return [join(titles[0], gap, titles[1]), *_coloured(side_by_side(left, right, width))]
        rows: list[Content] = []
        for (title, report), room in zip(self._builds, rooms, strict=True):
            rows.append(heading(title, width))
            if width < room:
                rows += wrapped(styled(self._words("ui.stages.narrow"), MUTED), width)
            else:
                rows += _coloured(_drawing(report, self._words, width))
            rows.append(Content())
        return rows


def _cells_needed(report: BuildReport, build_args: Mapping[str, str]) -> int:
    """The width below which a drawing of these stages says too little."""
    from tutor.builds.graph.lanes import LANE_CELLS
    from tutor.builds.graph.model import graph_of

    boxes = graph_of(report.dockerfile, build_args).boxes
    sources = {box.on for box in boxes} | {carry.source for box in boxes for carry in box.takes}
    return BOX_CELLS + LANE_CELLS * len(sources - {None})


def _drawing(
    report: BuildReport,
    words: Words,
    width: int,
    target: str = "",
    build_args: Mapping[str, str] = _NO_ARGS,
    running: frozenset[int] = frozenset(),
) -> tuple[Row, ...]:
    from tutor.builds.graph.drawing import draw
    from tutor.builds.graph.model import graph_of, standings

    stood = standings(report.dockerfile, report.builder, target, report, running)
    return draw(graph_of(report.dockerfile, build_args), stood, words, width)


def _coloured(rows: Sequence[Row]) -> list[Content]:
    return [join(*((span.text, _STYLES[span.look]) for span in row)) for row in rows]
