"""The bottom row: the keys of this screen, as many as fit, and where to find all others."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from tutor.ui.text import join


class KeyBar(Widget):
    """One row in one widget, because a widget a key costs start-up time. The last key, for help, always shows."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; width: 1fr; link-style: none; link-color: $foreground;
        link-background: transparent;
        link-style-hover: none; link-color-hover: $foreground; link-background-hover: $foreground 15%;
        background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def compose(self) -> ComposeResult:
        return iter(())

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def on_resize(self, _event: Resize) -> None:
        self.refresh()

    def render(self) -> Content:
        from tutor.ui.screen import TutorScreen

        screen = self.screen
        if not isinstance(screen, TutorScreen):
            return Content()
        keys = [self._key(key, label, action) for key, label, action in screen.shown_keys()]
        if not keys:
            return Content()
        last = keys.pop()
        room = self.size.width - last.cell_length - 1
        row = Content(" ")
        for key in keys:
            if row.cell_length + key.cell_length > room:
                break
            row += key
        return row + " " * max(0, room - row.cell_length) + last

    def _key(self, key: str, label: str, action: str) -> Content:
        click = Style.from_meta({"@click": action})
        piece = join((key, "bold $primary"), (f" {label}", "$foreground 85%"))
        return join(piece.stylize(click), "   ")
