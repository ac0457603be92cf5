"""The names of keys, as they stand on a keyboard."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from tutor.ui.keys import key_name, key_names, typed


def bindings(keys: str, display: str | None = None) -> list[Binding]:
    return [Binding(key, "act", "", key_display=display) for key in keys.split(",")]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("slash", "/"),
        ("question_mark", "?"),
        ("ctrl+p", "Ctrl+P"),
        ("shift+tab", "Shift+Tab"),
        ("escape", "Esc"),
        ("enter", "Enter"),
        ("space", "Space"),
        ("pagedown", "PgDn"),
        ("left", "←"),
        ("f6", "F6"),
        ("L", "L"),
        ("g", "g"),
    ],
)
def test_a_key_is_called_what_stands_on_it(key: str, name: str) -> None:
    assert key_name(*bindings(key)) == name


def test_keys_that_do_the_same_are_told_once_and_in_order() -> None:
    assert key_names(bindings("down,j", "↑↓") + bindings("up,k") + bindings("pagedown,space")) == "↑↓ j k PgDn Space"
    assert key_names(bindings("ctrl+q,q")) == "q Ctrl+Q"
    assert key_names(bindings("n,right")) == "→ n"
    assert key_names(bindings("1,2,3,4")) == "1–4"


def test_only_keys_with_a_character_type_one() -> None:
    assert [typed(key) for key in ("slash", "q", "space")] == ["/", "q", " "]
    assert [typed(key) for key in ("escape", "up", "ctrl+p", "f6")] == [""] * 4
