"""What the tutor says in its own voice, in each language: `Words("ko")("grade.size.pass", share=…)`.

The texts are TOML tables in the folder of each language, one file a room (`ui.toml`, `grade.toml`); a key is the
file's name, then the table's and the entry's, joined by dots. Texts are `str.format` templates.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "ko": "한국어"}
"""Language codes and what each calls itself."""

_FOLDER = Path(__file__).parent


class Words:
    """The texts of one language. An unknown key is a programmer's mistake and raises KeyError."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._texts = _texts(language)

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values) if values else self._texts[key]

    def __contains__(self, key: str) -> bool:
        return key in self._texts


@cache
def _texts(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        _flatten(file.stem, tomllib.loads(file.read_text("utf-8")), texts)
    return texts


def _flatten(prefix: str, table: dict[str, object], into: dict[str, str]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, dict):
            _flatten(key, value, into)
        else:
            into[key] = str(value)
