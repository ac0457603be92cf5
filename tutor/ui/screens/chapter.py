"""The first screen: what this is, where the learner stands, whether a live engine is there, and one key to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.ui.engine_state import Connected, Connecting, Unreachable, engine_label, live_engine
from tutor.ui.screen import TutorScreen
from tutor.ui.text import MUTED, join, lines, styled, wrapped
from tutor.ui.widgets.sections import SectionList
from tutor.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tutor.builds.engine import Engine
    from tutor.course.contents import Section


class ChapterScreen(TutorScreen):
    """The sections on the left, the chosen one's steps on the right where there is room, the engine below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "exercise", "ui.key.exercise"),
        Binding("r", "containers", "ui.key.containers", show=False),
        Binding("c", "connect", "ui.key.connect", show=False),
    ]

    def compose_body(self) -> ComposeResult:
        yield Static(self._title_text(), id="title", markup=False)
        yield Container(id="columns")
        engine = Static(self._engine_text(), id="engine", markup=False)
        engine.border_title = self.words("ui.engine.title")
        yield engine

    def on_mount(self) -> None:
        self.call_after_refresh(self._mount_sections)

    async def _mount_sections(self) -> None:
        """Fill in what the first paint didn't wait for."""
        sections = SectionList()
        await self.query_one("#columns").mount(
            VerticalScroll(sections, id="list", can_focus=False),
            VerticalScroll(AboutSection(), id="about", can_focus=False),
        )
        sections.focus()  # not looked up: an app that is quit meanwhile has it no more
        self._show_sections()

    def on_screen_resume(self) -> None:
        self._show_sections()

    def relabel(self) -> None:
        super().relabel()
        self.query_one("#title", Static).update(self._title_text())
        self._show_sections()
        self._show_engine()

    def _title_text(self) -> Content:
        title = self.tutor.texts.title or self.words("ui.chapter.title")
        return lines([styled(title, "bold $primary"), styled(self.words("ui.chapter.tagline"), MUTED)])

    def _show_sections(self) -> None:
        chapter, record = self.tutor.texts.sections, self.tutor.record
        sections = self.query(SectionList)
        if chapter and sections:
            here = record.place[0] if record.place else None
            sections.first().show(chapter, record.done, record.best, self.words, here)

    def on_resize(self) -> None:
        for sections in self.query(SectionList):
            sections.redraw()  # how roomy it is depends on the terminal's size, not only on its own width
        self.show_bars()

    def engine_changed(self) -> None:
        super().engine_changed()
        self._show_engine()

    def _show_engine(self) -> None:
        box = self.query_one("#engine", Static)
        box.border_title = self.words("ui.engine.title")
        state = self.tutor.engine_state
        box.set_class(isinstance(state, Unreachable), "-missing")
        box.update(self._engine_text())

    def _engine_text(self) -> Content:
        words = self.words
        match self.tutor.engine_state:
            case Connecting():
                return lines([engine_label(self.tutor.engine_state, words, short=True), Content()])
            case Connected(engine, facts):
                sign = ("● ", "$success") if facts.live else ("◇ ", "$warning")
                figures = join(
                    (f"Docker {facts.version}", "bold"),
                    (f"  {words('ui.engine.builder')} ", MUTED),
                    words(f"ui.builder.{facts.builder}"),
                    (f"  {words('ui.engine.store')} ", MUTED),
                    facts.store,
                )
                if facts.live:
                    told = [styled(words("ui.engine.live"), MUTED)]
                    return lines([join(sign, figures, (f"  {facts.host}", MUTED)), *told])
                played = words("recordings.engine.played", date=facts.recorded_on)
                return lines([join(sign, figures), styled(played, MUTED), *self._missing_rows(engine)])
            case Unreachable(error):
                message, hint = words.told(error.message), words.told(error.hint)
                return lines([join(("✗ ", "bold $error"), (message, "bold")), Content(hint)])

    def _missing_rows(self, engine: Engine) -> list[Content]:
        """Why recordings are played, and the next step to a live engine."""
        from tutor.course.recordings.engine import RecordedEngine

        if not isinstance(engine, RecordedEngine) or engine.missing is None:
            return []
        words, missing = self.words, engine.missing
        again = words("recordings.engine.again")
        return [Content(words.told(missing.message)), Content(f"{words.told(missing.hint)}  {again}")]

    def key_label(self, binding: Binding) -> str:
        sections = self.query(SectionList)
        section = sections.first().section if sections else None
        if binding.action == "open" and section is not None:
            done = len(self.tutor.record.done.get(section.id, ()))
            return self.words("ui.key.go_on" if 0 < done < len(section.steps) else "ui.key.open")
        return super().key_label(binding)

    @property
    def _exercise(self) -> str:
        """The exercise of the section under the cursor, or ""."""
        sections = self.query(SectionList)
        section = sections.first().section if sections else None
        return section.exercise if section else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "exercise":
                return bool(self._exercise)
            case "containers":
                return live_engine(self.tutor.engine_state) is not None
            case _:
                return True

    def action_exercise(self) -> None:
        self.tutor.open_exercise(self._exercise)

    def action_connect(self) -> None:
        self.tutor.connect()

    def on_section_list_chosen(self, event: SectionList.Chosen) -> None:
        self.query_one(AboutSection).show(event.section, self.tutor.record.done.get(event.section.id, frozenset()))
        self.refresh_bindings()

    def on_section_list_opened(self, event: SectionList.Opened) -> None:
        self.tutor.open_lesson(event.section.id)


class AboutSection(Sheet):
    """The chosen section: its summary and its steps, those that are done marked."""

    def __init__(self) -> None:
        super().__init__(id="about-section")
        self._section: Section | None = None
        self._done: frozenset[str] = frozenset()

    def show(self, section: Section, done: frozenset[str]) -> None:
        self._section, self._done = section, done
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        section = self._section
        if section is None:
            return []
        rows = wrapped(styled(f"{section.number}  {section.title}", "bold $primary"), width, "", "   ")
        rows += [Content(), *wrapped(Content(section.summary), width), Content()]
        for i, step in enumerate(section.steps, 1):
            done = step.id in self._done
            mark = styled("✓ " if done else "· ", "$success" if done else MUTED)
            rows += wrapped(
                styled(step.title, "" if done else "$foreground 85%"), width, join(mark, (f"{i:>2}  ", MUTED)), " " * 6
            )
        return rows
