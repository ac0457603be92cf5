"""Where the learner is in a lesson: one mark a step, and the tabs of a small terminal."""

from __future__ import annotations

from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tutor.ui.text import MUTED, join


class StepBar(Widget):
    """A thick stroke for each step done, a thin one for each to come, a diamond for this one. A click goes there."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    StepBar { height: 1; width: 1fr; padding: 0 1; background: $surface; link-style: none; link-background: transparent;
        link-style-hover: none; link-background-hover: $foreground 15%; }
    """

    at: reactive[int] = reactive(0)
    done: reactive[tuple[bool, ...]] = reactive(())
    label: reactive[str] = reactive("")
    tabs: reactive[Content] = reactive(Content, always_update=True)
    """The tabs on the right, empty where both panes are in sight."""

    def on_resize(self, _event: Resize) -> None:
        self.refresh()

    def render(self) -> Content:
        count = len(self.done)
        label = join((f"  {self.label}", MUTED))
        room = self.size.width - label.cell_length - self.tabs.cell_length - 1
        cells = max(1, min(5, room // max(1, count)))
        marks = [self._mark(i, cells).stylize(Style.from_meta({"@click": f"screen.go({i})"})) for i in range(count)]
        bar = join(*marks, label)
        gap = max(1, self.size.width - bar.cell_length - self.tabs.cell_length)
        return join(bar, " " * gap, self.tabs)

    def _mark(self, index: int, cells: int) -> Content:
        if index == self.at:
            left = (cells - 1) // 2
            return join((" " * left + "◆" + " " * (cells - 1 - left), "bold $accent"))
        stroke = max(1, cells - 1)
        if self.done[index]:
            return join(("━" * stroke, "$success"), " " * (cells - stroke))
        return join(("─" * stroke, "$foreground 40%"), " " * (cells - stroke))
