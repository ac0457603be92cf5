"""A row of tabs: a number and a name each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tutor.ui.text import fit, join


class TabRow(Widget):
    """The numbers are the keys; a click works as well."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabRow { height: 1; width: 1fr; padding: 0 1; background: $surface; link-style: none; link-color: $foreground;
        link-background: transparent; link-style-hover: none; link-color-hover: $foreground;
        link-background-hover: $foreground 15%; }
    """

    class Chosen(Message):
        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    at: reactive[int] = reactive(0)
    names: reactive[tuple[str, ...]] = reactive(())
    marked: reactive[frozenset[int]] = reactive(frozenset())
    """Tabs with something unsaved."""

    def render(self) -> Content:
        tabs = [self._tab(i, name) for i, name in enumerate(self.names)]
        return fit(Content(" ").join(tabs), self.size.width)

    def _tab(self, index: int, name: str) -> Content:
        here = index == self.at
        style = "bold on $block-cursor-background" if here else "$foreground 85%"
        mark = " ●" if index in self.marked else ""
        tab = join((f" {index + 1} ", "bold $primary" if not here else "bold"), f"{name}{mark} ").stylize(style)
        return tab.stylize(Style.from_meta({"@click": f"screen.tab({index})"}))


def short_names(names: Sequence[str]) -> tuple[str, ...]:
    """File paths as tab names: the last part."""
    return tuple(name.rsplit("/", 1)[-1] for name in names)
