"""An exercise: the task and the files on the left, the grade on the right."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.timer import Timer

from tutor.builds.engine import Engine
from tutor.errors import TutorError
from tutor.grade.stop import Stop
from tutor.ui.engine_state import Connected, Connecting, Unreachable
from tutor.ui.grade_view import GradeView
from tutor.ui.hints_told import HintsTold, NextHint
from tutor.ui.jobs import Feed, Job, follow
from tutor.ui.screens.confirm import ConfirmScreen
from tutor.ui.screens.files import FilesScreen
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.grade_panel import GradePanel

if TYPE_CHECKING:
    from tutor.grade.report import Check
    from tutor.grade.watch import State
    from tutor.progress.store import Attempt

FRAMES_PER_SECOND = 30


class ExerciseScreen(FilesScreen):
    """Edit the Dockerfile here or in $EDITOR, then have the engine measure it."""

    CSS_PATH = "exercise.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "grade", "ui.key.grade"),
        Binding("h", "hint", "ui.key.hint"),
        Binding("w", "watch", "ui.key.watch"),
        Binding("escape", "leave", "ui.key.back"),
        Binding("b", "stages", "ui.key.stages"),
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
        self._hints = HintsTold()
        self._watch: Job | None = None
        self._graded: State | None = None
        """What the files were when the last grade began."""
        self._saved: State | None = None
        """What a save made of the files while a grade was going on."""

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
        self._stop_watching()

    @property
    def grading(self) -> bool:
        """A grade is going on."""
        return self._feed is not None

    # Grading

    def action_grade(self) -> None:
        if self._feed is not None:
            self.notify(self.words("ui.lesson.busy"), timeout=3, markup=False)
            return
        self._with_engine(lambda engine: self.save(lambda: self._grade(engine)))

    def _with_engine(self, grade: Callable[[Engine], object]) -> None:
        """Grade with the engine that is there, or say that there is none, or wait for it."""
        match self.tutor.engine_state:
            case Connected(engine, facts):
                if facts.live:
                    grade(engine)
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
            from tutor.grade.watch import state_of

            self._graded = state_of(opened.folder)
            report = grade(opened.exercise, opened.folder, engine, put, stop)
            figures = report_as_json(report, words, str(opened.folder))
            progress.record_attempt(opened.exercise.id, report.passed, report.points, figures)
            put(progress.attempts(opened.exercise.id))
            put(report)

        self._view, self._feed, self._saved = view, feed, None
        self.tutor.watch_job(feed.job)
        feed.start(work)
        self.query_one(GradePanel).show(view, self.words, time.monotonic(), self._attempts)
        if self.one_pane and not isinstance(self.focused, Editor):  # who is typing is not taken away from the text
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
            view.hints = self._hints.counts(view.report) if view.report else {}
            self._feed = None
            if self._clock is not None:
                self._clock.pause()
            self.refresh_bindings()
        self.query_one(GradePanel).show(view, self.words, now, self._attempts)
        if self._feed is None and not view.cancelled and self._saved is not None:
            self._files_are(self._saved)

    # Hints

    @property
    def _next_hint(self) -> NextHint | None:
        report = self._view.report if self._view is not None and self._feed is None else None
        return self._hints.next(report, self.words) if report is not None else None

    def action_hint(self) -> None:
        """Tell the next hint; the answer only when it is really wanted."""
        hint, words = self._next_hint, self.words
        if hint is None:
            return
        if not hint.answer:
            self._tell_hint(hint.check)
            return
        explained = words("ui.hint.explained", check=words(f"grade.title.{hint.check.id}"))
        asked = ConfirmScreen(words("ui.hint.question"), explained, words)
        self.app.push_screen(asked, lambda yes: self._tell_hint(hint.check) if yes else self._hints.decline(hint.check))

    def _tell_hint(self, check: Check) -> None:
        view = self._view
        if view is None or view.report is None:
            return
        self._hints.tell(check)
        view.hints = self._hints.counts(view.report)
        if self.one_pane:
            self.action_tab(len(self.editors) + 1)
        self.query_one(GradePanel).show_hints(check.id, self.words)
        self.refresh_bindings()

    # Watching

    @property
    def watching(self) -> bool:
        """Every save is graded."""
        return self._watch is not None

    def action_watch(self) -> None:
        opened = self.opened
        if self._watch is not None:
            self._stop_watching()
            self.notify(self.words("ui.watch.off"), timeout=3, markup=False)
        elif opened is not None:
            from tutor.grade.watch import states

            job = follow(self.tutor, partial(states, opened.folder), self._files_are, self._watch_failed, "watch")
            self._watch = self.tutor.watch_job(job)
            self.notify(self.words("ui.watch.on"), timeout=3, markup=False)
        self.show_bars()
        self.refresh_bindings()

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._watch = self._saved = None

    def _watch_failed(self, error: TutorError) -> None:
        self._stop_watching()
        self.show_bars()
        self.tutor.tell(error)

    def _files_are(self, state: State) -> None:
        """The files were saved, or are looked at for the first time: grade what no grade has seen yet."""
        self.read_all_again()
        if self._feed is not None:
            self._saved = state
            return
        self._saved = None
        if state != self._graded:
            self._with_engine(self._grade)

    def action_stages(self) -> None:
        """Show the stages of both files in place of the grade's report, or the report again."""
        panel = self.query_one(GradePanel)
        seen = not self.one_pane or self.has_class("-grade")
        if seen or not panel.shows_stages:
            panel.switch_stages()
        if not seen:
            self.action_tab(len(self.editors) + 1)
        self.refresh_bindings()

    def action_scroll(self, rows: int) -> None:
        """Scroll the grade, or the task before there is one."""
        shows_stages = self.query_one(GradePanel).shows_stages
        pane = self.query_one("#stages-scroll" if shows_stages else "#report", VerticalScroll)
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
            case "stages":
                return self._view is not None and self._view.report is not None
            case "edit":
                return not isinstance(self.focused, Editor)
            case "hint":
                return self._next_hint is not None
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
            case "watch" if self.watching:
                return self.words("ui.key.watching")
            case "stages" if self.query_one(GradePanel).shows_stages:
                return self.words("ui.key.report")
            case _:
                return super().key_label(binding)

    def place(self) -> tuple[str, ...]:
        return (*super().place(), self.words("ui.watch.mark")) if self.watching else super().place()

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
