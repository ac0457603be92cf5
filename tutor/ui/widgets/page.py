"""One step of a lesson as a page: runs of prose merged, one focusable widget a code block, action or quiz."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from tutor.course.actions import Action
from tutor.course.document import Code, Prose
from tutor.course.lesson import Quiz, Step
from tutor.language import Words
from tutor.ui.run_view import ActionState
from tutor.ui.text import MUTED, styled
from tutor.ui.widgets.blocks import ActionBlock, CodeBlock
from tutor.ui.widgets.prose import ProseBlock
from tutor.ui.widgets.quiz import QuizBlock


class KeptBack(Static):
    """Says that more comes once the build above has run."""

    def __init__(self, told: str) -> None:
        super().__init__(styled(told, MUTED), markup=False)


class LessonPage(VerticalScroll, can_focus=False):
    """Shows one step at a time."""

    def __init__(self) -> None:
        super().__init__(id="page")

    def show(
        self,
        step: Step,
        words: Words,
        picked: Callable[[str], tuple[int, ...]],
        keep_scroll: bool = False,
        kept_back: int | None = None,
    ) -> None:
        """`picked` gives the choices already picked of a quiz.

        What stands below the action `kept_back` is hidden until `show_all`.
        """
        widgets = list(_widgets(step, words, picked))
        if kept_back is not None:
            _hide_below(kept_back, widgets)
            widgets.append(KeptBack(words("ui.lesson.after_build")))
        with self.app.batch_update():
            self.remove_children()
            self.mount(*widgets)
            if not keep_scroll:
                self.scroll_home(animate=False, immediate=True)

    def show_all(self) -> None:
        """Show what was kept back below a build."""
        for block in self.children:
            block.display = not isinstance(block, KeptBack)

    @property
    def actions(self) -> list[ActionBlock]:
        return [block for block in self.children if isinstance(block, ActionBlock)]

    def to_do(self) -> ActionBlock | QuizBlock | None:
        """The first thing on the page that is still to be done."""
        for block in self.children:
            if isinstance(block, ActionBlock) and block.state in (ActionState.READY, ActionState.CANCELLED):
                return block
            if isinstance(block, QuizBlock) and not block.answered:
                return block
        return None

    def to_copy(self) -> CodeBlock | ActionBlock | None:
        """What `y` copies when nothing has the focus: the first command, else the first code."""
        blocks = [block for block in self.children if isinstance(block, CodeBlock | ActionBlock)]
        return next((block for block in blocks if isinstance(block, ActionBlock)), blocks[0] if blocks else None)


def _hide_below(action: int, widgets: Sequence[Widget]) -> None:
    hidden = False
    for widget in widgets:
        widget.display = not hidden
        hidden = hidden or (isinstance(widget, ActionBlock) and widget.index == action)


def _widgets(step: Step, words: Words, picked: Callable[[str], tuple[int, ...]]) -> Iterator[Widget]:
    prose: list[Prose] = []
    title = step.title
    actions = 0
    for block in (*step.blocks, None):
        if block is not None and not isinstance(block, Code | Action | Quiz):
            prose.append(block)
            continue
        if prose or title:
            yield ProseBlock(prose, title)
            prose, title = [], ""
        match block:
            case Code():
                yield CodeBlock(block, words)
            case Action():
                yield ActionBlock(block, actions, words)
                actions += 1
            case Quiz():
                yield QuizBlock(block, words, picked(block.id))
