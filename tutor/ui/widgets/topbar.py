"""The top row: where the learner is, and what stands behind: the engine."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tutor.ui.text import MUTED, ends, styled


class TopBar(Widget):
    """`place` on the left, the engine on the right; the engine's part is short on a narrow terminal."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TopBar { dock: top; height: 1; width: 1fr; background: $panel; color: $foreground; padding: 0 1; }
    """

    place: reactive[tuple[str, ...]] = reactive(())
    """The path of titles down to this screen."""
    engine: reactive[Content] = reactive(Content, always_update=True)
    """The engine's sign and name."""

    def render(self) -> Content:
        titles = [styled("diamol-tutor", "bold $primary"), *(styled(title) for title in self.place)]
        if self.place:
            titles[-1] = titles[-1].stylize("bold")
        room = self.size.width - self.engine.cell_length - 2
        path = join_path(titles)
        while len(titles) > 1 and path.cell_length > room:
            path = join_path(titles := titles[1:])  # where the learner is counts more than how they got there
        return ends(path, self.engine, self.size.width)


def join_path(titles: Sequence[Content]) -> Content:
    return styled("  ›  ", MUTED).join(titles)
