"""The names of keys, as they stand on a keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

_NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "slash": "/",
    "question_mark": "?",
}

_MOVES = (
    "choice_up choice_down choose count focus page_on palette pick pick_number scroll section_number step tab_number "
    "toggle"
)
MOVES = frozenset(f"ui.key.{name}" for name in _MOVES.split())
"""Bindings that only mean something under a hand: they are no commands of the palette."""


FIRST = (
    *(f"ui.key.{name}" for name in ("pick", "build", "go_on", "open", "grade")),
    "recordings.key.skip",
    "ui.key.containers",
)
"""What a learner most wants to do on a screen: it stands first in the bottom row."""


def rank(binding: Binding) -> int:
    """Where a key stands in the bottom row, among those of its screen."""
    return FIRST.index(binding.description) if binding.description in FIRST else len(FIRST)


def key_name(binding: Binding) -> str:
    if binding.key_display:
        return binding.key_display
    if binding.key.startswith("ctrl+"):
        return "^" + binding.key.removeprefix("ctrl+").upper()
    return _NAMES.get(binding.key, binding.key)


def key_names(bindings: Iterable[Binding]) -> str:
    """Several keys that do the same: each once, digits in a row as a range."""
    names = list(dict.fromkeys(key_name(binding) for binding in bindings))
    if "↑↓" in names:
        names = [name for name in names if name not in ("↑", "↓")]
    digits = [name for name in names if len(name) == 1 and name.isdigit()]
    if len(digits) > 2:
        names = [name for name in names if name not in digits] + [f"{digits[0]}–{digits[-1]}"]
    return " ".join(names)
