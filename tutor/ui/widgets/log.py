"""The output of a step or a container: bounded, drawn a row at a time, in cells rather than characters."""

from __future__ import annotations

from itertools import islice

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size

from tutor.language import Words
from tutor.ui.build_view import Output
from tutor.ui.text import MUTED, styled
from tutor.ui.widgets.lines import LineView


class OutputLog(LineView, can_focus=True):
    """Shows an `Output` and follows its end as long as the learner looks at the end."""

    def __init__(self, id: str = "log") -> None:
        super().__init__(id=id)
        self._output = Output()
        self._words = Words()
        self._seen = -1
        self._widest = 0
        self._silent = ""
        self._follows = True

    def show(self, output: Output, words: Words, silent: str = "") -> None:
        """Show this output as it is now; cheap when nothing has changed. `silent` is told where there is none."""
        other = output is not self._output
        if not other and (output.total, silent) == (self._seen, self._silent) and words is self._words:
            return
        self._silent = silent
        follows = other or self._follows
        new = len(output.lines) if other else min(output.total - max(self._seen, 0), len(output.lines))
        if other:
            self._widest = 0
        self._output, self._words, self._seen = output, words, output.total
        lines = output.lines
        for line in islice(reversed(lines), new):
            if len(line) * 2 > self._widest:
                self._widest = max(self._widest, len(line) if line.isascii() else cell_len(line))
        self.virtual_size = Size(self._widest + 1, len(lines) + self._extra)
        self.refresh()
        if follows:
            self.call_after_refresh(self._to_end)

    def _to_end(self) -> None:
        self._follows = True
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Only the learner scrolls up: then the end isn't followed until they come back to it."""
        super().watch_scroll_y(old_value, new_value)
        if self.is_vertical_scroll_end:
            self._follows = True
        elif new_value < old_value:
            self._follows = False

    @property
    def _extra(self) -> int:
        return 1 if self._output.dropped else 0

    def row(self, y: int, width: int) -> Content | None:  # noqa: ARG002
        if self._extra and y == 0:
            return styled(self._words("ui.log.dropped", count=f"{self._output.dropped:,}"), MUTED)
        index = y - self._extra
        if index >= len(self._output.lines):
            return styled(self._silent, MUTED) if y == 0 and self._silent else None
        return Content(self._output.lines[index])
