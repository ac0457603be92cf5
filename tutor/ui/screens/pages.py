"""The pages of a lesson: which one is shown, how they are turned, and what fits beside them."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.style import Style

from tutor.course.lesson import Course, Lesson, Step
from tutor.ui.screen import TutorScreen, scroll
from tutor.ui.text import MUTED, join
from tutor.ui.widgets.live import LivePanel
from tutor.ui.widgets.page import LessonPage
from tutor.ui.widgets.stepbar import StepBar


class PagesScreen(TutorScreen):
    """A lesson to page through. What its pages can do is the lesson screen's business, told by the hooks at the end."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right", "turn(1)", "ui.key.next"),
        Binding("p,left", "turn(-1)", "ui.key.previous"),
        Binding("v", "switch_pane", "ui.key.view"),
        Binding("space", "page_on", "ui.key.page_on", show=False),
        Binding("home", "go(0)", "ui.key.first", show=False),
        Binding("end", "go(-1)", "ui.key.last", show=False),
        Binding("down,j", "scroll_page(1)", "ui.key.scroll", key_display="↑↓", show=False),
        Binding("up,k", "scroll_page(-1)", "ui.key.scroll", show=False),
        Binding("pagedown", "scroll_page(10)", "ui.key.scroll", show=False),
        Binding("pageup", "scroll_page(-10)", "ui.key.scroll", show=False),
    ]

    def __init__(self, lesson: Lesson, step_id: str) -> None:
        super().__init__()
        self._lesson = lesson
        ids = [step.id for step in lesson.steps]
        self._at = ids.index(step_id) if step_id in ids else 0
        self._picked: dict[str, tuple[int, ...]] = {}

    def compose_body(self) -> ComposeResult:
        yield StepBar()
        with Container(id="panes"):
            yield LessonPage()
            yield LivePanel()

    def on_mount(self) -> None:
        self.call_after_refresh(self.action_go, self._at)

    # What is shown

    @property
    def lesson(self) -> Lesson:
        return self._lesson

    @property
    def step(self) -> Step:
        return self._lesson.steps[self._at]

    @property
    def page(self) -> LessonPage:
        return self.query_one(LessonPage)

    def place(self) -> tuple[str, ...]:
        return (f"{self._lesson.number}  {self._lesson.title}",)

    def relabel(self) -> None:
        self.tutor.texts.want(self._relabel)

    def _relabel(self, course: Course) -> None:
        if not self.is_mounted:  # it was left while the lessons were read
            return
        step_id = self.step.id
        self._lesson = next((each for each in course.lessons if each.id == self._lesson.id), self._lesson)
        ids = [step.id for step in self._lesson.steps]
        self._at = ids.index(step_id) if step_id in ids else min(self._at, len(ids) - 1)
        super().relabel()
        self._show_page(keep_scroll=True)

    def _show_page(self, keep_scroll: bool = False) -> None:
        self.set_focus(None)
        self.page.show(self.step, self.words, lambda quiz: self._picked.get(quiz, ()), keep_scroll, self.kept_back())
        self.show_bar()
        self.page_shown()
        self.call_after_refresh(self.refresh_bindings)

    def show_bar(self) -> None:
        bar = self.query_one(StepBar)
        done = self.tutor.record.done.get(self._lesson.id, frozenset())
        bar.at = self._at
        bar.done = tuple(step.id in done for step in self._lesson.steps)
        bar.label = self.words("ui.lesson.step", at=self._at + 1, total=len(self._lesson.steps))
        bar.tabs = self._tabs()

    def _tabs(self) -> Content:
        if not self.one_pane:
            return Content()
        live = self.has_class("-live")
        pieces = []
        for name, here in (("ui.lesson.text", not live), ("ui.lesson.live", live)):
            style = "bold on $block-cursor-background" if here else MUTED
            tab = join((f" {self.words(name)} ", style))
            pieces.append(tab.stylize(Style.from_meta({"@click": "screen.switch_pane"})))
        return join(*pieces)

    @property
    def one_pane(self) -> bool:
        """True where only the text or the live panel has room: a terminal neither wide nor tall."""
        return self.size.width < 100 and self.size.height < 40

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        self.show_bars()
        self.show_bar()
        self.refresh_bindings()

    # Turning pages

    def action_go(self, index: int) -> None:
        self._at = index % len(self._lesson.steps)
        self.set_class(False, "-live")
        self._show_page()
        self.tutor.record.remember(self._lesson.id, self.step.id)

    def action_turn(self, by: int) -> None:
        if by > 0:
            self.page_left_forwards()
        if 0 <= self._at + by < len(self._lesson.steps):
            self.action_go(self._at + by)
        elif by > 0:
            self.lesson_ended()

    def action_page_on(self) -> None:
        if self.has_class("-live") or self.page.is_vertical_scroll_end:
            self.action_turn(1)
        else:
            self.page.scroll_page_down(animate=False)

    def action_scroll_page(self, rows: int) -> None:
        """Scroll the page, or where only the live panel has room the stages in it."""
        stages = self.query_one("#stages-scroll", VerticalScroll)
        pane = stages if self.has_class("-live") and stages.region else self.page
        scroll(pane, rows)

    def action_switch_pane(self) -> None:
        if self.one_pane:
            self.toggle_class("-live")
            self.show_bar()
            self.refresh_bindings()

    def action_stages(self) -> None:
        """Show builds as a graph of their stages, then as bars over time, then as a table of their steps again.

        It stays so on other pages.
        """
        panel = self.query_one(LivePanel)
        if panel.asks:
            return
        if not (self.one_pane and panel.picture and not self.has_class("-live")):
            panel.turn_picture()
        if self.one_pane and not self.has_class("-live"):
            self.action_switch_pane()
        self.page_shown()
        self.refresh_bindings()
        if panel.picture and panel.view is not None and panel.view.build is None:
            self.notify(self.words("ui.stages.none"), timeout=5, markup=False)

    def key_label(self, binding: Binding) -> str:
        if binding.action == "stages":
            names = {"": "ui.key.steps", "stages": "ui.key.stages", "times": "times.key.show"}
            return self.words(names[self.query_one(LivePanel).next_picture])
        return super().key_label(binding)

    def shown_keys(self) -> list[tuple[str, str, str]]:
        """The stages' key stands in the bottom row when there is a build to see."""
        view = self.query_one(LivePanel).view
        built = view is not None and view.build is not None
        return [key for key in super().shown_keys() if built or key[2] != "screen.stages"]

    # What the lesson screen adds

    def kept_back(self) -> int | None:
        """The action below which nothing is shown yet; None shows all."""
        return None

    def page_shown(self) -> None:
        """A page has been put on the screen."""

    def page_left_forwards(self) -> None:
        """The learner goes on from this page."""

    def lesson_ended(self) -> None:
        """The learner goes on from the last page."""
