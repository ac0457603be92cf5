"""What all screens have in common: the two bars, the texts in the learner's language, and keys with names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tutor.errors import NoEngine, TutorError
from tutor.language import Words
from tutor.ui.engine_state import engine_label, live_engine
from tutor.ui.jobs import Job
from tutor.ui.keys import key_name, key_names, rank, typed
from tutor.ui.text import join
from tutor.ui.widgets.keybar import KeyBar
from tutor.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


_LAST = ("ui.key.palette", "ui.key.help")
"""The keys at the right end of the bottom row: all commands where help can't be reached, else help."""


def scroll(pane: Widget, rows: int) -> None:
    """Scroll a pane by one row, or by a page for more; down, or up where `rows` is negative."""
    if abs(rows) == 1:
        pane.scroll_relative(y=rows, animate=False)
    elif rows > 0:
        pane.scroll_page_down(animate=False)
    else:
        pane.scroll_page_up(animate=False)


class TutorScreen(Screen[None]):
    """A full screen. Descriptions of bindings are keys into the texts (`ui.key.…`)."""

    AUTO_FOCUS = ""
    SIGNS: ClassVar[tuple[str, ...]] = ("run", "step", "engine")
    """The rows of signs that help explains."""
    _asking: Job | None = None
    """The question to the engine what runs, while it is open."""

    @property
    def tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    @property
    def words(self) -> Words:
        return self.tutor.words

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        yield from ()

    def on_screen_resume(self) -> None:
        self.show_bars()
        self.ask_running()

    def show_bars(self) -> None:
        """Bring both bars up to date; called when place, engine or language have changed."""
        bar = self.query_one(TopBar)
        bar.place = self.place()
        short = self.size.width < 100
        bar.engine = join(self._running_label(short), engine_label(self.tutor.engine_state, self.words, short))
        self.query_one(KeyBar).refresh()

    def _running_label(self, short: bool) -> Content:
        """How many of the tutor's containers run; nothing when none does."""
        count = self._containers_running
        if not count:
            return Content()
        return join(("▶ ", "$success"), str(count) if short else self.words("ui.running.short", count=count), "   ")

    @property
    def _containers_running(self) -> int:
        return self.tutor.running.count if self.tutor.running is not None else 0

    def place(self) -> tuple[str, ...]:
        """The titles that lead here."""
        return ()

    def relabel(self) -> None:
        """Show everything again in the language that the app now has."""
        self.show_bars()

    def engine_changed(self) -> None:
        """The engine was found or lost."""
        self.show_bars()
        self.ask_running()

    def ask_running(self) -> None:
        """Ask a live engine, in a thread, what of the tutor's stands on it. Where none answers, nothing is told."""
        if not self.is_current:
            return
        if self._asking is not None:
            self._asking.stop()  # its answer may be older than what happens now
        engine = live_engine(self.tutor.engine_state)
        if engine is None:
            self.tutor.see_running(None)
            return
        from tutor.ui.running import look  # not before the first paint: it costs 35 ms

        self._asking = self.tutor.do(lambda: look(engine), self.tutor.see_running, self._not_told)

    def _not_told(self, error: TutorError) -> None:
        if isinstance(error, NoEngine):
            self.tutor.engine_lost(error)

    def action_containers(self) -> None:
        from tutor.ui.screens.running import RunningScreen

        engine = live_engine(self.tutor.engine_state)
        if engine is not None:
            self.tutor.push_screen(RunningScreen(engine, self.words))

    def leave(self) -> None:
        """The app is about to end: save what would be lost."""

    def key_label(self, binding: Binding) -> str:
        """What a key does, in words. Screens say it more precisely where it depends."""
        return self.words(binding.description)

    def key_rank(self, binding: Binding) -> int:
        """Where a key stands in the bottom row; lower comes first. Screens put first what is most wanted just now."""
        return rank(binding)

    def shown_keys(self) -> list[tuple[str, str, str]]:
        """The keys for the bottom row: key, label, action; help last."""
        return [
            (key_name(binding), label, action)
            for binding, label, action in self.named_bindings()
            if binding.show or self._shows_now(binding)
        ]

    def _shows_now(self, binding: Binding) -> bool:
        """Keys that stand in the bottom row only at times: help's substitute, and what leads to what runs."""
        match binding.description:
            case "ui.key.palette":
                return not self._has_help
            case "ui.key.containers":
                return self._containers_running > 0
            case _:
                return False

    @property
    def _has_help(self) -> bool:
        """The help key works, because no editor takes it as text."""
        return self.focused is None or not self.focused.check_consume_key("question_mark", "?")

    def _types(self, binding: Binding) -> bool:
        """An editor takes the key as text. Textual knows so only of keys that have a character's name in Unicode."""
        character = typed(binding.key)
        return bool(character) and self.focused is not None and self.focused.check_consume_key(binding.key, character)

    def named_bindings(self) -> list[tuple[Binding, str, str]]:
        """Every key that works now, once an action: binding, label, action with its namespace."""
        found: dict[str, tuple[Binding, str, str]] = {}
        for binding, label, action in self._bound():
            found.setdefault(action, (binding, label, action))
        return sorted(found.values(), key=lambda row: (row[0].description in _LAST, self.key_rank(row[0])))

    def help_rows(self) -> list[tuple[str, str]]:
        """Every key that works now with what it does; keys that do the same in one row."""
        rows: dict[str, list[Binding]] = {}
        for binding, label, _ in self._bound():
            rows.setdefault(label, []).append(binding)
        return [(key_names(bindings), label) for label, bindings in rows.items()]

    def _bound(self) -> Iterator[tuple[Binding, str, str]]:
        for node, binding, enabled, _ in self.active_bindings.values():
            if enabled and binding.description in self.words and not self._types(binding):
                action = binding.action if "." in binding.action else f"{_namespace(node)}{binding.action}"
                yield binding, self.key_label(binding), action


def _namespace(node: object) -> str:
    from textual.app import App

    if isinstance(node, App):
        return "app."
    return "screen." if isinstance(node, Screen) else "focused."
