"""The tutor's own two themes. Every other theme of Textual's works too: styles use only its standard variables."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="diamol-dark",
    primary="#6cb6ff",
    secondary="#8fa9c4",
    accent="#f0b26a",
    foreground="#d5dce6",
    background="#15171b",
    surface="#1b1e23",
    panel="#262a31",
    success="#7ccf8c",
    warning="#e6c068",
    error="#f4838b",
    dark=True,
    variables={
        "block-cursor-background": "#22507c",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#2e343d",
        "border": "#6cb6ff",
        "scrollbar": "#3d444f",
        "scrollbar-background": "#1b1e23",
    },
)

LIGHT = Theme(
    name="diamol-light",
    primary="#0b5cad",
    secondary="#4b6179",
    accent="#8a4b00",
    foreground="#1f262e",
    background="#fbfaf8",
    surface="#f1f0ee",
    panel="#e3e2df",
    success="#176b32",
    warning="#7d5a00",
    error="#b3202c",
    dark=False,
    variables={
        "block-cursor-background": "#cfe2f7",
        "block-cursor-foreground": "#0b2540",
        "block-cursor-blurred-background": "#dfe3e8",
        "border": "#0b5cad",
        "scrollbar": "#b9b4a6",
        "scrollbar-background": "#f1f0ee",
        "footer-key-foreground": "#0b5cad",
    },
)
