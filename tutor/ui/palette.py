"""The command palette's entries: every key of the screen that is a command, every section, every theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from tutor.ui.keys import MOVES, key_name
from tutor.ui.screen import TutorScreen

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


def commands(app: TutorApp, screen: TutorScreen) -> Iterator[SystemCommand]:
    words = app.words
    for binding, label, action in screen.named_bindings():
        if binding.description not in MOVES:
            yield SystemCommand(label, words("ui.palette.key", name=key_name(binding)), _runner(app, screen, action))
    for section in app.texts.sections:
        title = words("ui.palette.section", number=section.number, title=section.title)
        yield SystemCommand(title, section.summary, lambda section=section: app.open_lesson(section.id))
    yield SystemCommand(words("ui.palette.theme"), words("ui.palette.theme_help"), app.action_change_theme)


def _runner(app: TutorApp, screen: TutorScreen, action: str) -> Callable[[], object]:
    async def run() -> None:
        focused = screen.focused if action.startswith("focused.") else None
        await app.run_action(action, focused or screen)

    return run
