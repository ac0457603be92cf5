"""`course.toml`: which lessons there are, in what order, and their titles. Reads no Markdown, so it is quick."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.course.problems import ContentError, Problem

MAIN_LANGUAGE = "en"
"""The language every lesson exists in; another language shows it where its own text is missing."""


@dataclass(frozen=True)
class Entry:
    """One lesson as `course.toml` lists it."""

    id: str
    exercise: str = ""

    @property
    def number(self) -> int:
        return int(self.id.partition("-")[0])


def read_outline(folder: Path) -> tuple[dict[str, str], tuple[Entry, ...]]:
    """The chapter's title in each language, and its lessons in order. Raises ContentError."""
    file = folder / "course.toml"
    try:
        table: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
        titles = {str(language): str(title) for language, title in table["title"].items()}
        entries = tuple(Entry(str(e["id"]), str(e.get("exercise", ""))) for e in table["lessons"])
    except OSError as error:
        raise ContentError(Problem(file, 1, f"the course's outline can't be read ({error.strerror})")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError, TypeError) as error:
        raise ContentError(Problem(file, 1, f"the course's outline isn't right: {error}")) from error
    wrong = [e.id for e in entries if not e.id.partition("-")[0].isdigit()]
    if wrong or MAIN_LANGUAGE not in titles:
        sentence = f"the lesson id {wrong[0]} has to begin with its number" if wrong else "the English title is missing"
        raise ContentError(Problem(file, 1, sentence))
    return titles, entries


def lesson_file(entry: Entry, language: str, folder: Path) -> Path:
    """Where the lesson's text stands: in this language, or else in the main one."""
    file = folder / language / f"{entry.id}.md"
    return file if file.is_file() else folder / MAIN_LANGUAGE / f"{entry.id}.md"


def lesson_title(file: Path) -> str:
    """The title of a lesson file: the text of its first line, or "" where that is no title."""
    try:
        with file.open(encoding="utf-8") as lines:
            first = next(lines, "")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(Problem(file, 1, f"the lesson can't be read: {error}")) from error
    return first.removeprefix("# ").strip() if first.startswith("# ") else ""
