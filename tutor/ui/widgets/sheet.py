"""A widget whose text is laid out anew for each width it gets."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tutor.ui.text import lines


class Sheet(Widget):
    """Rows of text drawn for a width by `draw`. As tall as its rows; put it in a scrolling container."""

    DEFAULT_CSS = """
    Sheet { height: auto; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._drawn: tuple[int, Content, int] = (-1, Content(), 0)

    def draw(self, width: int) -> list[Content]:
        """The rows for a width in cells; none of them may be wider."""
        raise NotImplementedError

    def redraw(self, layout: bool = True) -> None:
        """Draw again, because what is shown has changed. `layout`: the number of rows may have changed too."""
        self._drawn = (-1, Content(), 0)
        self.refresh(layout=layout)

    def on_unmount(self) -> None:
        """Let go of the rows drawn: Textual 8.2.8 remembers the caches of a thousand widgets that are gone.

        (`StylesCache.get_inner_outer` is an `lru_cache` whose key holds the cache itself.)
        """
        self.refresh()

    def _draw_for(self, width: int) -> tuple[int, Content, int]:
        if self._drawn[0] != width:
            rows = self.draw(width)
            self._drawn = (width, lines(rows), len(rows))
        return self._drawn

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self._draw_for(width)[2] if width > 0 else 0

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        return container.width

    def render(self) -> Content:
        return self._draw_for(self.content_size.width)[1]
