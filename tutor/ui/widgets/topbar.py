"""The top row: where the learner is, and what stands behind: the engine."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tutor.ui.text import MUTED, ends, join


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
        parts: list[tuple[str, str] | str] = [("diamol-tutor", "bold $primary")]
        for i, title in enumerate(self.place):
            parts += [("  ›  ", MUTED), (title, "bold" if i == len(self.place) - 1 else "")]
        return ends(join(*parts), self.engine, self.size.width - 2)
