"""What stands above and below the tree of an image's layers: the image in a few rows, and the row under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tutor.builds.contents import ImageContents, ImageRead, Kind
from tutor.builds.layers import Layer
from tutor.errors import TutorError
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.text import MUTED, counted, highlighted, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet

_BAR_CELLS = 60
_ROWS = 4
"""Rows kept for what the cursor stands on, so that the tree above doesn't jump when it moves."""


class LayersHead(Sheet):
    """The image with its size, or how far it has been read, or why it can't be."""

    def __init__(self) -> None:
        super().__init__(id="layers-head")
        self._called = ""
        self._state: ImageContents | ImageRead | TutorError = ImageRead(0)
        self._words = Words()

    def show(self, name: str, state: ImageContents | ImageRead | TutorError, words: Words) -> None:
        if (name, state, words) != (self._called, self._state, self._words):
            self._called, self._state, self._words = name, state, words
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        match self._state:
            case ImageContents() as image:
                return self._image_rows(image, width)
            case ImageRead() as read:
                return self._reading_rows(read, width)
            case TutorError(message=message, hint=hint):
                cross = styled("✗ ", "bold $error")
                told = wrapped(styled(self._words.told(message), "$error"), width, cross, "  ")
                return [*told, *wrapped(Content(self._words.told(hint)), width, "  ", "  ")]

    def _image_rows(self, image: ImageContents, width: int) -> list[Content]:
        words = self._words
        count = counted(words, "layers.count", len(image.layers))
        size = figures.size(image.size_bytes)
        rows = [join((self._called, "bold"), "  ", (size, "bold $primary"), (f"  {count}", MUTED))]
        if image.hidden_bytes:
            told = words("layers.hidden", size=figures.size(image.hidden_bytes))
            rows += wrapped(Content(told), width, styled("! ", "bold $warning"), "  ")
        return rows

    def _reading_rows(self, read: ImageRead, width: int) -> list[Content]:
        done, total = figures.size(read.done_bytes), figures.size(read.total_bytes)
        told = self._words("layers.reading", done=done, total=total)
        cells = min(_BAR_CELLS, width)
        bar = figures.bar(min(1.0, read.done_bytes / read.total_bytes) if read.total_bytes else 0.0, cells)
        row = join((bar, "$primary"), ("░" * (cells - len(bar)), "$foreground 20%"))
        return [Content(told if read.done_bytes else self._words("layers.waiting")), row]


class LayerDetail(Sheet):
    """The row under the cursor in full, and what the signs mean."""

    def __init__(self) -> None:
        super().__init__(id="layer-detail")
        self._rows: Sequence[tuple[Content, str]] = ()
        self._words = Words()

    def show(self, made: Layer, path: str, kind: Kind, files: int, words: Words) -> None:
        """`made` is what made the layer; `path` what is under the cursor in it, "" for the layer itself."""
        told = [(highlighted(made.created_by or "…", "dockerfile"), "    ")]
        if path:
            count = f"  {counted(words, 'layers.files', files)}" if kind is Kind.FOLDER else ""
            told.append((join((path, "bold"), (count, MUTED)), "  "))
        self._rows, self._words = told, words
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        rows = [row for content, indent in self._rows for row in wrapped(content, width, "", indent)[:2]]
        rows += [Content()] * (_ROWS - len(rows))
        return [styled("─" * width, "$foreground 25%"), *rows, *wrapped(self._signs(), width)[:2]]

    def _signs(self) -> Content:
        signs = (("+", "$success", "added"), ("~", "$warning", "replaced"), ("-", "$error", "removed"))
        told = [join((f"{sign} ", style), (self._words(f"layers.sign.{name}"), MUTED)) for sign, style, name in signs]
        return Content("   ").join(told)
