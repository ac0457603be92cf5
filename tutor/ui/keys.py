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
_ARROWS = ("up", "down", "left", "right")

_MOVES = (
    "choice_up choice_down choose count focus page_on palette pick pick_number scroll scroll_page section_number "
    "step tab_number toggle"
)
MOVES = frozenset(f"ui.key.{name}" for name in _MOVES.split())
"""Bindings that only mean something under a hand: they are no commands of the palette."""


FIRST = (
    *(f"ui.key.{name}" for name in ("pick", "build", "go_on", "open", "count", "skip_guess", "grade", "hint")),
    "recordings.key.skip",
    "ui.key.containers",
    "times.key.pictures",
    "layers.key.show",
)
"""What a learner most wants to do on a screen: it stands first in the bottom row."""

LATER = ("ui.key.undo", "ui.key.reset")
"""What everybody knows or seldom wants, after what else the screen has."""


def rank(binding: Binding) -> int:
    """Where a key stands in the bottom row, among those of its screen."""
    if binding.description in FIRST:
        return FIRST.index(binding.description)
    return len(FIRST) + (binding.description in LATER)


def key_name(binding: Binding) -> str:
    """What stands on the key: in the bottom row, the pair of keys where only one of two has room."""
    return binding.key_display or _plain_name(binding.key)


def _plain_name(key: str) -> str:
    *held, last = key.split("+")
    name = _name_of(last)
    return "+".join([*(each.capitalize() for each in held), name.upper() if held and len(name) == 1 else name])


def _name_of(key: str) -> str:
    if key in _NAMES:
        return _NAMES[key]
    return key.capitalize() if len(key) > 1 else key


def typed(key: str) -> str:
    """The character that a key types, "" for one that types none."""
    name = _plain_name(key)
    return name if len(name) == 1 and key not in _ARROWS else " " if key == "space" else ""


def key_names(bindings: Iterable[Binding]) -> str:
    """Several keys that do the same: each once, arrows first, those with Ctrl last, digits in a row as a range."""
    names = sorted(dict.fromkeys(_plain_name(binding.key) for binding in bindings), key=_place)
    if "↑" in names and "↓" in names:
        names = ["↑↓", *(name for name in names if name not in ("↑", "↓"))]
    digits = [name for name in names if len(name) == 1 and name.isdigit()]
    if len(digits) > 2:
        names = [name for name in names if name not in digits] + [f"{digits[0]}–{digits[-1]}"]
    return " ".join(names)


def _place(name: str) -> tuple[bool, bool]:
    return "+" in name, name not in "↑↓←→"
