"""A lesson: its steps as pages on the left, the engine's truth on the right."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

from tutor.course.actions import Action, BuildImage
from tutor.course.document import Code, Prose
from tutor.course.lesson import Lesson, Quiz, Step
from tutor.errors import TutorError
from tutor.ui import figures
from tutor.ui.engine_state import Connected, Connecting, Unreachable
from tutor.ui.jobs import Feed
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.screen import TutorScreen
from tutor.ui.text import MUTED, join
from tutor.ui.widgets.blocks import ActionBlock, CodeBlock
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.prose import ProseBlock
from tutor.ui.widgets.quiz import QuizBlock
from tutor.ui.widgets.stepbar import StepBar

FRAMES_PER_SECOND = 30


class LessonScreen(TutorScreen):
    """One lesson. Enter always does the next thing: run, answer, or turn the page."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "ui.key.go_on", key_display="Enter"),
        Binding("escape", "leave", "ui.key.back", key_display="Esc"),
        Binding("n,right", "turn(1)", "ui.key.next", key_display="N"),
        Binding("p,left", "turn(-1)", "ui.key.previous", key_display="P"),
        Binding("v", "switch_pane", "ui.key.view"),
        Binding("y", "copy", "ui.key.copy"),
        Binding("space", "page_on", "ui.key.page_on", key_display="Space", show=False),
        Binding("home", "go(0)", "ui.key.first", key_display="Home", show=False),
        Binding("end", "go(-1)", "ui.key.last", key_display="End", show=False),
        Binding("down,j", "scroll_page(1)", "ui.key.scroll", key_display="↑↓", show=False),
        Binding("up,k", "scroll_page(-1)", "ui.key.scroll", show=False),
        Binding("pagedown", "scroll_page(10)", "ui.key.scroll", show=False),
        Binding("pageup", "scroll_page(-10)", "ui.key.scroll", show=False),
    ]

    def __init__(self, lesson: Lesson, step_id: str = "") -> None:
        super().__init__()
        self._lesson = lesson
        ids = [step.id for step in lesson.steps]
        self._at = ids.index(step_id) if step_id in ids else 0
        self._runs: dict[tuple[str, int], RunView] = {}
        self._picked: dict[str, tuple[int, ...]] = {}
        self._feed: Feed[object] | None = None
        self._run_key: tuple[str, int] | None = None
        self._shown: tuple[str, int] | None = None
        self._waiting_for_engine: ActionBlock | None = None
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield StepBar()
        with Container(id="panes"):
            yield VerticalScroll(id="page", can_focus=False)
            yield LivePanel()

    def on_mount(self) -> None:
        super().on_mount()
        self._timer = self.set_interval(1 / FRAMES_PER_SECOND, self._take, pause=True)
        self.call_after_refresh(self.action_go, self._at)

    def on_unmount(self) -> None:
        self._stop()

    # What is shown

    @property
    def lesson(self) -> Lesson:
        return self._lesson

    @property
    def step(self) -> Step:
        return self._lesson.steps[self._at]

    def place(self) -> tuple[str, ...]:
        return (f"{self._lesson.number}  {self._lesson.title}",)

    def relabel(self) -> None:
        course = self.tutor.course
        if course is not None:
            self._lesson = next((each for each in course.lessons if each.id == self._lesson.id), self._lesson)
            self._at = min(self._at, len(self._lesson.steps) - 1)
        super().relabel()
        self._show_page(keep_scroll=True)

    def _show_page(self, keep_scroll: bool = False) -> None:
        page = self.query_one("#page", VerticalScroll)
        with self.app.batch_update():
            self.set_focus(None)
            page.remove_children()
            page.mount(*self._blocks(self.step))
            if not keep_scroll:
                page.scroll_home(animate=False, immediate=True)
            self._show_bar()
            self._show_live()
        self.refresh_bindings()

    def _blocks(self, step: Step) -> Iterator[Widget]:
        """The page's widgets: runs of prose merged, one focusable widget for each code block, action and quiz."""
        prose: list[Prose] = []
        title = step.title
        actions = 0
        for block in (*step.blocks, None):
            if block is not None and not isinstance(block, Code | Action | Quiz):
                prose.append(block)
                continue
            if prose or title:
                yield ProseBlock(prose, title)
                prose, title = [], ""
            match block:
                case Code():
                    yield CodeBlock(block, self.words)
                case Action():
                    yield self._action_block(step, block, actions)
                    actions += 1
                case Quiz():
                    yield QuizBlock(block, self.words, self._picked.get(block.id, ()))

    def _action_block(self, step: Step, action: Action, index: int) -> ActionBlock:
        block = ActionBlock(action, index, self.words)
        run = self._runs.get((step.id, index))
        if run is not None:
            block.show(run.state, self._note(run))
        return block

    def _note(self, run: RunView) -> str:
        return figures.seconds(run.seconds(time.monotonic())) if run.ended is not None else ""

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
        """The panel shows what runs, else the last run of this page, else the last run at all."""
        panel = self.query_one(LivePanel)
        keys = [key for key in self._runs if key[0] == self.step.id]
        self._shown = self._run_key or (keys[-1] if keys else self._shown)
        view = self._runs.get(self._shown) if self._shown else None
        if view is not None:
            panel.show(view, self.words, time.monotonic())
            return
        action = self._next_block()
        told = "ui.live.empty_run" if isinstance(action, ActionBlock) else "ui.live.empty"
        panel.clear(self.words, self.words(told))

    # Turning pages

    def action_go(self, index: int) -> None:
        count = len(self._lesson.steps)
        self._at = index % count if index >= -1 else 0
        self.set_class(False, "-live")
        self._show_page()
        self.tutor.remember(self._lesson.id, self.step.id)

    def action_turn(self, by: int) -> None:
        if by > 0:
            self._finish_step()
        if not 0 <= self._at + by < len(self._lesson.steps):
            if by > 0:
                self._end_of_lesson()
            return
        self.action_go(self._at + by)

    def _finish_step(self) -> None:
        """A step is done when the learner goes on from it; one with actions when they have run, or can't."""
        no_engine = isinstance(self.tutor.engine_state, Unreachable)
        ran = all(
            (run := self._runs.get((self.step.id, i))) is not None and run.state is ActionState.DONE
            for i in range(len(self.step.actions))
        )
        if ran or no_engine:
            self.tutor.finish_step(self._lesson, self.step.id)
            self._show_bar()

    def _end_of_lesson(self) -> None:
        course = self.tutor.course
        lessons = course.lessons if course else ()
        ids = [lesson.id for lesson in lessons]
        at = ids.index(self._lesson.id) if self._lesson.id in ids else len(ids)
        if at + 1 < len(ids):
            self.tutor.open_lesson(ids[at + 1])
        else:
            self.dismiss()

    def action_page_on(self) -> None:
        page = self.query_one("#page", VerticalScroll)
        if self.has_class("-live") or page.is_vertical_scroll_end:
            self.action_turn(1)
        else:
            page.scroll_page_down(animate=False)

    def action_scroll_page(self, rows: int) -> None:
        page = self.query_one("#page", VerticalScroll)
        if abs(rows) > 1:
            (page.scroll_page_down if rows > 0 else page.scroll_page_up)(animate=False)
        else:
            page.scroll_relative(y=rows, animate=False)

    def action_switch_pane(self) -> None:
        if self._one_pane:
            self.toggle_class("-live")
            self._show_bar()
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "switch_pane":
            return self._one_pane
        return True

    def key_label(self, binding: Binding) -> str:
        words = self.words
        match binding.action:
            case "go_on":
                return words(self._go_on_label())
            case "leave":
                return words("ui.key.cancel" if self._run_key else "ui.key.back")
            case "switch_pane":
                return words("ui.key.view_text" if self.has_class("-live") else "ui.key.view_live")
            case _:
                return super().key_label(binding)

    def _go_on_label(self) -> str:
        if isinstance(self.focused, CodeBlock | ActionBlock):
            block: Widget | None = self.focused if isinstance(self.focused, ActionBlock) else self._next_block()
        else:
            block = self._next_block()
        if self._run_key:
            return "ui.key.running"
        if isinstance(block, ActionBlock):
            return "ui.key.run" if block.state is ActionState.READY else "ui.key.run_again"
        if isinstance(block, QuizBlock):
            return "ui.key.answer"
        return "ui.key.next_section" if self._at == len(self._lesson.steps) - 1 else "ui.key.next_step"

    # Doing things

    def _next_block(self) -> ActionBlock | QuizBlock | None:
        """The first thing on this page that is still to be done."""
        for block in self.query_one("#page").children:
            if isinstance(block, ActionBlock) and block.state in (ActionState.READY, ActionState.CANCELLED):
                return block
            if isinstance(block, QuizBlock) and not block.answered:
                return block
        return None

    def action_go_on(self) -> None:
        if self._run_key:
            self.notify(self.words("ui.lesson.busy"), timeout=3, markup=False)
            return
        block = self.focused if isinstance(self.focused, ActionBlock) else self._next_block()
        match block:
            case ActionBlock():
                self._run(block)
            case QuizBlock():
                block.focus()
            case _:
                self.action_turn(1)

    def on_action_block_chosen(self, event: ActionBlock.Chosen) -> None:
        if not self._run_key:
            self._run(event.block)

    def on_quiz_block_answered(self, event: QuizBlock.Answered) -> None:
        block = event.block
        self._picked[event.quiz.id] = block.picked
        right = event.quiz.choices[event.choice].right
        lesson, progress = self._lesson, self.tutor.progress
        if event.first:
            self.tutor.do(lambda: progress.answer(lesson, event.quiz.id, event.choice, right), lambda _: None)
        self.refresh_bindings()

    def on_quiz_block_left(self, _event: QuizBlock.Left) -> None:
        self.set_focus(None)
        self.action_go_on()

    def _run(self, block: ActionBlock) -> None:
        match self.tutor.engine_state:
            case Connected(engine, _):
                build_id = uuid.uuid4().hex
                on_stop = (lambda: engine.cancel(build_id)) if isinstance(block.action, BuildImage) else None
                feed: Feed[object] = Feed("action", on_stop)
                key = (self.step.id, block.index)
                self._runs.pop(key, None)
                self._runs[key] = RunView(block.action, time.monotonic())
                self._feed, self._run_key = feed, key
                self.tutor.watch_job(feed.job)
                feed.start(lambda: self.tutor.parts.run(block.action, engine, build_id))
                self._began(block)
            case Connecting():
                self._waiting_for_engine = block
            case Unreachable(error):
                self.tutor.tell(error)
                self._waiting_for_engine = block
                self.tutor.connect()

    def engine_changed(self) -> None:
        super().engine_changed()
        block, self._waiting_for_engine = self._waiting_for_engine, None
        if block is not None and block.is_attached and isinstance(self.tutor.engine_state, Connected):
            self._run(block)
        elif isinstance(self.tutor.engine_state, Connecting):
            self._waiting_for_engine = block

    def _began(self, block: ActionBlock) -> None:
        block.show(ActionState.RUNNING)
        self.set_class(self._one_pane, "-live")
        self._show_bar()
        self._show_live()
        self.refresh_bindings()
        if self._timer is not None:
            self._timer.resume()

    def _take(self) -> None:
        """Take what the run has told since the last frame. Runs 30 times a second while something runs."""
        feed, key = self._feed, self._run_key
        if feed is None or key is None:
            return
        view, now = self._runs[key], time.monotonic()
        for event in feed.take():
            view.see(event, now)
        if feed.ended:
            self._ended(view, feed.error, now)
        if self._shown == key:
            self.query_one(LivePanel).show(view, self.words, now)

    def _ended(self, view: RunView, error: TutorError | None, now: float) -> None:
        feed, key = self._feed, self._run_key
        assert feed is not None
        view.end(now, error, cancelled=feed.job.stopped.is_set())
        self._feed = self._run_key = None
        if self._timer is not None:
            self._timer.pause()
        for block in self.query(ActionBlock):
            if key == (self.step.id, block.index):
                block.show(view.state, self._note(view))
        self.refresh_bindings()
        self.show_bars()

    def _stop(self) -> None:
        if self._feed is not None:
            self._feed.job.stop()

    def action_leave(self) -> None:
        if self._run_key:
            self._stop()
        elif self.focused is not None:
            self.set_focus(None)
        elif self.has_class("-live"):
            self.action_switch_pane()
        else:
            self.dismiss()

    def action_copy(self) -> None:
        block = self.focused if isinstance(self.focused, CodeBlock | ActionBlock) else self._first_to_copy()
        if block is not None:
            self.app.copy_to_clipboard(block.copy_text)
            first = block.copy_text.partition("\n")[0]
            self.notify(self.words("ui.lesson.copied", text=first), timeout=3, markup=False)

    def _first_to_copy(self) -> CodeBlock | ActionBlock | None:
        blocks = [b for b in self.query_one("#page").children if isinstance(b, CodeBlock | ActionBlock)]
        return next((b for b in blocks if isinstance(b, ActionBlock)), blocks[0] if blocks else None)
