"""A lesson: its steps as pages on the left, the engine's truth on the right."""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.style import Style
from textual.timer import Timer

from tutor.course.lesson import Lesson, Step
from tutor.course.session import LessonSession
from tutor.ui import figures
from tutor.ui.desk import Desk, Key
from tutor.ui.engine_state import Connected, Connecting, Unreachable
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.screen import TutorScreen
from tutor.ui.text import MUTED, join
from tutor.ui.widgets.blocks import ActionBlock, CodeBlock
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.page import LessonPage
from tutor.ui.widgets.quiz import QuizBlock
from tutor.ui.widgets.stepbar import StepBar

FRAMES_PER_SECOND = 30


class LessonScreen(TutorScreen):
    """One lesson. Enter always does the next thing: run, answer, or turn the page."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "ui.key.go_on", key_display="Enter"),
        Binding("escape", "leave", "ui.key.back", key_display="Esc"),
        Binding("n,right", "turn(1)", "ui.key.next"),
        Binding("p,left", "turn(-1)", "ui.key.previous"),
        Binding("v", "switch_pane", "ui.key.view"),
        Binding("o", "browse", "ui.key.browse"),
        Binding("y", "copy", "ui.key.copy"),
        Binding("tab", "app.focus_next", "ui.key.focus", key_display="Tab", show=False),
        Binding("space", "page_on", "ui.key.page_on", key_display="Space", show=False),
        Binding("home", "go(0)", "ui.key.first", key_display="Home", show=False),
        Binding("end", "go(-1)", "ui.key.last", key_display="End", show=False),
        Binding("down,j", "scroll_page(1)", "ui.key.scroll", key_display="↑ ↓", show=False),
        Binding("up,k", "scroll_page(-1)", "ui.key.scroll", show=False),
        Binding("pagedown", "scroll_page(10)", "ui.key.scroll", show=False),
        Binding("pageup", "scroll_page(-10)", "ui.key.scroll", show=False),
    ]

    def __init__(self, lesson: Lesson, step_id: str, session: LessonSession) -> None:
        super().__init__()
        self._lesson = lesson
        ids = [step.id for step in lesson.steps]
        self._at = ids.index(step_id) if step_id in ids else 0
        self._desk = Desk(session)
        self._picked: dict[str, tuple[int, ...]] = {}
        self._shown: Key | None = None
        self._wanted: Key | None = None
        """The action to run as soon as the engine is found."""
        self._clock: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield StepBar()
        with Container(id="panes"):
            yield LessonPage()
            yield LivePanel()

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._take, pause=True)
        self.call_after_refresh(self.action_go, self._at)

    def on_unmount(self) -> None:
        self._desk.stop()
        self.tutor.close_session(self._desk.session)

    # What is shown

    @property
    def lesson(self) -> Lesson:
        return self._lesson

    @property
    def step(self) -> Step:
        return self._lesson.steps[self._at]

    @property
    def desk(self) -> Desk:
        return self._desk

    @property
    def page(self) -> LessonPage:
        return self.query_one(LessonPage)

    def place(self) -> tuple[str, ...]:
        return (f"{self._lesson.number}  {self._lesson.title}",)

    def relabel(self) -> None:
        course = self.tutor.course
        if course is not None:
            step_id = self.step.id
            self._lesson = next((each for each in course.lessons if each.id == self._lesson.id), self._lesson)
            ids = [step.id for step in self._lesson.steps]
            self._at = ids.index(step_id) if step_id in ids else min(self._at, len(ids) - 1)
        super().relabel()
        self._show_page(keep_scroll=True)

    def _show_page(self, keep_scroll: bool = False) -> None:
        self.set_focus(None)
        self.page.show(self.step, self.words, lambda quiz: self._picked.get(quiz, ()), keep_scroll)
        for block in self.page.actions:
            self._show_state(block)
        self._show_bar()
        self._show_live()
        self.call_after_refresh(self.refresh_bindings)

    def _show_state(self, block: ActionBlock) -> None:
        run = self._desk.runs.get((self.step.id, block.index))
        if run is not None:
            note = figures.seconds(run.seconds(time.monotonic())) if run.ended is not None else ""
            block.show(run.state, note, run.failed_as_meant)

    def _show_bar(self) -> None:
        bar = self.query_one(StepBar)
        done = self.tutor.done.get(self._lesson.id, frozenset())
        bar.at = self._at
        bar.done = tuple(step.id in done for step in self._lesson.steps)
        bar.label = self.words("ui.lesson.step", at=self._at + 1, total=len(self._lesson.steps))
        bar.tabs = self._tabs()

    def _tabs(self) -> Content:
        if not self._one_pane:
            return Content()
        live = self.has_class("-live")
        pieces = []
        for name, here in (("ui.lesson.text", not live), ("ui.lesson.live", live)):
            style = "bold on $block-cursor-background" if here else MUTED
            tab = join((f" {self.words(name)} ", style))
            pieces.append(tab.stylize(Style.from_meta({"@click": "screen.switch_pane"})))
        return join(*pieces)

    @property
    def _one_pane(self) -> bool:
        """True where only the text or the live panel has room: a terminal neither wide nor tall."""
        return self.size.width < 100 and self.size.height < 40

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        self.show_bars()
        self._show_bar()
        self.refresh_bindings()

    def _show_live(self) -> None:
        """The panel shows what runs, else the last run of this page, else the last run shown."""
        panel = self.query_one(LivePanel)
        here = [key for key in self._desk.runs if key[0] == self.step.id]
        self._shown = self._desk.running or (here[-1] if here else self._shown)
        view = self._desk.runs.get(self._shown) if self._shown else None
        if view is not None:
            panel.show(view, self.words, time.monotonic())
        else:
            runs_here = any(self.step.actions)
            panel.clear(self.words, self.words("ui.live.empty_run" if runs_here else "ui.live.empty"))

    # Turning pages

    def action_go(self, index: int) -> None:
        self._at = index % len(self._lesson.steps)
        self.set_class(False, "-live")
        self._show_page()
        self.tutor.remember(self._lesson.id, self.step.id)

    def action_turn(self, by: int) -> None:
        if by > 0:
            self._finish_step()
        if 0 <= self._at + by < len(self._lesson.steps):
            self.action_go(self._at + by)
        elif by > 0:
            self.tutor.after_lesson(self._lesson)

    def _finish_step(self) -> None:
        """A step is done when the learner goes on from it; one with actions when they have run, or can't."""
        runs = (self._desk.runs.get((self.step.id, i)) for i in range(len(self.step.actions)))
        if isinstance(self.tutor.engine_state, Unreachable) or all(
            run is not None and run.state is ActionState.DONE for run in runs
        ):
            self.tutor.finish_step(self._lesson, self.step.id)

    def action_page_on(self) -> None:
        if self.has_class("-live") or self.page.is_vertical_scroll_end:
            self.action_turn(1)
        else:
            self.page.scroll_page_down(animate=False)

    def action_scroll_page(self, rows: int) -> None:
        if abs(rows) == 1:
            self.page.scroll_relative(y=rows, animate=False)
        elif rows > 0:
            self.page.scroll_page_down(animate=False)
        else:
            self.page.scroll_page_up(animate=False)

    def action_switch_pane(self) -> None:
        if self._one_pane:
            self.toggle_class("-live")
            self._show_bar()
            self.refresh_bindings()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "switch_pane":
                return self._one_pane
            case "browse":
                return bool(self._address())
            case _:
                return True

    def key_label(self, binding: Binding) -> str:
        match binding.action:
            case "go_on":
                return self.words(self._go_on_label())
            case "leave":
                return self.words("ui.key.cancel" if self._desk.running else "ui.key.back")
            case "switch_pane":
                return self.words("ui.key.view_text" if self.has_class("-live") else "ui.key.view_live")
            case _:
                return super().key_label(binding)

    def _go_on_label(self) -> str:
        if self._desk.running:
            return "ui.key.running"
        match self._next_thing():
            case ActionBlock() | QuizBlock() if self.has_class("-live"):
                return "ui.key.view_text"
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
            case ActionBlock() | QuizBlock() if self.has_class("-live"):
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
            self.tutor.answer(self._lesson, event.quiz, event.choice)
        self.refresh_bindings()

    def on_quiz_block_left(self, _event: QuizBlock.Left) -> None:
        self.set_focus(None)
        self.action_go_on()

    def _run(self, block: ActionBlock) -> None:
        key = (self.step.id, block.index)
        match self.tutor.engine_state:
            case Connected(engine, _):
                self.tutor.watch_job(self._desk.start(key, block.action, engine, self.words))
                self._began(block)
            case Connecting():
                self._wanted = key
            case Unreachable():
                self._wanted = key
                self.tutor.connect()

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
        self.set_class(self._one_pane, "-live")
        self._show_bar()
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
            self._ended()
        if self._shown == key:
            self.query_one(LivePanel).show(view, self.words, time.monotonic(), self._desk.stopping)

    def _ended(self) -> None:
        if self._clock is not None:
            self._clock.pause()
        for block in self.page.actions:
            self._show_state(block)
        self.refresh_bindings()

    def action_leave(self) -> None:
        if self._desk.running:
            self._desk.stop()
        elif self.focused is not None:
            self.set_focus(None)
        elif self.has_class("-live"):
            self.action_switch_pane()
        else:
            self.dismiss()

    def action_copy(self) -> None:
        block = self.focused if isinstance(self.focused, CodeBlock | ActionBlock) else self.page.to_copy()
        if block is not None:
            self.app.copy_to_clipboard(block.copy_text)
            first = block.copy_text.partition("\n")[0]
            self.notify(self.words("ui.lesson.copied", text=first), timeout=3, markup=False)

    def _address(self) -> str:
        view: RunView | None = self._desk.runs.get(self._shown) if self._shown else None
        return view.address if view is not None else ""

    def action_browse(self) -> None:
        address = self._address()
        if address:
            self.app.open_url(address)
            self.notify(self.words("ui.lesson.browsing", address=address), timeout=5, markup=False)
