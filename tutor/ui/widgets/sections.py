"""The chapter's sections as a list, each with how far the learner is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.geometry import Region
from textual.message import Message

from tutor.language import Words
from tutor.ui.text import MUTED, counted, ends, fit, fit_left, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tutor.course.contents import Section
    from tutor.progress.store import Attempt

_BAR_CELLS = 12
_STATE_CELLS = 12


def progress_bar(done: int, total: int, cells: int) -> Content:
    """A thick line for what is done, a thin one for the rest."""
    filled = round(cells * done / total) if total else 0
    if 0 < done < total:
        filled = min(max(filled, 1), cells - 1)
    return join(("━" * filled, "$success"), ("─" * (cells - filled), "$foreground 30%"))


class SectionList(Sheet, can_focus=True):
    """Arrows choose, Enter, a click or the section's number opens.

    The summary of the section under the cursor stands below its title, on a wide terminal beside the list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "ui.key.open"),
        Binding("down,j", "move(1)", "ui.key.choose", key_display="↑↓"),
        Binding("up,k", "move(-1)", "ui.key.choose", show=False),
        Binding("home", "jump(0)", "ui.key.first", show=False),
        Binding("end", "jump(-1)", "ui.key.last", show=False),
        *(Binding(str(n), f"number({n})", "ui.key.section_number", show=False) for n in range(1, 10)),
    ]

    class Chosen(Message):
        """The cursor stands on another section."""

        def __init__(self, section: Section) -> None:
            super().__init__()
            self.section = section

    class Opened(Message):
        def __init__(self, section: Section) -> None:
            super().__init__()
            self.section = section

    def __init__(self) -> None:
        super().__init__(id="sections")
        self._sections: tuple[Section, ...] = ()
        self._done: Mapping[str, frozenset[str]] = {}
        self._best: Mapping[str, Attempt] = {}
        self._cursor = 0
        self._words = Words()
        self._rows_of: list[range] = []
        self._spacious = False
        self._beside = False

    @property
    def section(self) -> Section | None:
        return self._sections[self._cursor] if self._sections else None

    def show(
        self,
        sections: Sequence[Section],
        done: Mapping[str, frozenset[str]],
        best: Mapping[str, Attempt],
        words: Words,
        cursor: str | None = None,
    ) -> None:
        """`best` is the best grade of each exercise; `cursor` the id of the section to stand on, None to stay."""
        self._sections, self._done, self._best, self._words = tuple(sections), done, best, words
        ids = [section.id for section in sections]
        self._cursor = ids.index(cursor) if cursor in ids else min(self._cursor, max(0, len(ids) - 1))
        self.redraw()
        self._tell()

    def draw(self, width: int) -> list[Content]:
        self._spacious, self._beside = self.app.size.height >= 30, self.app.size.width >= 100
        rows: list[Content] = []
        self._rows_of = []
        for i, section in enumerate(self._sections):
            if i and self._spacious:
                rows.append(Content())
            told = self._told(section, i == self._cursor, width)
            self._rows_of.append(range(len(rows), len(rows) + len(told)))
            rows += told
        return rows

    def _told(self, section: Section, here: bool, width: int) -> list[Content]:
        mark = styled(" ❯ " if here else "   ", "bold $primary")
        title = join(mark, (f"{section.number}  ", "$primary"), (section.title, "bold"))
        state, bar = self._standing(section)
        if self._beside:
            rows = [fit(title, width), fit(join("      ", bar, "  ", state), width)]
        else:
            rows = [ends(title, join(bar, " ", fit_left(state, _STATE_CELLS), " "), width)]
            if here:
                summary = wrapped(styled(section.summary, MUTED), width - 1, " " * 6, " " * 6)
                rows += [fit(row, width) for row in summary]
        return [row.stylize("on $block-cursor-blurred-background") for row in rows] if here else rows

    def _standing(self, section: Section) -> tuple[Content, Content]:
        """How far the learner is with a section, in words and as a bar."""
        words, total = self._words, len(section.steps)
        done = len(self._done.get(section.id, frozenset()) & {step.id for step in section.steps})
        best = self._best.get(section.exercise)
        if best is not None:
            sign, style = ("✓ ", "$success") if best.passed else ("", "$foreground")
            state = styled(sign + words("ui.chapter.points", points=best.points), style)
            return state, progress_bar(best.points, 100, _BAR_CELLS)
        if total and done == total:
            state = styled("✓ " + words("ui.chapter.done"), "$success")
        elif done:
            state = styled(words("ui.chapter.steps_done", done=done, total=total), "$foreground")
        else:
            state = styled(counted(words, "ui.chapter.steps", total), MUTED)
        return state, progress_bar(done, total, _BAR_CELLS)

    def action_move(self, by: int) -> None:
        self._go(self._cursor + by)

    def action_jump(self, to: int) -> None:
        self._go(to % max(1, len(self._sections)))

    def action_number(self, number: int) -> None:
        for i, section in enumerate(self._sections):
            if section.number == number:
                self._go(i)
                self.action_open()

    def action_open(self) -> None:
        if self.section is not None:
            self.post_message(self.Opened(self.section))

    def on_click(self, event: Click) -> None:
        for i, rows in enumerate(self._rows_of):
            if event.y in rows:
                self._go(i)
                self.action_open()

    def _go(self, index: int) -> None:
        index = max(0, min(index, len(self._sections) - 1))
        if index != self._cursor:
            self._cursor = index
            self.redraw()
            self._tell()

    def _tell(self) -> None:
        if self.section is not None:
            self.post_message(self.Chosen(self.section))
            self.call_after_refresh(self.scroll_visible_rows)

    def scroll_visible_rows(self) -> None:
        """Keep the cursor's rows in sight."""
        if self._cursor < len(self._rows_of) and isinstance(self.parent, VerticalScroll):
            rows = self._rows_of[self._cursor]
            self.parent.scroll_to_region(Region(0, rows.start, 1, len(rows)), animate=False)
