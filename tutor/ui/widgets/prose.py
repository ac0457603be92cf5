"""A run of prose: paragraphs, headings, lists, quotes and tables in one widget."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from tutor.course.document import Heading, ListBlock, Paragraph, Prose, Quote, Span, Table
from tutor.ui.text import fit, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet

READING_WIDTH = 84
"""Wider lines than this are hard to read: prose stays narrower, however wide the terminal is."""


def spans_content(spans: Sequence[Span]) -> Content:
    """Styled text as Content. A link shows its address after its text unless they are the same."""
    return join(*(_span(span) for span in spans))


def _span(span: Span) -> tuple[str, str]:
    text = span.text.replace("\n", " ")
    if span.link:
        return (text if span.link in text else f"{text} ({span.link})", "underline $primary")
    style = " ".join(
        word
        for word, wanted in (
            ("bold", span.strong),
            ("italic", span.emphasis),
            ("$accent", span.code),
        )
        if wanted
    )
    return text, style


class ProseBlock(Sheet):
    """Merged prose blocks, an empty row between each, below the step's title where they begin its page."""

    def __init__(self, blocks: Sequence[Prose], title: str = "") -> None:
        super().__init__(classes="prose")
        self._blocks = tuple(blocks)
        self._title = title

    def draw(self, width: int) -> list[Content]:
        width = min(width, READING_WIDTH)
        rows = wrapped(styled(self._title, "bold $primary"), width) if self._title else []
        for block in self._blocks:
            if rows:
                rows.append(Content())
            rows += _rows(block, width)
        return rows


def _rows(block: Prose, width: int) -> list[Content]:
    match block:
        case Paragraph(spans):
            return wrapped(spans_content(spans), width)
        case Heading(spans, _):
            return wrapped(spans_content(spans).stylize("bold $primary"), width)
        case ListBlock(items, first):
            return _list_rows(items, first, width)
        case Quote(paragraphs):
            return _quote_rows(paragraphs, width)
        case Table(header, rows):
            return table_rows([spans_content(c) for c in header], [[spans_content(c) for c in r] for r in rows], width)


def _list_rows(items: Sequence[Sequence[Span]], first: int | None, width: int) -> list[Content]:
    rows: list[Content] = []
    digits = len(str((first or 0) + len(items)))
    for i, item in enumerate(items):
        mark = "  • " if first is None else f" {first + i:>{digits}}. "
        rows += wrapped(spans_content(item), width, styled(mark, "$primary"), " " * len(mark))
    return rows


def _quote_rows(paragraphs: Sequence[Paragraph], width: int) -> list[Content]:
    bar = styled("┃ ", "$accent")
    rows: list[Content] = []
    for paragraph in paragraphs:
        if rows:
            rows.append(bar)
        rows += wrapped(spans_content(paragraph.spans), width, bar, bar)
    return rows


def table_rows(header: Sequence[Content], rows: Sequence[Sequence[Content]], width: int) -> list[Content]:
    """A table with columns as wide as their cells; the widest ones give way, and their cells wrap."""
    widths = _column_widths([header, *rows], width)
    drawn = _table_row([cell.stylize("bold") for cell in header], widths)
    drawn.append(styled("─" * (sum(widths) + 2 * (len(widths) - 1)), "$foreground 30%"))
    for row in rows:
        drawn += _table_row(row, widths)
    return drawn


def _column_widths(rows: Sequence[Sequence[Content]], width: int) -> list[int]:
    columns = max((len(row) for row in rows), default=0)
    widths = [max(max(cell_len(row[i].plain) for row in rows if i < len(row)), 1) for i in range(columns)]
    room = max(columns, width - 2 * (columns - 1))
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    return widths


def _table_row(cells: Sequence[Content], widths: Sequence[int]) -> list[Content]:
    wrapped_cells = [cell.wrap(max(1, w)) for cell, w in zip(cells, widths, strict=False)]
    height = max(len(cell) for cell in wrapped_cells)
    return [
        Content("  ").join(
            fit(cell[y].rstrip() if y < len(cell) else Content(), w)
            for cell, w in zip(wrapped_cells, widths, strict=False)
        )
        for y in range(height)
    ]
