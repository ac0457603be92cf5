"""What the tutor says in its own voice, in each language: `Words("ko")("grade.size.pass", share=…)`.

The texts are TOML tables in the folder of each language, one file a room (`ui.toml`, `grade.toml`); a key is the
file's name, then the table's and the entry's, joined by dots. Texts are `str.format` templates.

What fails is told otherwise: its English stands in the code (`tutor.phrase`) and is its own key in `failures.toml` of
each other language, whose tables only order it: `Words("ko").told(error.message)`. So is the help of the commands, in
`help.toml`: `Words("ko").helped("Do not ask.")`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tutor.phrase import Phrase

LANGUAGES = {"en": "English", "ko": "한국어"}
"""Language codes and what each calls itself."""

_FOLDER = Path(__file__).parent
_CATALOGUES = ("failures", "help")
_CUT = "..."
"""Ends a command's help that click has shortened for a list."""


class Words:
    """The texts of one language. An unknown key is a programmer's mistake and raises KeyError."""

    def __init__(self, language: str = "en") -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        text = _room(self.language, key.partition(".")[0])[key]
        return text.format_map(self._told_values(values)) if values else text

    def __contains__(self, key: str) -> bool:
        return key in _room(self.language, key.partition(".")[0])

    def told(self, text: str) -> str:
        """A text of the code's own in this language; any other, an engine's words say, as it is."""
        if not isinstance(text, Phrase):
            return catalogue(self.language, "failures").get(text, text)
        template = catalogue(self.language, "failures").get(text.template, text.template)
        return template.format_map(self._told_values(text.values)) if text.values else template

    def helped(self, text: str) -> str:
        """A text of a command's help in this language; its first sentence where a list has only that; else as it is."""
        told = catalogue(self.language, "help")
        if text in told or not text:
            return told.get(text, text)
        whole = next((english for english in told if english.startswith(text.removesuffix(_CUT))), "")
        return told[whole].partition(". ")[0].removesuffix(".") + "." if whole else text

    def _told_values(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self.told(value) if isinstance(value, Phrase) else value for name, value in values.items()}


def texts(language: str) -> dict[str, str]:
    """All texts of a language by their keys."""
    rooms = sorted(file.stem for file in (_FOLDER / language).glob("*.toml") if file.stem not in _CATALOGUES)
    return {key: text for room in rooms for key, text in _room(language, room).items()}


@cache
def catalogue(language: str, name: str) -> dict[str, str]:
    """What a language says for texts that stand in the code, "failures" or "help", by those; nothing in English."""
    file = _FOLDER / language / f"{name}.toml"
    tables = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    return {english: text for table in tables.values() for english, text in table.items()}


@cache
def _room(language: str, room: str) -> dict[str, str]:
    """The texts of one room, read when the first of them is asked for: parsing TOML takes milliseconds."""
    file = _FOLDER / language / f"{room}.toml"
    found: dict[str, str] = {}
    if file.is_file():
        _flatten(room, tomllib.loads(file.read_text("utf-8")), found)
    return found


def _flatten(prefix: str, table: dict[str, object], into: dict[str, str]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, dict):
            _flatten(key, value, into)
        else:
            into[key] = str(value)
