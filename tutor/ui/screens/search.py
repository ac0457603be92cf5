"""Search over the whole chapter: type, choose, and the step opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.course.actions import Action
from tutor.course.document import Code, Heading, ListBlock, Paragraph, Quote, Span, Table
from tutor.course.lesson import Block, Course, Lesson, Quiz, Step
from tutor.language import Words
from tutor.ui.text import MUTED, counted, join, lines, styled

_MOST = 50
"""Places shown at most: more than anybody reads."""


@dataclass(frozen=True)
class Found:
    """A step that holds the searched text; `excerpt` is the row where it stands."""

    lesson: Lesson
    step: Step
    excerpt: str


def search(course: Course, text: str) -> Iterator[Found]:
    """Steps that hold all words of `text`, in the order of the chapter. Case doesn't count."""
    words = text.casefold().split()
    if not words:
        return
    for lesson in course.lessons:
        for step in lesson.steps:
            rows = [step.title, *(row for block in step.blocks for row in _texts(block))]
            whole = "\n".join(rows).casefold()
            if all(word in whole for word in words):
                excerpt = next((row for row in rows if words[0] in row.casefold()), step.title)
                yield Found(lesson, step, excerpt.strip())


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(spans) | Heading(spans):
            yield _plain(spans)
        case ListBlock(items):
            yield from (_plain(item) for item in items)
        case Quote(paragraphs):
            yield from (_plain(paragraph.spans) for paragraph in paragraphs)
        case Table(header, rows):
            yield from (" ".join(_plain(cell) for cell in row) for row in (header, *rows))
        case Code(text):
            yield from text.splitlines()
        case Quiz(_, question, choices):
            yield question
            yield from (choice.text for choice in choices)
        case Action(command=command):
            yield command


def _plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans).replace("\n", " ")


class SearchScreen(ModalScreen[tuple[str, str] | None]):
    """Gives the lesson and step that was chosen, or None."""

    CSS_PATH = "search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "ui.key.close", show=False),
        Binding("down", "move('down')", "ui.key.choose", show=False, priority=True),
        Binding("up", "move('up')", "ui.key.choose", show=False, priority=True),
    ]

    def __init__(self, course: Course, words: Words) -> None:
        super().__init__()
        self._course = course
        self._words = words
        self._found: list[Found] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="search"):
            yield Input(placeholder=self._words("ui.search.placeholder"))
            yield Static(id="search-told", markup=False)
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        self.query_one("#search").border_title = self._words("ui.search.title")
        self._show("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        found = list(search(self._course, text))
        self._found = found[:_MOST]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(self._row(each, text)) for each in self._found)
        options.highlighted = 0 if self._found else None
        told = counted(self._words, "ui.search.found", len(found)) if text.strip() else self._words("ui.search.help")
        self.query_one("#search-told", Static).update(styled(told, MUTED))

    def _row(self, found: Found, text: str) -> Content:
        first = text.split()[0]
        at = found.excerpt.casefold().find(first.casefold())
        start = max(0, at - 20)
        excerpt = ("…" if start else "") + found.excerpt[start : start + 100]
        title = join((f"{found.lesson.number}  ", "$primary"), (found.step.title, "bold"))
        below = join("   ", (excerpt, MUTED))
        at = below.plain.casefold().find(first.casefold())
        if at >= 0:
            below = below.stylize("bold $accent", at, at + len(first))
        return lines([title, below])

    def action_move(self, way: str) -> None:
        options = self.query_one(OptionList)
        (options.action_cursor_down if way == "down" else options.action_cursor_up)()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self._choose(self.query_one(OptionList).highlighted)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def _choose(self, index: int | None) -> None:
        if index is not None and index < len(self._found):
            found = self._found[index]
            self.dismiss((found.lesson.id, found.step.id))

    def action_cancel(self) -> None:
        self.dismiss(None)
