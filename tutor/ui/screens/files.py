"""The files of an exercise: the task and each file in a tab, edited here or in the learner's own editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import TextArea

from tutor.course.document import Code, Prose
from tutor.language import Words
from tutor.ui.exercise_files import FileText, Opened, open_exercise, read_file, write_file
from tutor.ui.outside_editor import edit_outside
from tutor.ui.screen import TutorScreen
from tutor.ui.screens.confirm import ConfirmScreen
from tutor.ui.widgets.blocks import CodeBlock
from tutor.ui.widgets.diff import DiffView
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.grade_panel import GradePanel
from tutor.ui.widgets.prose import ProseBlock
from tutor.ui.widgets.tabs import TabRow, short_names

if TYPE_CHECKING:
    from tutor.progress.store import Attempt

_TASK = 0
"""The index of the task's tab; the files' come after it, and on a small terminal the grade's last."""


class FilesScreen(TutorScreen):
    """An exercise to read and edit. What is beside the files is the exercise screen's business."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,i", "edit", "ui.key.edit"),
        Binding("e", "external", "ui.key.external"),
        Binding("d", "diff", "ui.key.diff"),
        Binding("ctrl+s", "save", "ui.key.save"),
        Binding("r", "reset", "ui.key.reset"),
        Binding("right,n", "turn(1)", "ui.key.next_tab", show=False),
        Binding("left,p", "turn(-1)", "ui.key.previous_tab", show=False),
        *(Binding(str(i + 1), f"tab({i})", "ui.key.tab_number", show=False) for i in range(6)),
    ]

    def __init__(self, exercise_id: str) -> None:
        super().__init__()
        self.exercise_id = exercise_id
        self.opened: Opened | None = None
        self.diffing = False
        """In place of each file, what has changed in it since the start file is shown."""

    def compose_body(self) -> ComposeResult:
        yield TabRow()
        with Container(id="panes"):
            with Vertical(id="work"):
                yield VerticalScroll(id="task", can_focus=False)
                yield DiffView()
            yield GradePanel()

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)

    # What is shown

    def _open(self) -> None:
        parts, language, progress = self.tutor.parts, self.words.language, self.tutor.record.store

        def work() -> tuple[Opened, tuple[Attempt, ...]]:
            exercise = parts.load_exercise(self.exercise_id)
            return open_exercise(exercise, parts.workspace, language), progress.attempts(exercise.id)

        self.tutor.do(work, lambda found: self._show_all(*found))

    def _show_all(self, opened: Opened, attempts: tuple[Attempt, ...]) -> None:
        first = self.opened is None
        self.opened = opened
        task = self.query_one("#task", VerticalScroll)
        task.remove_children()
        task.mount(*_task_widgets(opened, self.words))
        if first:
            changeable = opened.exercise.files[0]
            work = self.query_one("#work")
            editable = {name for name, file in opened.texts.items() if file.editable and name == changeable}
            work.mount(*(Editor(name, file.text, name not in editable) for name, file in opened.texts.items()))
        else:
            for editor in self.query(Editor):
                editor.replace_all(opened.texts[editor.file].text)
        self.shown(attempts)
        self.call_after_refresh(self.show_tab)
        self.show_bars()

    def relabel(self) -> None:
        super().relabel()
        self._open()

    def place(self) -> tuple[str, ...]:
        if self.opened is None:
            return (self.words("ui.exercise.title"),)
        return (self.words("ui.exercise.title"), self.opened.exercise.title(self.words.language))

    @property
    def editors(self) -> list[Editor]:
        """One for each file, in the order of the tabs."""
        return list(self.query(Editor))

    @property
    def one_pane(self) -> bool:
        return self.size.width < 100

    def show_tab(self) -> None:
        """Show the pane of the current tab, and the tabs themselves."""
        tabs = self.query_one(TabRow)
        editors = self.editors
        names = (self.words("ui.exercise.task"), *short_names([editor.file for editor in editors]))
        tabs.names = (*names, self.words("ui.exercise.grade")) if self.one_pane else names
        tabs.at = min(tabs.at, len(tabs.names) - 1)
        self._mark_unsaved()
        on_grade = self.one_pane and tabs.at == len(editors) + 1
        self.set_class(on_grade, "-grade")
        self.query_one("#task").display = tabs.at == _TASK or (on_grade and not self.one_pane)
        for i, editor in enumerate(editors, 1):
            editor.display = tabs.at == i and not self.diffing
        self._show_diff()
        self.refresh_bindings()

    def _mark_unsaved(self) -> None:
        tabs = self.query_one(TabRow)
        marked = frozenset(i for i, editor in enumerate(self.editors, 1) if editor.unsaved)
        if marked != tabs.marked:
            tabs.marked = marked
            self.refresh_bindings()

    def _show_diff(self) -> None:
        view, editor, opened = self.query_one(DiffView), self._editor, self.opened
        view.display = self.shows_diff
        if view.display and editor is not None and opened is not None:
            view.show(editor.file, opened.starts[editor.file], editor.text, self.words)

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_tab)
        self.call_after_refresh(self.show_bars)

    def action_tab(self, index: int) -> None:
        tabs = self.query_one(TabRow)
        if index < len(tabs.names):
            self.set_focus(None)
            tabs.at = index
            self.show_tab()

    def action_turn(self, by: int) -> None:
        tabs = self.query_one(TabRow)
        self.action_tab((tabs.at + by) % max(1, len(tabs.names)))

    def action_diff(self) -> None:
        """Show what has changed in the file; of the task or the grade, in the Dockerfile. Again: the file."""
        seen = self._editor is not None
        if not seen:
            self.action_tab(1)
        self.set_diff(not (seen and self.diffing))

    @property
    def shows_diff(self) -> bool:
        """A file's changes are on the screen now."""
        return self.diffing and self._editor is not None

    def set_diff(self, on: bool) -> None:
        self.diffing = on
        self.query_one(DiffView).scroll_home(animate=False)
        self.show_tab()

    # Files

    @property
    def _editor(self) -> Editor | None:
        """The editor of the current tab."""
        at = self.query_one(TabRow).at
        editors = self.editors
        return editors[at - 1] if 1 <= at <= len(editors) else None

    def action_edit(self) -> None:
        """Put the cursor into the file; from the task or the grade into the Dockerfile."""
        if not self.editors:
            return
        if self._editor is None:
            self.action_tab(1)
        self.set_diff(False)
        editor = self._editor
        if editor is not None:
            editor.focus()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        """Only what a key can change is shown anew: whoever types fast shouldn't wait for the rest."""
        self._mark_unsaved()
        self._show_diff()

    def on_editor_left(self) -> None:
        self.refresh_bindings()

    def action_save(self) -> None:
        self.save(lambda: self.notify(self.words("ui.exercise.saved"), timeout=2, markup=False))

    def save(self, then: Callable[[], object]) -> None:
        """Write what isn't saved, in a thread, then go on."""
        opened = self.opened
        if opened is None:
            return
        texts = {editor: editor.text for editor in self.editors if editor.unsaved}

        def work() -> None:
            for editor, text in texts.items():
                write_file(opened.folder / editor.file, text)

        def done(_: None) -> None:
            for editor in texts:
                editor.saved()
            self.show_tab()
            then()

        self.tutor.do(work, done)

    def action_external(self) -> None:
        """Open the current tab's file in the learner's own editor; the app waits."""
        opened = self.opened
        if opened is not None:
            file = self._editor.file if self._editor else opened.exercise.files[0]
            self.save(lambda: self._open_editor(opened.folder / file))

    def _open_editor(self, file: Path) -> None:
        problem = edit_outside(self.app, file, self.words)
        if problem is not None:
            self.tutor.tell(problem)
        self._read_again(file)

    def _read_again(self, file: Path) -> None:
        def done(found: FileText) -> None:
            for editor in self.editors:
                if file.name == editor.file.rsplit("/", 1)[-1]:
                    editor.replace_all(found.text)
            self.show_tab()

        self.tutor.do(lambda: read_file(file), done)

    def read_all_again(self) -> None:
        """Show what another program has saved, in all editors where nothing is typed that would be lost."""
        opened = self.opened
        if opened is None:
            return
        names = [editor.file for editor in self.editors if not editor.unsaved]

        def done(found: dict[str, FileText]) -> None:
            for editor in self.editors:
                file = found.get(editor.file)
                if file is not None and file.editable and not editor.unsaved:
                    editor.replace_all(file.text)
            self.show_tab()

        # A file that can't be read just now needs no word here: the grade has one.
        self.tutor.do(lambda: {name: read_file(opened.folder / name) for name in names}, done, lambda _: None)

    def action_reset(self) -> None:
        words = self.words
        asked = ConfirmScreen(words("ui.exercise.reset_question"), words("ui.exercise.reset_explained"), words)
        self.app.push_screen(asked, self._reset)

    def _reset(self, really: bool | None) -> None:
        if really and self.opened is not None:
            workspace, exercise_id = self.tutor.parts.workspace, self.exercise_id
            self.tutor.do(lambda: workspace.reset(exercise_id), self._was_reset)

    def _was_reset(self, kept: tuple[Path, ...]) -> None:
        names = ", ".join(file.name for file in kept)
        told = self.words("ui.exercise.reset_kept", names=names) if kept else self.words("ui.exercise.reset_same")
        self.notify(told, timeout=6, markup=False)
        self._open()

    def shown(self, attempts: tuple[Attempt, ...]) -> None:
        """The exercise has been put on the screen, with the earlier grades of it."""


def _task_widgets(opened: Opened, words: Words) -> list[Widget]:
    prose: list[Prose] = []
    widgets: list[Widget] = []
    title = opened.exercise.title(words.language)
    for block in opened.task:
        if isinstance(block, Code):
            widgets += [ProseBlock(prose, title), CodeBlock(block, words)]
            prose, title = [], ""
        else:
            prose.append(block)
    if prose or title:
        widgets.append(ProseBlock(prose, title))
    return widgets
