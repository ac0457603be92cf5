"""The runs of a lesson: what its pages' actions do on the engine, predicted first where the lesson asks for it."""

from __future__ import annotations

from textual.timer import Timer

from tutor.builds.builder import Builder
from tutor.builds.engine import Engine
from tutor.course.actions import BuildImage
from tutor.course.lesson import Lesson
from tutor.course.session import LessonSession
from tutor.errors import TutorError
from tutor.ui import figures
from tutor.ui.desk import Coming, Desk, Key
from tutor.ui.engine_state import Connected, Connecting, Unreachable
from tutor.ui.foresight import Foresight
from tutor.ui.prediction import Prediction
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.screens.pages import PagesScreen
from tutor.ui.widgets.blocks import ActionBlock
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.predict import PredictBoard

FRAMES_PER_SECOND = 30


class RunsScreen(PagesScreen):
    """A lesson whose actions run. Which key does what is the lesson screen's business."""

    def __init__(self, lesson: Lesson, step_id: str, session: LessonSession, foresight: Foresight) -> None:
        super().__init__(lesson, step_id)
        self._desk = Desk(lesson, session, foresight)
        self._shown: Key | None = None
        self._wanted: Key | None = None
        """The action to run as soon as the engine is found."""
        self._asked: Key | None = None
        """The build that the learner is predicting."""
        self._clock: Timer | None = None

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._take, pause=True)

    def on_unmount(self) -> None:
        self._desk.stop()
        self.tutor.close_session(self._desk.session)

    # What is shown

    @property
    def desk(self) -> Desk:
        return self._desk

    def page_shown(self) -> None:
        for block in self.page.actions:
            self._show_state(block)
        in_sight = not self.one_pane or self.has_class("-live")
        if in_sight and self._asked is not None and self._asked[0] == self.step.id:  # another language: ask on
            board = self.query_one(PredictBoard)
            board.relabel(self.words)
            board.focus()
        else:
            self._asked = None
            self._show_live()

    def _show_state(self, block: ActionBlock) -> None:
        run = self._desk.runs.get((self.step.id, block.index))
        if run is not None:
            note = figures.seconds(run.seconds(run.clock())) if run.ended is not None else ""
            block.show(run.state, note, run.failed_as_meant)

    def kept_back(self) -> int | None:
        """What stands below a build gives away what it does: it is kept back until that has run."""
        if isinstance(self.tutor.engine_state, Unreachable) or self.step.id in self._done:
            return None
        for index, action in enumerate(self.step.actions):
            run = self._desk.runs.get((self.step.id, index))
            if isinstance(action, BuildImage) and action.predict and (run is None or run.ended is None):
                return index
        return None

    @property
    def _done(self) -> frozenset[str]:
        return self.tutor.record.done.get(self._lesson.id, frozenset())

    def _show_kept_back(self) -> None:
        if self.kept_back() is None:
            self.page.show_all()

    def _show_live(self) -> None:
        """The panel shows what runs, else the last run of this page, else the last run shown."""
        panel = self.query_one(LivePanel)
        here = [key for key in self._desk.runs if key[0] == self.step.id]
        self._shown = self._desk.running or (here[-1] if here else self._shown)
        view = self._desk.runs.get(self._shown) if self._shown else None
        if view is not None:
            panel.show(view, self.words, view.clock())
        else:
            told = "ui.live.empty_run" if any(self.step.actions) else "ui.live.empty"
            panel.clear(self.words, self.words("ui.stages.none" if panel.picture else told))

    # Runs

    def _run(self, block: ActionBlock) -> None:
        key = (self.step.id, block.index)
        match self.tutor.engine_state:
            case Connected(engine, facts):
                if isinstance(block.action, BuildImage) and block.action.predict and key not in self._desk.runs:
                    self._ask(block, block.action, facts.builder)
                else:
                    self._start(block, engine, None)
            case Connecting():
                self._wanted = key
            case Unreachable():
                self._wanted = key
                self.tutor.connect()

    def _ask(self, block: ActionBlock, action: BuildImage, builder: Builder) -> None:
        """Have the learner predict the build first."""
        key, page_step = (self.step.id, block.index), self.step.id

        def read(coming: Coming) -> None:
            if self.step.id == page_step and not self._desk.running:
                self._asked = key
                self.query_one(LivePanel).ask(coming, self.words)
                self.set_class(self.one_pane, "-live")
                self.show_bar()
                self.refresh_bindings()

        def failed(_: TutorError) -> None:
            self._build_asked(block, None)  # the build tells what is wrong, where it is wrong

        self.tutor.do(lambda: self._desk.coming(action, builder), read, failed)

    def on_predict_board_said(self, event: PredictBoard.Said) -> None:
        block = next((b for b in self.page.actions if (self.step.id, b.index) == self._asked), None)
        self.set_focus(None)
        if block is not None:
            self._build_asked(block, event.prediction)

    def _build_asked(self, block: ActionBlock, prediction: Prediction | None) -> None:
        self._asked = None
        match self.tutor.engine_state:
            case Connected(engine, _) if not self._desk.running:
                self._start(block, engine, prediction)

    def _start(self, block: ActionBlock, engine: Engine, prediction: Prediction | None) -> None:
        key = (self.step.id, block.index)
        self.tutor.watch_job(self._desk.start(key, block.action, engine, self.words, prediction))
        self._began(block)

    def engine_changed(self) -> None:
        super().engine_changed()
        self._show_kept_back()
        match self.tutor.engine_state:
            case Connected():
                wanted, self._wanted = self._wanted, None
                block = next((b for b in self.page.actions if (self.step.id, b.index) == wanted), None)
                if block is not None and not self._desk.running:
                    self._run(block)
            case Unreachable(error) if self._wanted is not None:
                self._wanted = None
                self.tutor.tell(error)

    def _began(self, block: ActionBlock) -> None:
        block.show(ActionState.RUNNING)
        block.scroll_visible(animate=False)
        self.set_class(self.one_pane, "-live")
        self.show_bar()
        self._show_live()
        self.refresh_bindings()
        if self._clock is not None:
            self._clock.resume()

    def _take(self) -> None:
        """Take what the run has told since the last frame. Called 30 times a second while something runs."""
        key = self._desk.running
        view = self._desk.take()
        if view is None:
            return
        if view.ended is not None:
            self._ended(view)
        if self._shown == key:
            self.query_one(LivePanel).show(view, self.words, view.clock(), self._desk.stopping)

    def _ended(self, view: RunView) -> None:
        if view.score is not None:
            self.tutor.record.predict(self._lesson, self.step.id, view.score.right, view.score.total)
        if self._clock is not None:
            self._clock.pause()
        for block in self.page.actions:
            self._show_state(block)
        self._show_kept_back()
        self.refresh_bindings()
        self.ask_running()
