"""The base of widgets that draw one row at a time: only rows in sight cost anything."""

from __future__ import annotations

from textual.content import Content
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual


class LineView(ScrollView):
    """Rows of Content, drawn on demand by `row`. Rows are cut at the widget's right edge or scrolled sideways."""

    def row(self, y: int, width: int) -> Content | None:
        """The content of row `y` (from 0), or None below the last one."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        scroll_x, scroll_y = self.scroll_offset
        width = self.scrollable_content_region.width
        style = self.visual_style
        content = self.row(scroll_y + y, width)
        if content is None:
            return Strip.blank(width, style.rich_style)
        cells = max(width, content.cell_length)
        strips = Visual.to_strips(self, content, cells, 1, style, apply_selection=False, pad=True)
        return strips[0].crop_extend(scroll_x, scroll_x + width, style.rich_style)
