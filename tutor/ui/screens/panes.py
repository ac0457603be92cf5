"""The files of an exercise beside its grade: which of them is on the screen, and how it scrolls."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from tutor.ui.screen import scroll
from tutor.ui.screens.files import FilesScreen
from tutor.ui.widgets.grade_panel import GradePanel


class PanesScreen(FilesScreen):
    """The grade's pane shows its report, or in its place the stages, or all grades so far."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "stages", "ui.key.stages"),
        Binding("a", "grades", "ui.key.grades"),
        Binding("down,j", "scroll(1)", "ui.key.scroll", key_display="↑↓", show=False),
        Binding("up,k", "scroll(-1)", "ui.key.scroll", show=False),
        Binding("pageup", "scroll(-10)", "ui.key.scroll_page", show=False),
        Binding("pagedown,space", "scroll(10)", "ui.key.scroll_page", show=False),
    ]

    def action_stages(self) -> None:
        """Show the stages of both files in place of the grade's report, or the report again."""
        panel = self.query_one(GradePanel)
        self._switch(panel.shows_stages, panel.switch_stages)

    def action_grades(self) -> None:
        """Show all grades so far in place of the grade's report, or the report again."""
        panel = self.query_one(GradePanel)
        self._switch(panel.shows_grades, panel.switch_grades)

    def _switch(self, shown: bool, switch: Callable[[], object]) -> None:
        """Switch what the grade's pane shows; where the pane isn't on the screen, bring it there."""
        seen = not self.one_pane or self.has_class("-grade")
        if seen or not shown:
            switch()
        if not seen:
            self.action_tab(len(self.editors) + 1)
        self.refresh_bindings()

    def action_scroll(self, rows: int) -> None:
        """Scroll what is on the screen and goes on: changes before a grade, a grade before a file or the task."""
        diff, task = self.query_one("#diff"), self.query_one("#task")
        panes = (diff, self.query_one(GradePanel).pane, *self.editors, task)
        pane = next((each for each in panes if each.region and each.max_scroll_y), None)
        if pane is not None:
            scroll(pane, rows)
