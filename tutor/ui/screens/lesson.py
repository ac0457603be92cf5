"""A lesson: its steps as pages on the left, the engine's truth on the right."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tutor.course.actions import BuildImage
from tutor.course.recordings.player import Pace
from tutor.ui.engine_state import Unreachable, live_engine, player
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.screens.runs import RunsScreen
from tutor.ui.widgets.blocks import ActionBlock, CodeBlock
from tutor.ui.widgets.quiz import QuizBlock


class LessonScreen(RunsScreen):
    """One lesson. Enter always does the next thing: run, answer, or turn the page."""

    CSS_PATH = "lesson.tcss"
    SIGNS: ClassVar[tuple[str, ...]] = ("run", "step", "predict", "engine")
    VERTICAL_BREAKPOINTS = [(0, "-low"), (40, "-tall"), (50, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "ui.key.go_on"),
        Binding("escape", "leave", "ui.key.back"),
        Binding("b", "stages", "times.key.pictures"),
        Binding("i", "layers", "layers.key.show"),
        Binding("s", "skip", "recordings.key.skip"),
        Binding("f", "pace", "recordings.key.pace"),
        Binding("o", "browse", "ui.key.browse"),
        Binding("x", "exercise", "ui.key.exercise"),
        Binding("y", "copy", "ui.key.copy"),
        Binding("r", "containers", "ui.key.containers", show=False),
        Binding("tab", "app.focus_next", "ui.key.focus", show=False),
    ]

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
            case "layers":
                return bool(self._image()) and live_engine(self.tutor.engine_state) is not None
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

    def _image(self) -> str:
        view: RunView | None = self._desk.runs.get(self._shown) if self._shown else None
        return view.image[0] if view is not None else ""

    def action_layers(self) -> None:
        """Look into the image that the live panel is about."""
        from tutor.ui.screens.layers import LayersScreen, Picture

        engine, view = live_engine(self.tutor.engine_state), self._desk.runs.get(self._shown) if self._shown else None
        if engine is None or view is None or not view.image[0]:
            return
        reference, name = view.image
        build, action = view.build, view.action
        dockerfile = build.started.dockerfile if build is not None and build.started is not None else None
        target = action.target if isinstance(action, BuildImage) else ""
        self.tutor.push_screen(LayersScreen(engine, Picture(reference, name, dockerfile, target), self.place()))

    def action_exercise(self) -> None:
        self.tutor.open_exercise(self._lesson.exercise)

    def action_browse(self) -> None:
        address = self._address()
        if address:
            self.app.open_url(address)
            self.notify(self.words("ui.lesson.browsing", address=address), timeout=5, markup=False)
