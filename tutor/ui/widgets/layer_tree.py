"""An image's layers as a tree: what each adds, largest first, with sizes as bars of one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive

from tutor.builds.contents import ImageContents, Kind, Row, rows
from tutor.builds.layers import Layer
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.text import MUTED, counted, fit, fit_left, highlighted, join, styled
from tutor.ui.widgets.lines import LineView

CHILDREN_SHOWN = 60
"""Entries shown of one folder; the smaller ones are one row."""

_SIZE_CELLS = 8
_NOTHING = ImageContents(())

Place = tuple[int, ...]


class LayerTree(LineView, can_focus=True):
    """Arrows move and open; the screen tells of the row under the cursor. `made` names what made each layer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "layers.key.choose", key_display="↑↓"),
        Binding("up,k", "move(-1)", "layers.key.choose", show=False),
        Binding("enter,space", "switch", "layers.key.switch"),
        Binding("right,l", "open", "layers.key.open", show=False),
        Binding("left,h", "close", "layers.key.close", show=False),
        Binding("pagedown", "move(10)", "layers.key.choose", show=False),
        Binding("pageup", "move(-10)", "layers.key.choose", show=False),
        Binding("home", "move(-1000000)", "layers.key.choose", show=False),
        Binding("end", "move(1000000)", "layers.key.choose", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another row."""

    cursor: reactive[int] = reactive(0)

    def __init__(self) -> None:
        super().__init__(id="layer-tree")
        self._image = _NOTHING
        self._made: Sequence[Layer] = ()
        self._words = Words()
        self._opened: frozenset[Place] = frozenset()
        self._rows: tuple[Row, ...] = ()

    @property
    def at(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show(self, image: ImageContents, made: Sequence[Layer], words: Words) -> None:
        """Show an image; of one that wasn't shown before, the largest layer is open."""
        other = image is not self._image
        self._image, self._made, self._words = image, made, words
        if other and image.layers:
            largest = max(range(len(image.layers)), key=lambda index: image.layers[index].size_bytes)
            self._opened = frozenset({(largest,)})
            self._lay_out((largest,))
        self.refresh()

    def _lay_out(self, at: Place) -> None:
        self._rows = rows(self._image, self._opened, CHILDREN_SHOWN)
        self.virtual_size = Size(0, len(self._rows))
        self.cursor = next((y for y, row in enumerate(self._rows) if row.at == at), 0)
        self.refresh()

    # Drawing

    def row(self, y: int, width: int) -> Content | None:
        if y >= len(self._rows):
            return None
        row = self._rows[y]
        cells = max(6, min(24, width // 6))
        largest = max((layer.size_bytes for layer in self._image.layers), default=0)
        bar = figures.bar(row.node.size_bytes / largest if largest else 0.0, cells)
        size = fit_left(styled(figures.size(row.node.size_bytes), "bold" if row.depth == 0 else ""), _SIZE_CELLS)
        style = "$primary" if row.depth == 0 else "$primary 60%"
        left = join(" ", size, "  ", fit(styled(bar, style), cells), "  ")
        note = self._note(row)
        room = width - left.cell_length - note.cell_length - 1
        drawn = fit(join(left, fit(self._named(row), room), note), width)
        if y == self.cursor:
            drawn = drawn.stylize(f"on $block-cursor{'' if self.has_focus else '-blurred'}-background")
        return drawn

    def _named(self, row: Row) -> Content:
        if row.depth == 0:
            made = self._made[row.at[0]]
            where = self._words("layers.line", line=made.line) if made.line else self._words("layers.base")
            cells = max((Content(self._words("layers.line", line=99)).cell_length, Content(where).cell_length))
            place = fit(styled(where, MUTED), cells)
            return join(self._arrow(row), place, "  ", highlighted(made.created_by or "…", "dockerfile"))
        indent = "  " * (row.depth - 1)
        node = row.node
        if node.kind is Kind.MORE:
            return styled(f"  {indent}  {counted(self._words, 'layers.more', node.files)}", MUTED)
        sign, style = self._sign(row)
        name = f"{row.name}/" if node.kind is Kind.FOLDER else row.name
        return join(indent, self._arrow(row), (f"{sign} ", style), (name, style if node.kind is Kind.REMOVED else ""))

    def _arrow(self, row: Row) -> Content:
        if not row.node.children:
            return Content("  ")
        return styled("▾ " if row.at in self._opened else "▸ ", MUTED)

    def _sign(self, row: Row) -> tuple[str, str]:
        if row.node.kind is Kind.REMOVED:
            return "-", "$error"
        if row.node.below_bytes is not None:
            return "~", "$warning"
        return (" " if row.node.kind is Kind.FOLDER else "+"), "$success"

    def _note(self, row: Row) -> Content:
        """What the row hides of the layers below, whose bytes the image still carries."""
        if not row.node.hidden_bytes:
            return Content()
        return styled(f"  {self._words('layers.hides', size=figures.size(row.node.hidden_bytes))}", "$warning")

    # Keys

    def watch_cursor(self) -> None:
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False)
        self.refresh()
        self.post_message(self.Moved())

    def action_move(self, by: int) -> None:
        if self._rows:
            self.cursor = max(0, min(len(self._rows) - 1, self.cursor + by))

    def action_switch(self) -> None:
        row = self.at
        if row is not None and row.node.children:
            self._opened ^= {row.at}
            self._lay_out(row.at)

    def action_open(self) -> None:
        row = self.at
        if row is not None and row.at in self._opened:
            self.action_move(1)
        else:
            self.action_switch()

    def action_close(self) -> None:
        """Close the row, or go to the one that holds it."""
        row = self.at
        if row is not None and row.at in self._opened:
            self.action_switch()
        elif row is not None:
            above = [y for y, each in enumerate(self._rows[: self.cursor]) if each.depth < row.depth]
            self.cursor = above[-1] if above else self.cursor

    def on_click(self, event: Click) -> None:
        y = event.y + round(self.scroll_y)
        if y < len(self._rows):
            self.cursor = y
            self.action_switch()
