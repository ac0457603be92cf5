"""The editor: a file with highlighting by Pygments, undo, and a mark when it isn't saved."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style as RichStyle
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.events import Key
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from tutor.ui.highlight import STYLES, tokens

_LANGUAGES = {"Dockerfile": "docker", "go": "go", "html": "html", "java": "java", "js": "javascript", "json": "json"}


def language_of(file: str) -> str:
    """The language of a file by its name, as Pygments calls it."""
    name = file.rsplit("/", 1)[-1]
    return _LANGUAGES.get(name) or _LANGUAGES.get(name.rsplit(".", 1)[-1], "text")


class Editor(TextArea):
    """Shows a file; edits it where it isn't read-only. Esc leaves it, which saves nothing by itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "undo", "ui.key.undo"),
        Binding("ctrl+y", "redo", "ui.key.redo", show=False),
    ]

    class Left(Message):
        """Esc was pressed: the keys belong to the screen again."""

    def __init__(self, file: str, text: str, read_only: bool) -> None:
        self._syntax = language_of(file)
        super().__init__(text, read_only=read_only, show_line_numbers=True, soft_wrap=False, tab_behavior="focus")
        self.file = file
        self._saved = text

    @property
    def unsaved(self) -> bool:
        return self.text != self._saved

    def saved(self) -> None:
        """The text as it is now is on disk."""
        self._saved = self.text

    def replace_all(self, text: str) -> None:
        """Show another text, as it is on disk; the cursor stays on its line."""
        if text != self.text:
            row, column = self.cursor_location
            self.load_text(text)
            self.move_cursor((min(row, self.document.line_count - 1), column))
        self._saved = text

    def on_mount(self) -> None:
        self._take_colours()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._take_colours())

    def _take_colours(self) -> None:
        """Give Textual's editor the colours of the app's theme under the names of our tokens."""
        colours = self.app.theme_variables
        styles = {name: _rich_style(name, colours) for name in set(STYLES.values())}
        self.register_theme(TextAreaTheme("diamol", syntax_styles=styles))
        self.theme = "css"
        self.theme = "diamol"

    def _build_highlight_map(self) -> None:
        """Fill the map that TextArea draws from: for each row (start, end, style name), in bytes of UTF-8."""
        self._line_cache.clear()
        self._highlights.clear()
        for row, start, end, style in tokens(self.text, self._syntax):
            self._highlights[row].append((start, end, style))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "undo" | "redo":
                return not self.read_only
            case _:
                return super().check_action(action, parameters)

    async def _on_key(self, event: Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.screen.set_focus(None)
            self.post_message(self.Left())
            return
        await super()._on_key(event)


def _rich_style(name: str, colours: dict[str, str]) -> RichStyle:
    """One of `highlight.STYLES` as a Rich style; a share of a colour is left out."""
    words = name.split()
    variable = next((word[1:] for word in words if word.startswith("$")), "foreground")
    colour = Color.parse(colours[variable])
    return RichStyle(color=colour.rich_color, bold="bold" in words or None, italic="italic" in words or None)
