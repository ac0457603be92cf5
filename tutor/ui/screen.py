"""What all screens have in common: the two bars, the texts in the learner's language, and keys with names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tutor.language import Words
from tutor.ui.engine_state import engine_label
from tutor.ui.keys import key_name, key_names, rank
from tutor.ui.widgets.keybar import KeyBar
from tutor.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


_LAST = ("ui.key.palette", "ui.key.help")
"""The keys at the right end of the bottom row: all commands where help can't be reached, else help."""


class TutorScreen(Screen[None]):
    """A full screen. Descriptions of bindings are keys into the texts (`ui.key.…`)."""

    AUTO_FOCUS = ""

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

    def show_bars(self) -> None:
        """Bring both bars up to date; called when place, engine or language have changed."""
        bar = self.query_one(TopBar)
        bar.place = self.place()
        bar.engine = engine_label(self.tutor.engine_state, self.words, short=self.size.width < 100)
        self.query_one(KeyBar).refresh()

    def place(self) -> tuple[str, ...]:
        """The titles that lead here."""
        return ()

    def relabel(self) -> None:
        """Show everything again in the language that the app now has."""
        self.show_bars()

    def engine_changed(self) -> None:
        """The engine was found or lost."""
        self.show_bars()

    def leave(self) -> None:
        """The app is about to end: save what would be lost."""

    def key_label(self, binding: Binding) -> str:
        """What a key does, in words. Screens say it more precisely where it depends."""
        return self.words(binding.description)

    def shown_keys(self) -> list[tuple[str, str, str]]:
        """The keys for the bottom row: key, label, action; help last."""
        return [
            (key_name(binding), label, action)
            for binding, label, action in self.named_bindings()
            if binding.show or (binding.description == "ui.key.palette" and not self._has_help)
        ]

    @property
    def _has_help(self) -> bool:
        """The help key works, because no editor takes it as text."""
        return self.focused is None or not self.focused.check_consume_key("question_mark", "?")

    def named_bindings(self) -> list[tuple[Binding, str, str]]:
        """Every key that works now, once an action: binding, label, action with its namespace."""
        found: dict[str, tuple[Binding, str, str]] = {}
        for binding, label, action in self._bound():
            found.setdefault(action, (binding, label, action))
        return sorted(found.values(), key=lambda row: (row[0].description in _LAST, rank(row[0])))

    def help_rows(self) -> list[tuple[str, str]]:
        """Every key that works now with what it does; keys that do the same in one row."""
        rows: dict[str, list[Binding]] = {}
        for binding, label, _ in self._bound():
            rows.setdefault(label, []).append(binding)
        return [(key_names(bindings), label) for label, bindings in rows.items()]

    def _bound(self) -> Iterator[tuple[Binding, str, str]]:
        for node, binding, enabled, _ in self.active_bindings.values():
            if enabled and binding.description in self.words:
                action = binding.action if "." in binding.action else f"{_namespace(node)}{binding.action}"
                yield binding, self.key_label(binding), action


def _namespace(node: object) -> str:
    from textual.app import App

    if isinstance(node, App):
        return "app."
    return "screen." if isinstance(node, Screen) else "focused."
