"""An exercise: the task and the files on the left, the grade on the right."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from tutor.builds.engine import Engine
from tutor.course.document import Code, Prose
from tutor.errors import TutorError
from tutor.grade.stop import Stop
from tutor.ui.engine_state import Connected, Connecting, Unreachable
from tutor.ui.exercise_files import FileText, Opened, open_exercise, read_file, write_file
from tutor.ui.grade_view import GradeView
from tutor.ui.jobs import Feed
from tutor.ui.screen import TutorScreen
from tutor.ui.screens.confirm import ConfirmScreen
from tutor.ui.widgets.blocks import CodeBlock
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.grade_panel import GradePanel
from tutor.ui.widgets.prose import ProseBlock
from tutor.ui.widgets.tabs import TabRow, short_names

if TYPE_CHECKING:
    from tutor.progress.store import Attempt

FRAMES_PER_SECOND = 30
_TASK = 0
"""The index of the task's tab; the files' come after it, and on a small terminal the grade's last."""


class ExerciseScreen(TutorScreen):
    """Edit the Dockerfile here or in $EDITOR, then have the engine measure it."""

    CSS_PATH = "exercise.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "grade", "ui.key.grade"),
        Binding("enter,i", "edit", "ui.key.edit", key_display="Enter"),
        Binding("e", "external", "ui.key.external"),
        Binding("ctrl+s", "save", "ui.key.save", key_display="^S"),
        Binding("escape", "leave", "ui.key.back", key_display="Esc"),
        Binding("r", "reset", "ui.key.reset"),
        Binding("right,n", "turn(1)", "ui.key.next_tab", key_display="→", show=False),
        Binding("left,p", "turn(-1)", "ui.key.previous_tab", key_display="←", show=False),
        *(Binding(str(i + 1), f"tab({i})", "ui.key.tab_number", show=False) for i in range(6)),
    ]

    def __init__(self, exercise_id: str) -> None:
        super().__init__()
        self._exercise_id = exercise_id
        self._opened: Opened | None = None
        self._attempts: tuple[Attempt, ...] = ()
        self._view: GradeView | None = None
        self._feed: Feed[object] | None = None
        self._wanted = False
        """A grade is wanted as soon as the engine is found."""
        self._clock: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield TabRow()
        with Container(id="panes"):
            with Vertical(id="work"):
                yield VerticalScroll(id="task", can_focus=False)
            yield GradePanel()

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._take, pause=True)
        self.call_after_refresh(self._open)

    def on_unmount(self) -> None:
        if self._feed is not None:
            self._feed.job.stop()

    @property
    def grading(self) -> bool:
        """A grade is going on."""
        return self._feed is not None

    # What is shown

    def _open(self) -> None:
        parts, language, progress = self.tutor.parts, self.words.language, self.tutor.progress

        def work() -> tuple[Opened, tuple[Attempt, ...]]:
            exercise = parts.load_exercise(self._exercise_id)
            return open_exercise(exercise, parts.workspace, language), progress.attempts(exercise.id)

        self.tutor.do(work, lambda found: self._show_all(*found))

    def _show_all(self, opened: Opened, attempts: tuple[Attempt, ...]) -> None:
        first = self._opened is None
        self._opened, self._attempts = opened, attempts
        task = self.query_one("#task", VerticalScroll)
        task.remove_children()
        task.mount(*_task_widgets(opened, self))
        if first:
            changeable = opened.exercise.files[0]
            work = self.query_one("#work")
            editable = {name for name, file in opened.texts.items() if file.editable and name == changeable}
            work.mount(*(Editor(name, file.text, name not in editable) for name, file in opened.texts.items()))
        else:
            for editor in self.query(Editor):
                editor.replace_all(opened.texts[editor.file].text)
        if self._view is not None:
            self.query_one(GradePanel).show(self._view, self.words, time.monotonic(), attempts)
        else:
            self.query_one(GradePanel).clear(self.words, opened.exercise.points, attempts)
        self.call_after_refresh(self._show_tab)
        self.show_bars()

    def relabel(self) -> None:
        super().relabel()
        self._open()

    def place(self) -> tuple[str, ...]:
        if self._opened is None:
            return (self.words("ui.exercise.title"),)
        return (self.words("ui.exercise.title"), self._opened.exercise.title(self.words.language))

    @property
    def editors(self) -> list[Editor]:
        """One for each file, in the order of the tabs."""
        return list(self.query(Editor))

    @property
    def _one_pane(self) -> bool:
        return self.size.width < 100

    def _show_tab(self) -> None:
        """Show the pane of the current tab, and the tabs themselves."""
        tabs = self.query_one(TabRow)
        editors = self.editors
        names = (self.words("ui.exercise.task"), *short_names([editor.file for editor in editors]))
        tabs.names = (*names, self.words("ui.exercise.grade")) if self._one_pane else names
        tabs.at = min(tabs.at, len(tabs.names) - 1)
        tabs.marked = frozenset(i for i, editor in enumerate(editors, 1) if editor.unsaved)
        on_grade = self._one_pane and tabs.at == len(editors) + 1
        self.set_class(on_grade, "-grade")
        self.query_one("#task").display = tabs.at == _TASK or (on_grade and not self._one_pane)
        for i, editor in enumerate(editors, 1):
            editor.display = tabs.at == i
        self.refresh_bindings()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_tab)
        self.call_after_refresh(self.show_bars)

    def action_tab(self, index: int) -> None:
        tabs = self.query_one(TabRow)
        if index < len(tabs.names):
            self.set_focus(None)
            tabs.at = index
            self._show_tab()

    def action_turn(self, by: int) -> None:
        tabs = self.query_one(TabRow)
        self.action_tab((tabs.at + by) % max(1, len(tabs.names)))

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
        editor = self._editor
        if editor is not None:
            editor.focus()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._show_tab()

    def on_editor_left(self) -> None:
        self.refresh_bindings()

    def action_save(self) -> None:
        self._save(lambda: self.notify(self.words("ui.exercise.saved"), timeout=2, markup=False))

    def _save(self, then: Callable[[], object]) -> None:
        """Write what isn't saved, in a thread, then go on."""
        opened = self._opened
        if opened is None:
            return
        texts = {editor: editor.text for editor in self.editors if editor.unsaved}

        def work() -> None:
            for editor, text in texts.items():
                write_file(opened.folder / editor.file, text)

        def done(_: None) -> None:
            for editor in texts:
                editor.saved()
            self._show_tab()
            then()

        self.tutor.do(work, done)

    def action_external(self) -> None:
        """Open the current tab's file in the learner's own editor; the app waits."""
        opened = self._opened
        if opened is not None:
            file = self._editor.file if self._editor else opened.exercise.files[0]
            self._save(lambda: self._open_editor(opened.folder / file))

    def _open_editor(self, file: Path) -> None:
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
        if not command.strip():
            self.tutor.tell(TutorError(self.words("ui.exercise.no_editor"), self.words("ui.exercise.no_editor_hint")))
            return
        problem = ""
        try:
            # Blocking, not awaited: async work inside suspend() deadlocks (Textual 8.2).
            with self.app.suspend():
                problem = _edit_in(command, file)
        except SuspendNotSupported:
            problem = self.words("ui.exercise.no_suspend")
        if problem:
            self.tutor.tell(TutorError(problem, self.words("ui.exercise.no_editor_hint")))
        self._read_again(file)

    def _read_again(self, file: Path) -> None:
        def done(found: FileText) -> None:
            for editor in self.editors:
                if file.name == editor.file.rsplit("/", 1)[-1]:
                    editor.replace_all(found.text)
            self._show_tab()

        self.tutor.do(lambda: read_file(file), done)

    def action_reset(self) -> None:
        words = self.words
        asked = ConfirmScreen(words("ui.exercise.reset_question"), words("ui.exercise.reset_explained"), words)
        self.app.push_screen(asked, self._reset)

    def _reset(self, really: bool | None) -> None:
        if really and self._opened is not None:
            workspace, exercise_id = self.tutor.parts.workspace, self._exercise_id
            self.tutor.do(lambda: workspace.reset(exercise_id), self._was_reset)

    def _was_reset(self, kept: tuple[Path, ...]) -> None:
        names = ", ".join(file.name for file in kept)
        told = self.words("ui.exercise.reset_kept", names=names) if kept else self.words("ui.exercise.reset_same")
        self.notify(told, timeout=6, markup=False)
        self._open()

    # Grading

    def action_grade(self) -> None:
        if self._feed is not None:
            self.notify(self.words("ui.lesson.busy"), timeout=3, markup=False)
            return
        match self.tutor.engine_state:
            case Connected(engine, facts):
                if facts.live:
                    self._save(lambda: self._grade(engine))
                else:
                    words = self.words
                    self.tutor.tell(TutorError(words("ui.grade.needs_engine"), words("ui.grade.needs_engine_hint")))
            case Connecting():
                self._wanted = True
            case Unreachable():
                self._wanted = True
                self.tutor.connect()

    def engine_changed(self) -> None:
        super().engine_changed()
        match self.tutor.engine_state:
            case Connected() if self._wanted:
                self._wanted = False
                self.action_grade()
            case Unreachable(error) if self._wanted:
                self._wanted = False
                self.tutor.tell(error)

    def _grade(self, engine: Engine) -> None:
        opened = self._opened
        if opened is None or self._feed is not None:
            return
        view = GradeView(time.monotonic())
        stop = Stop()
        feed: Feed[object] = Feed("grade", stop.ask)
        grade, progress, words = self.tutor.parts.grade, self.tutor.progress, self.words

        def work(put: Callable[[object], None]) -> None:
            from tutor.grade.as_json import report_as_json

            report = grade(opened.exercise, opened.folder, engine, put, stop)
            figures = report_as_json(report, words, str(opened.folder))
            progress.record_attempt(opened.exercise.id, report.passed, report.points, figures)
            put(progress.attempts(opened.exercise.id))
            put(report)

        self._view, self._feed = view, feed
        self.tutor.watch_job(feed.job)
        feed.start(work)
        self.query_one(GradePanel).show(view, self.words, time.monotonic(), self._attempts)
        if self._one_pane:
            self.action_tab(len(self.editors) + 1)
        self.refresh_bindings()
        if self._clock is not None:
            self._clock.resume()

    def _take(self) -> None:
        feed, view = self._feed, self._view
        if feed is None or view is None:
            return
        ended, now = feed.ended, time.monotonic()
        for event in feed.take():
            if isinstance(event, tuple):
                self._attempts = event
            else:
                view.see(event, now)
        if ended and feed.ended:
            view.end(now, feed.error, feed.job.stopping)
            self._feed = None
            if self._clock is not None:
                self._clock.pause()
            self.refresh_bindings()
        self.query_one(GradePanel).show(view, self.words, now, self._attempts)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "save":
                return any(editor.unsaved for editor in self.editors)
            case "edit":
                return not isinstance(self.focused, Editor)
            case _:
                return True

    def key_label(self, binding: Binding) -> str:
        match binding.action:
            case "leave" if self._feed is not None:
                return self.words("ui.key.cancel")
            case "leave" if isinstance(self.focused, Editor):
                return self.words("ui.key.done_editing")
            case "grade" if self._feed is not None:
                return self.words("ui.key.grading")
            case _:
                return super().key_label(binding)

    def leave(self) -> None:
        self._save(lambda: None)

    def action_leave(self) -> None:
        if self._feed is not None:
            self._feed.job.stop()
        elif self.focused is not None:
            self.set_focus(None)
            self.refresh_bindings()
        else:
            self._save(self.dismiss)


def _task_widgets(opened: Opened, screen: ExerciseScreen) -> list[Widget]:
    prose: list[Prose] = []
    widgets: list[Widget] = []
    title = opened.exercise.title(screen.words.language)
    for block in opened.task:
        if isinstance(block, Code):
            widgets += [ProseBlock(prose, title), CodeBlock(block, screen.words)]
            prose, title = [], ""
        else:
            prose.append(block)
    if prose or title:
        widgets.append(ProseBlock(prose, title))
    return widgets


def _edit_in(command: str, file: Path) -> str:
    """Run the learner's editor and wait; gives a sentence when it couldn't be run."""
    try:
        subprocess.run([*shlex.split(command), str(file)], check=False)
    except (OSError, ValueError) as error:
        return f"{command}: {error}"
    return ""
