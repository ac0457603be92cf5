"""An exercise: the task and the files on the left, the grade on the right."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.timer import Timer

from tutor.builds.engine import Engine
from tutor.errors import NoEngine, TutorError
from tutor.ui.engine_state import Connected, Connecting, Unreachable, live_engine
from tutor.ui.grade_view import GradeView
from tutor.ui.grading import Grading
from tutor.ui.screens.asking import AskingScreen
from tutor.ui.screens.confirm import ConfirmScreen
from tutor.ui.watching import Watching
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.grade_panel import GradePanel
from tutor.ui.widgets.tabs import TabRow

if TYPE_CHECKING:
    from tutor.builds.report import BuildReport
    from tutor.grade.report import Check
    from tutor.grade.watch import State
    from tutor.progress.store import Attempt

FRAMES_PER_SECOND = 30


class ExerciseScreen(AskingScreen):
    """Edit the Dockerfile here or in $EDITOR, then have the engine measure it."""

    CSS_PATH = "exercise.tcss"
    SIGNS: ClassVar[tuple[str, ...]] = ("grade", "step", "engine")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "grade", "ui.key.grade"),
        Binding("h", "hint", "ui.key.hint"),
        Binding("w", "watch", "ui.key.watch"),
        Binding("escape", "leave", "ui.key.back"),
        Binding("l", "layers", "layers.key.graded"),
    ]

    def __init__(self, exercise_id: str) -> None:
        super().__init__(exercise_id)
        self._grading = Grading()
        self._watching = Watching()
        self._wanted = False
        """A grade is wanted as soon as the engine is found."""
        self._clock: Timer | None = None

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._take, pause=True)

    def shown(self, attempts: tuple[Attempt, ...]) -> None:
        self._grading.attempts = attempts
        if self._grading.view is not None:
            self._show_grade()
        elif self.opened is not None:
            self.query_one(GradePanel).clear(self.words, self.opened.exercise.points, attempts)
        self.show_question()

    def _show_grade(self) -> None:
        view = self._grading.view
        if view is not None:
            self.query_one(GradePanel).show(view, self.words, time.monotonic(), self._grading.attempts)

    def on_unmount(self) -> None:
        self._grading.stop()
        self._watching.stop()

    @property
    def grading(self) -> bool:
        """A grade is going on."""
        return self._grading.going_on

    # Grading

    def action_grade(self) -> None:
        if self.grading:
            self.notify(self.words("ui.lesson.busy"), timeout=3, markup=False)
            return
        self._with_engine(lambda _: self.ask())

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
            case Connected(_, facts) if facts.live and self._watching.waiting is not None:
                self._wanted = False
                self._files_are(self._watching.waiting)
            case Connected() if self._wanted:
                self._wanted = False
                self.action_grade()
            case Unreachable(error) if self._wanted:
                self._wanted = False
                self.tutor.tell(error)

    def said(self, layers: int | None) -> None:
        self._with_engine(lambda engine: self.save(lambda: self._grade(engine, layers)))

    def _grade(self, engine: Engine, said: int | None = None) -> None:
        opened = self.opened
        if opened is None or self.grading:
            return
        self.stop_asking()
        self._watching.waiting = None
        begins = partial(self._watching.grade_begins, opened.folder)
        job = self._grading.start(opened, engine, self.tutor.parts, self.tutor.record.store, self.words, begins, said)
        self.tutor.watch_job(job)
        self._show_grade()
        if self.one_pane and not isinstance(self.focused, Editor):  # who is typing is not taken away from the text
            self.action_tab(len(self.editors) + 1)
        self.refresh_bindings()
        if self._clock is not None:
            self._clock.resume()

    def _take(self) -> None:
        """Take what the grade has told since the last frame. Called 30 times a second while one is going on."""
        view = self._grading.take()
        if view is None:
            return
        if view.ended is not None:
            self._keep(view)
            if isinstance(view.error, NoEngine):
                self._watching.grade_failed()
                self.tutor.engine_lost(view.error)
            if self._clock is not None:
                self._clock.pause()
            self.refresh_bindings()
        self._show_grade()
        if view.ended is not None and not view.cancelled and self._watching.waiting is not None:
            self._files_are(self._watching.waiting)

    def _keep(self, view: GradeView) -> None:
        """Tell the learner's record what came of a grade."""
        record = self.tutor.record
        record.graded(self.exercise_id, self._grading.attempts)
        section = next((each for each in self.tutor.texts.sections if each.exercise == self.exercise_id), None)
        if section is not None and view.compared is not None and view.compared.rerun is not None:
            record.predict(section, "grade", int(view.compared.right), 1)

    # Hints

    def action_hint(self) -> None:
        """Tell the next hint; the answer only when it is really wanted."""
        grading, words = self._grading, self.words
        hint = grading.next_hint(words)
        if hint is None:
            return
        if not hint.answer:
            self._tell_hint(hint.check)
            return
        explained = words("ui.hint.explained", check=words(f"grade.title.{hint.check.id}"))
        asked = ConfirmScreen(words("ui.hint.question"), explained, words)
        self.app.push_screen(
            asked, lambda yes: self._tell_hint(hint.check) if yes else grading.decline_answer(hint.check)
        )

    def _tell_hint(self, check: Check) -> None:
        self._grading.tell_hint(check)
        if self.one_pane:
            self.action_tab(len(self.editors) + 1)
        self.query_one(GradePanel).show_hints(check.id, self.words)
        self.refresh_bindings()

    # Watching

    @property
    def watching(self) -> bool:
        """Every save is graded."""
        return self._watching.on

    def action_watch(self) -> None:
        if self.watching:
            self._watching.stop()
            self.notify(self.words("ui.watch.off"), timeout=3, markup=False)
        elif self.opened is not None:
            job = self._watching.start(self.tutor, self.opened.folder, self._files_are, self._watch_failed)
            self.tutor.watch_job(job)
            self.notify(self.words("ui.watch.on"), timeout=3, markup=False)
        self.show_bars()
        self.refresh_bindings()

    def _watch_failed(self, error: TutorError) -> None:
        self._watching.stop()
        self.show_bars()
        self.tutor.tell(error)

    def _files_are(self, state: State) -> None:
        """The files were saved, or are looked at for the first time: grade what no grade has seen yet."""
        self.read_all_again()
        missing, told = live_engine(self.tutor.engine_state) is None, self._watching.waiting is not None
        says_so = missing and not told and not self.grading
        if self._watching.wants(state, self.grading or missing) or says_so:
            self._with_engine(self._grade)

    # The graded image

    def _graded_image(self) -> BuildReport | None:
        """The build that was graded last, where it came to an image."""
        built = self._grading.report.solution if self._grading.report is not None else None
        return built if built is not None and built.succeeded else None

    def action_layers(self) -> None:
        """Look into the graded image. The next grade of this folder replaces it."""
        from tutor.ui.screens.layers import LayersScreen, Picture

        engine, built = live_engine(self.tutor.engine_state), self._graded_image()
        if engine is not None and built is not None:
            picture = Picture(built.image_id, self.words("layers.graded"), built.dockerfile)
            self.tutor.push_screen(LayersScreen(engine, picture, self.place()))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "tab":
                return parameters[0] in range(len(self.query_one(TabRow).names))
            case "save":
                return any(editor.unsaved for editor in self.editors)
            case "stages" | "grades" | "hint" | "layers" if self.grading or self.asking:
                return False  # what they show has no place now
            case "stages":
                return self._grading.report is not None
            case "layers":
                return self._graded_image() is not None and live_engine(self.tutor.engine_state) is not None
            case "edit":
                return not isinstance(self.focused, Editor)
            case "hint":
                return self._grading.next_hint(self.words) is not None
            case _:
                return True

    def _way_back(self, action: str) -> str:
        """What an action is called that leads out of what is shown or goes on; "" for all others."""
        match action:
            case "leave" if self.grading:
                return "ui.key.cancel"
            case "leave" if isinstance(self.focused, Editor):
                return "ui.key.done_editing"
            case "diff" if self.shows_diff:
                return "ui.key.file"
            case "grades" if self.query_one(GradePanel).shows_grades:
                return "ui.key.report"
            case "stages" if self.query_one(GradePanel).shows_stages:
                return "ui.key.report"
            case _:
                return ""

    def key_label(self, binding: Binding) -> str:
        if back := self._way_back(binding.action):
            return self.words(back)
        match binding.action:
            case "grade" if self.grading:
                return self.words("ui.key.grading")
            case "watch" if self.watching:
                return self.words("ui.key.watching")
            case _:
                return super().key_label(binding)

    def key_rank(self, binding: Binding) -> int:
        """The way back comes first: at 80 columns few keys have room."""
        return -1 if self._way_back(binding.action) else super().key_rank(binding)

    def place(self) -> tuple[str, ...]:
        return (*super().place(), self.words("ui.watch.mark")) if self.watching else super().place()

    def leave(self) -> None:
        self.save(lambda: None)

    def action_leave(self) -> None:
        if self.grading:
            self._grading.stop()
        elif self.asking and not isinstance(self.focused, Editor):
            self.stop_asking()
        elif self.focused is not None:
            self.set_focus(None)
            self.refresh_bindings()
        elif self.shows_diff:
            self.set_diff(False)
        else:
            self.save(self.dismiss)
