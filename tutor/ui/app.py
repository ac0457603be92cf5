"""The app: opens the screens, keeps the texts, the language and the engine's state, and lets nothing run on."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.screen import Screen

from tutor.errors import NoEngine, TutorError
from tutor.language import LANGUAGES, Words
from tutor.ui import jobs, themes
from tutor.ui.course_texts import CourseTexts, Texts
from tutor.ui.engine_state import Connected, Connecting, EngineState, Unreachable, live_engine, looked_for
from tutor.ui.palette import commands
from tutor.ui.parts import Parts
from tutor.ui.record import Kept, Record, read
from tutor.ui.screen import TutorScreen
from tutor.ui.screens.chapter import ChapterScreen
from tutor.ui.terminal import on_signals, tolerant
from tutor.ui.widgets.topbar import TopBar

if TYPE_CHECKING:  # the first screen needn't wait for these
    from tutor.course.lesson import Course, Lesson
    from tutor.course.session import LessonSession
    from tutor.ui.foresight import Foresight
    from tutor.ui.running import Running

T = TypeVar("T")

_CLEANING_UP_SECONDS = 10.0
"""How long the exit waits for running builds and containers to be ended."""


def _load(texts: CourseTexts, parts: Parts, language: str) -> tuple[Texts, Kept]:
    """What is read from files at the start."""
    found = texts.read(language, with_course=False)
    return found, read(parts.progress(), found.contents)


class TutorApp(App[int]):
    """`diamol-tutor` in a terminal."""

    TITLE = "diamol-tutor"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/chapter.tcss"]
    """The first screen's styles are read with the app's: read on their own they cost a second parsing of all styles."""
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-broad")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (40, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "ui.key.search"),
        Binding("L", "language", "ui.key.language"),
        Binding("t", "theme", "ui.key.theme"),
        Binding("ctrl+p", "command_palette", "ui.key.palette", show=False, priority=True),
        Binding("q", "quit", "ui.key.quit"),
        Binding("ctrl+q", "quit", "ui.key.quit", show=False, priority=True),
        Binding("question_mark", "help", "ui.key.help"),
    ]

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.parts = parts
        self.words = Words(parts.language)
        self.texts = CourseTexts(parts, self.do, self.tell)
        self.engine_state: EngineState = Connecting()
        self.record = Record(lambda error: self.call_later(self.tell, error))
        self._sessions: list[LessonSession] = []
        self._builds: Foresight | None = None
        self.running: Running | None = None
        """What of the tutor's stands on the engine, as it was told last."""
        self.jobs: list[jobs.Job] = []
        """All work in threads that may still be going on."""
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        self.theme = parts.theme if parts.theme in self.available_themes else themes.DARK.name

    def get_driver_class(self) -> type[Driver]:
        return tolerant(super().get_driver_class())

    def get_default_screen(self) -> Screen[None]:
        return ChapterScreen()

    def on_load(self) -> None:
        if not self.is_headless:
            on_signals(lambda status: self.exit(return_code=status))

    def on_ready(self) -> None:
        gc.collect()  # it was off since the start: what is garbage by now must not be kept for ever
        gc.freeze()  # what was imported for the first paint stays; the collector needn't look at it again
        gc.enable()
        self.call_after_refresh(self._load)

    # Loading: after the first paint, in threads

    def _load(self) -> None:
        """The texts first, then the engine: two threads that import at once leave 1 MB more behind (measured)."""

        def failed(error: TutorError) -> None:
            self.tell(error)
            self.connect()

        self.do(partial(_load, self.texts, self.parts, self.words.language), self._loaded, failed)

    def _loaded(self, loaded: tuple[Texts, Kept]) -> None:
        self.texts.at_hand, kept = loaded
        self.record.open(kept)
        self._relabel()
        self.connect()

    def do(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[TutorError], object] | None = None,
    ) -> jobs.Job:
        """Do blocking work in a thread; without `failed`, a failure is told in a corner of the screen."""
        job = jobs.start(self, work, done, failed or self.tell)
        return self.watch_job(job)

    def watch_job(self, job: jobs.Job) -> jobs.Job:
        """Have the exit stop this job and wait for its cleaning up."""
        self.jobs = [*(j for j in self.jobs if j.alive), job]
        return job

    def tell(self, error: TutorError) -> None:
        """A failure as a sentence with its next step."""
        message, hint = self.words.told(error.message), self.words.told(error.hint)
        self.notify(hint, title=message, severity="error", timeout=10, markup=False)

    def connect(self) -> None:
        """Look for the engine, in a thread."""
        self._set_engine(Connecting())

        def work() -> Connected:
            engine = self.parts.connect()
            return Connected(engine, engine.facts())

        self.do(work, self._set_engine, lambda error: self._set_engine(Unreachable(error)))

    def _set_engine(self, state: EngineState) -> None:
        if state == self.engine_state:
            return
        self.engine_state = state
        for screen in self.tutor_screens():
            screen.engine_changed()

    def engine_lost(self, error: NoEngine) -> None:
        """The live engine has stopped answering: say so once, and look for it until it answers again."""
        if live_engine(self.engine_state) is None:
            return
        self._set_engine(Unreachable(error))
        self.tell(NoEngine(error.message, self.words("ui.engine.lost_hint")))
        self.watch_job(jobs.follow(self, partial(looked_for, self.parts.connect), self._found_again, self.tell, "look"))

    def _found_again(self, state: Connected) -> None:
        if live_engine(self.engine_state) is None:
            self._set_engine(state)
            self.notify(self.words("ui.engine.found_again"), timeout=5, markup=False)

    def see_running(self, running: Running | None) -> None:
        """The engine has told what stands on it."""
        if running != self.running:
            self.running = running
            for screen in self.tutor_screens():
                screen.show_bars()

    def tutor_screens(self) -> list[TutorScreen]:
        """The open ones; one that is being taken down has lost its widgets before it is unmounted."""
        open_ones = (s for s in self.screen_stack if isinstance(s, TutorScreen) and s.is_mounted)
        return [screen for screen in open_ones if screen.query(TopBar)]

    # Actions of every screen

    def action_language(self) -> None:
        codes = list(LANGUAGES)
        wanted = codes[(codes.index(self.words.language) + 1) % len(codes)]
        in_use = self.texts.course is not None

        def loaded(found: Texts) -> None:
            self.words = Words(wanted)
            self.texts.at_hand = found
            self._relabel()
            self.record.prefer("language", wanted)

        self.do(partial(self.texts.read, wanted, with_course=in_use), loaded)

    def _relabel(self) -> None:
        for screen in self.tutor_screens():
            screen.relabel()

    def action_theme(self) -> None:
        self.theme = themes.LIGHT.name if self.current_theme.dark else themes.DARK.name
        self.record.prefer("theme", self.theme)

    def action_search(self) -> None:
        from tutor.ui.screens.search import SearchScreen

        self.texts.want(lambda course: self.push_screen(SearchScreen(course, self.words), self._go_to))

    def _go_to(self, place: tuple[str, str] | None) -> None:
        if place is not None:
            self.open_lesson(*place)

    def open_lesson(self, lesson_id: str, step_id: str = "") -> None:
        """Show a lesson at a step; an open lesson is replaced."""

        def show(course: Course) -> None:
            lesson = next((each for each in course.lessons if each.id == lesson_id), None)
            if lesson is not None:
                self._show_lesson(lesson, step_id)

        self.texts.want(show)

    def _show_lesson(self, lesson: Lesson, step_id: str) -> None:
        from tutor.ui.screens.lesson import LessonScreen

        screen = LessonScreen(
            lesson, step_id or self.record.first_step(lesson), self._open_session(lesson), self._foresight()
        )
        if isinstance(self.screen, LessonScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _open_session(self, lesson: Lesson) -> LessonSession:
        """A new session; edits that an earlier one left in the learner's copies are undone."""
        from tutor.course.session import LessonSession

        session = LessonSession(self.parts.workspace)
        self._sessions.append(session)
        self.do(lambda: session.restore(lesson), lambda _: None)
        return session

    def _foresight(self) -> Foresight:
        """One for all lessons: a build of one is remembered in the next."""
        from tutor.ui.foresight import Foresight

        self._builds = self._builds or Foresight(self.parts.inputs)
        return self._builds

    def close_session(self, session: LessonSession) -> None:
        """Undo the session's edits, in a thread."""
        if session in self._sessions:
            self._sessions.remove(session)
            self.do(session.close, lambda _: None)

    def after_lesson(self, lesson: Lesson) -> None:
        """Where the end of a lesson leads: its exercise, else the next lesson, else the chapter."""
        later = [each for each in self.texts.sections if each.number > lesson.number]
        if lesson.exercise:
            self.open_exercise(lesson.exercise)
        elif later:
            self.open_lesson(later[0].id)
        else:
            self.screen.dismiss()

    def open_exercise(self, exercise_id: str) -> None:
        """Show an exercise; an open lesson is left, so that its end and the exercise's are the same: the chapter."""
        from tutor.ui.screens.exercise import ExerciseScreen
        from tutor.ui.screens.lesson import LessonScreen

        screen = ExerciseScreen(exercise_id)
        if isinstance(self.screen, LessonScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def action_help(self) -> None:
        from tutor.ui.screens.help import HelpScreen

        if isinstance(self.screen, TutorScreen):
            self.push_screen(HelpScreen(self.screen.help_rows(), self.screen.SIGNS, self.words))

    def action_command_palette(self) -> None:
        if isinstance(self.screen, TutorScreen):
            self.push_screen(CommandPalette(placeholder=self.words("ui.palette.placeholder")))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        return commands(self, screen) if isinstance(screen, TutorScreen) else ()

    # The end

    def action_help_quit(self) -> None:
        """Ctrl+C: say which key quits."""
        self.notify(self.words("ui.app.how_to_quit"), timeout=4, markup=False)

    async def action_quit(self) -> None:
        """End the app; what still runs is stopped first, with the screen still alive."""
        for screen in self.tutor_screens():
            screen.leave()
        running = [job for job in self.jobs if job.alive]
        for job in running:
            job.stop()
        if running:
            self.notify(self.words("ui.app.stopping"), timeout=_CLEANING_UP_SECONDS, markup=False)
        until = time.monotonic() + _CLEANING_UP_SECONDS
        while any(job.alive for job in running) and time.monotonic() < until:
            await asyncio.sleep(1 / 30)
        self.exit()

    def on_unmount(self) -> None:
        self.stop_jobs()

    def stop_jobs(self) -> None:
        """Stop all that runs and wait, a bounded time, until nothing is left behind."""
        until = time.monotonic() + _CLEANING_UP_SECONDS
        for job in self.jobs:
            job.stop()
        for job in self.jobs:
            job.join(until)
        self.record.close(until)
        for session in self._sessions:
            session.close()


def run(parts: Parts) -> int:
    """Open the app and wait for its end. Gives the exit status."""
    app = TutorApp(parts)
    app.run()
    return app.return_code or 0
