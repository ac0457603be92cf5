"""A question with choices; each choice tells why it is right or wrong once it is picked."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from tutor.course.lesson import Quiz
from tutor.language import Words
from tutor.ui.text import MUTED, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet


class QuizBlock(Sheet, can_focus=True):
    """Arrows move among the choices, Enter or a number picks one. Picking again is allowed and costs nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "ui.key.choice_up", show=False),
        Binding("down,j", "move(1)", "ui.key.choice_down", show=False),
        Binding("enter,space", "pick", "ui.key.pick"),
        *(Binding(str(n), f"pick_number({n})", "ui.key.pick_number", show=False) for n in range(1, 7)),
    ]

    class Answered(Message):
        """A choice was picked. `first`: it is the first answer to this question."""

        def __init__(self, block: QuizBlock, choice: int, first: bool) -> None:
            super().__init__()
            self.block = block
            self.quiz = block.quiz
            self.choice = choice
            self.first = first

    class Left(Message):
        """The learner has answered right and wants to go on."""

    def __init__(self, quiz: Quiz, words: Words, picked: tuple[int, ...] = ()) -> None:
        super().__init__(classes="block quiz")
        self.quiz = quiz
        self._words = words
        self._cursor = 0
        self._picked = list(picked)
        self._rows_of_choice: list[range] = []
        self.border_title = styled(words("ui.quiz.title"), MUTED)

    @property
    def answered(self) -> bool:
        """True once a right choice was picked."""
        return any(self.quiz.choices[i].right for i in self._picked)

    @property
    def goes_on(self) -> bool:
        """Enter goes on: the question is answered, and the cursor stands on a choice already picked."""
        return self.answered and self._cursor in self._picked

    @property
    def picked(self) -> tuple[int, ...]:
        return tuple(self._picked)

    def draw(self, width: int) -> list[Content]:
        rows = [row.stylize("bold") for row in wrapped(Content(self.quiz.question), width)]
        rows.append(Content())
        self._rows_of_choice = []
        for i, choice in enumerate(self.quiz.choices):
            first = len(rows)
            here = i == self._cursor and self.has_focus
            mark = join(("❯ " if here else "  ", "bold $primary"), (f"{i + 1}  ", "$primary"))
            text = Content(choice.text).stylize("bold") if here else Content(choice.text)
            rows += wrapped(text, width, mark, " " * 5)
            if i in self._picked:
                rows += self._why_rows(i, width)
            self._rows_of_choice.append(range(first, len(rows)))
        return rows

    def _why_rows(self, index: int, width: int) -> list[Content]:
        choice = self.quiz.choices[index]
        sign, key, style = ("✓", "ui.quiz.right", "$success") if choice.right else ("✗", "ui.quiz.wrong", "$error")
        told = join((f"{sign} {self._words(key)} ", f"bold {style}"), (choice.why, MUTED))
        return wrapped(told, width, " " * 5, " " * 7)

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    def action_move(self, by: int) -> None:
        self._cursor = (self._cursor + by) % len(self.quiz.choices)
        self.redraw()
        self.refresh_bindings()

    def action_pick(self) -> None:
        if self.goes_on:
            self.post_message(self.Left())
            return
        first = not self._picked
        if self._cursor not in self._picked:
            self._picked.append(self._cursor)
        self.redraw()
        self.post_message(self.Answered(self, self._cursor, first))

    def action_pick_number(self, number: int) -> None:
        if number <= len(self.quiz.choices):
            self._cursor = number - 1
            self.action_pick()

    def on_click(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for i, rows in enumerate(self._rows_of_choice):
            if offset.y in rows:
                self._cursor = i
                self.action_pick()
