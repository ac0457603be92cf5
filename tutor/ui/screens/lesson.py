"""A lesson: its steps as pages on the left, the engine's truth on the right."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.timer import Timer

from tutor.builds.engine import Engine
from tutor.builds.steps import Builder
from tutor.course.actions import BuildImage
from tutor.course.lesson import Lesson
from tutor.course.recordings.player import Pace
from tutor.course.session import LessonSession
from tutor.errors import TutorError
from tutor.ui import figures
from tutor.ui.desk import Coming, Desk, Key
from tutor.ui.engine_state import Connected, Connecting, Unreachable, live_engine, player
from tutor.ui.foresight import Foresight
from tutor.ui.prediction import Prediction
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.screens.pages import PagesScreen
from tutor.ui.widgets.blocks import ActionBlock, CodeBlock
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.predict import PredictBoard
from tutor.ui.widgets.quiz import QuizBlock

FRAMES_PER_SECOND = 30


class LessonScreen(PagesScreen):
    """One lesson. Enter always does the next thing: run, answer, or turn the page."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "ui.key.go_on"),
        Binding("escape", "leave", "ui.key.back"),
        Binding("b", "stages", "ui.key.stages"),
        Binding("s", "skip", "recordings.key.skip"),
        Binding("f", "pace", "recordings.key.pace"),
        Binding("o", "browse", "ui.key.browse"),
        Binding("x", "exercise", "ui.key.exercise"),
        Binding("y", "copy", "ui.key.copy"),
        Binding("r", "containers", "ui.key.containers", show=False),
        Binding("tab", "app.focus_next", "ui.key.focus", show=False),
    ]

    def __init__(self, lesson: Lesson, step_id: str, session: LessonSession, foresight: Foresight) -> None:
        super().__init__(lesson, step_id)
        self._desk = Desk(session, foresight)
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
        self._asked = None
        for block in self.page.actions:
            self._show_state(block)
        self._show_live()

    def _show_state(self, block: ActionBlock) -> None:
        run = self._desk.runs.get((self.step.id, block.index))
        if run is not None:
            note = figures.seconds(run.seconds(run.clock())) if run.ended is not None else ""
            block.show(run.state, note, run.failed_as_meant)

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
            panel.clear(self.words, self.words("ui.stages.none" if panel.shows_stages else told))

    def page_left_forwards(self) -> None:
        """A step is done when the learner goes on from it; one with actions when they have run, or can't."""
        runs = (self._desk.runs.get((self.step.id, i)) for i in range(len(self.step.actions)))
        if isinstance(self.tutor.engine_state, Unreachable) or all(
            run is not None and run.state is ActionState.DONE for run in runs
        ):
            self.tutor.record.finish(self._lesson, self.step.id)

    def lesson_ended(self) -> None:
        self.tutor.after_lesson(self._lesson)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "switch_pane":
                return self.one_pane
            case "browse":
                return bool(self._address())
            case "exercise":
                return bool(self._lesson.exercise)
            case "containers":
                return live_engine(self.tutor.engine_state) is not None
            case "pace":
                return player(self.tutor.engine_state) is not None
            case "skip":
                run = self._desk.runs.get(self._desk.running) if self._desk.running else None
                return run is not None and run.recorded
            case _:
                return True

    def key_label(self, binding: Binding) -> str:
        match binding.action:
            case "go_on":
                return self.words(self._go_on_label())
            case "pick" if isinstance(self.focused, QuizBlock) and self.focused.goes_on:
                return self.words(self._go_on_label())
            case "leave":
                return self.words("ui.key.cancel" if self._desk.running else "ui.key.back")
            case "pace":
                plays = player(self.tutor.engine_state)
                return self.words(f"recordings.key.{'real' if plays and plays.pace is not Pace.REAL else 'fast'}")
            case "switch_pane":
                return self.words("ui.key.view_text" if self.has_class("-live") else "ui.key.view_live")
            case _:
                return super().key_label(binding)

    def _go_on_label(self) -> str:
        if self._desk.running:
            return "ui.key.running"
        match self._next_thing():
            case ActionBlock() | QuizBlock() if self.has_class("-live"):
                return "ui.key.read_on"
            case ActionBlock(state=ActionState.READY):
                return "ui.key.run"
            case ActionBlock():
                return "ui.key.run_again"
            case QuizBlock():
                return "ui.key.answer"
            case _:
                return "ui.key.next_section" if self._at == len(self._lesson.steps) - 1 else "ui.key.next_step"

    # Doing things

    def _next_thing(self) -> ActionBlock | QuizBlock | None:
        """What Enter does next on this page: the focused command, else the first thing still to be done."""
        return self.focused if isinstance(self.focused, ActionBlock) else self.page.to_do()

    def action_go_on(self) -> None:
        if self._desk.running:
            self.notify(self.words("ui.lesson.busy"), timeout=3, markup=False)
            return
        match self._next_thing():
            case ActionBlock() | QuizBlock() if self.has_class("-live") and self._asked is None:
                self.action_switch_pane()  # read what comes before doing it
            case ActionBlock() as block:
                self._run(block)
            case QuizBlock() as quiz:
                quiz.focus()
            case _:
                self.action_turn(1)

    def on_action_block_chosen(self, event: ActionBlock.Chosen) -> None:
        if not self._desk.running:
            self._run(event.block)

    def on_quiz_block_answered(self, event: QuizBlock.Answered) -> None:
        self._picked[event.quiz.id] = event.block.picked
        if event.first:
            self.tutor.record.answer(self._lesson, event.quiz, event.choice)
        self.refresh_bindings()

    def on_quiz_block_left(self, _event: QuizBlock.Left) -> None:
        self.set_focus(None)
        self.action_go_on()

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
        self.refresh_bindings()
        self.ask_running()

    def action_leave(self) -> None:
        if self._desk.running:
            self._desk.stop()
        elif self._asked is not None:
            self._asked = None
            self.set_focus(None)
            self.set_class(False, "-live")
            self.show_bar()
            self._show_live()
            self.refresh_bindings()
        elif self.focused is not None:
            self.set_focus(None)
        elif self.has_class("-live"):
            self.action_switch_pane()
        else:
            self.dismiss()

    def action_skip(self) -> None:
        if plays := player(self.tutor.engine_state):
            plays.skip()

    def action_pace(self) -> None:
        """As fast as it was, or four times as fast."""
        if plays := player(self.tutor.engine_state):
            plays.pace = Pace.FAST if plays.pace is Pace.REAL else Pace.REAL
            self.refresh_bindings()

    def action_copy(self) -> None:
        block = self.focused if isinstance(self.focused, CodeBlock | ActionBlock) else self.page.to_copy()
        if block is not None:
            self.app.copy_to_clipboard(block.copy_text)
            first = block.copy_text.partition("\n")[0]
            self.notify(self.words("ui.lesson.copied", text=first), timeout=3, markup=False)

    def _address(self) -> str:
        view: RunView | None = self._desk.runs.get(self._shown) if self._shown else None
        return view.address if view is not None else ""

    def action_exercise(self) -> None:
        self.tutor.open_exercise(self._lesson.exercise)

    def action_browse(self) -> None:
        address = self._address()
        if address:
            self.app.open_url(address)
            self.notify(self.words("ui.lesson.browsing", address=address), timeout=5, markup=False)
