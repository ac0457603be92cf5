"""The files of an exercise, and the question before a grade: what will an edit of the page run again?"""

from __future__ import annotations

from textual import on
from textual.widgets import TextArea

from tutor.ui.engine_state import Connected
from tutor.ui.page_prediction import Layers, layers_of
from tutor.ui.screens.panes import PanesScreen
from tutor.ui.widgets.ask_page import AskPage
from tutor.ui.widgets.grade_panel import GradePanel


class AskingScreen(PanesScreen):
    """Asks, and hands on what was said. While it asks, the files can be read and changed as always."""

    def __init__(self, exercise_id: str) -> None:
        super().__init__(exercise_id)
        self.asking = False

    def ask(self) -> None:
        """Have the learner predict; of a Dockerfile that can't be read the build tells what is wrong."""
        self.read_all_again()
        if self._layers() is None:
            self.said(None)
            return
        self.asking = True
        self.show_question()
        if self.one_pane:
            self.action_tab(len(self.editors) + 1)
        self._ask_on()
        self.refresh_bindings()

    def said(self, layers: int | None) -> None:
        """The learner has answered; None when they would rather not."""

    def _layers(self) -> Layers | None:
        """What the Dockerfile as it is typed now lets an edit run again."""
        match self.tutor.engine_state:
            case Connected(_, facts) if self.editors:
                return layers_of(self.editors[0].text, facts.builder)
        return None

    @on(TextArea.Changed)
    def show_question(self) -> None:
        if self.asking and self.opened is not None:
            self.query_one(GradePanel).ask(self.opened.exercise.html_edit.file, self._layers(), self.words)

    def stop_asking(self) -> None:
        self.asking = False
        self.query_one(GradePanel).stop_asking()
        if isinstance(self.focused, AskPage):
            self.set_focus(None)
        self.refresh_bindings()

    def on_ask_page_said(self, event: AskPage.Said) -> None:
        self.stop_asking()
        self.said(event.layers)

    def action_tab(self, index: int) -> None:
        super().action_tab(index)
        self._ask_on()

    def on_editor_left(self) -> None:
        super().on_editor_left()
        self._ask_on()

    def _ask_on(self) -> None:
        """Give the keys back to the question, where there is one on the screen."""
        if self.asking and (not self.one_pane or self.has_class("-grade")):
            self.query_one(GradePanel).focus_question()
