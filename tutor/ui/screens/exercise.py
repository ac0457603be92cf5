"""An exercise: the task and the files on the left, the grade on the right."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.timer import Timer

from tutor.builds.engine import Engine
from tutor.errors import TutorError
from tutor.grade.stop import Stop
from tutor.ui.engine_state import Connected, Connecting, Unreachable
from tutor.ui.grade_view import GradeView
from tutor.ui.jobs import Feed
from tutor.ui.screens.files import FilesScreen
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.grade_panel import GradePanel

if TYPE_CHECKING:
    from tutor.progress.store import Attempt

FRAMES_PER_SECOND = 30


class ExerciseScreen(FilesScreen):
    """Edit the Dockerfile here or in $EDITOR, then have the engine measure it."""

    CSS_PATH = "exercise.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "grade", "ui.key.grade"),
        Binding("escape", "leave", "ui.key.back"),
        Binding("down,j", "scroll(1)", "ui.key.scroll", key_display="↑↓", show=False),
        Binding("up,k", "scroll(-1)", "ui.key.scroll", show=False),
        Binding("pagedown,space", "scroll(10)", "ui.key.scroll", show=False),
        Binding("pageup", "scroll(-10)", "ui.key.scroll", show=False),
    ]

    def __init__(self, exercise_id: str) -> None:
        super().__init__(exercise_id)
        self._attempts: tuple[Attempt, ...] = ()
        self._view: GradeView | None = None
        self._feed: Feed[object] | None = None
        self._wanted = False
        """A grade is wanted as soon as the engine is found."""
        self._clock: Timer | None = None

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._take, pause=True)

    def shown(self, attempts: tuple[Attempt, ...]) -> None:
        self._attempts = attempts
        panel = self.query_one(GradePanel)
        if self._view is not None:
            panel.show(self._view, self.words, time.monotonic(), attempts)
        elif self.opened is not None:
            panel.clear(self.words, self.opened.exercise.points, attempts)

    def on_unmount(self) -> None:
        if self._feed is not None:
            self._feed.job.stop()

    @property
    def grading(self) -> bool:
        """A grade is going on."""
        return self._feed is not None

    # Grading

    def action_grade(self) -> None:
        if self._feed is not None:
            self.notify(self.words("ui.lesson.busy"), timeout=3, markup=False)
            return
        match self.tutor.engine_state:
            case Connected(engine, facts):
                if facts.live:
                    self.save(lambda: self._grade(engine))
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
        opened = self.opened
        if opened is None or self._feed is not None:
            return
        view = GradeView(time.monotonic())
        stop = Stop()
        feed: Feed[object] = Feed("grade", stop.ask)
        grade, progress, words = self.tutor.parts.grade, self.tutor.record.store, self.words

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
        if self.one_pane:
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
                self.tutor.record.graded(self.exercise_id, event)
            else:
                view.see(event, now)
        if ended and feed.ended:
            view.end(now, feed.error, feed.job.stopping)
            self._feed = None
            if self._clock is not None:
                self._clock.pause()
            self.refresh_bindings()
        self.query_one(GradePanel).show(view, self.words, now, self._attempts)

    def action_scroll(self, rows: int) -> None:
        """Scroll the grade, or the task before there is one."""
        pane = self.query_one("#report", VerticalScroll)
        if not pane.region or not pane.max_scroll_y:
            pane = self.query_one("#task", VerticalScroll)
        if abs(rows) == 1:
            pane.scroll_relative(y=rows, animate=False)
        elif rows > 0:
            pane.scroll_page_down(animate=False)
        else:
            pane.scroll_page_up(animate=False)

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
        self.save(lambda: None)

    def action_leave(self) -> None:
        if self._feed is not None:
            self._feed.job.stop()
        elif self.focused is not None:
            self.set_focus(None)
            self.refresh_bindings()
        else:
            self.save(self.dismiss)
