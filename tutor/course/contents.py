"""The chapter's contents: what its first screen tells of every lesson, before any is opened.

A lesson file is scanned line by line here, without a Markdown library: that takes less memory and time than reading it
(`tutor.course.lessons`), and a learner opens one lesson, not six. The linter holds the two to each other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tutor.course.outline import MAIN_LANGUAGE, Entry, lesson_file, read_outline
from tutor.course.problems import ContentError, Problem
from tutor.places import lessons_folder

_COMMENT = re.compile(r"<!-- (step|quiz): (\S+) -->")
_FENCE = "```"


@dataclass(frozen=True)
class StepTitle:
    """A step by its name. `id` is the same in every language."""

    id: str
    title: str


@dataclass(frozen=True)
class Section:
    """One section. `id` is the file's name without its ending (`02-java`), `exercise` the id of one it leads to, or "".

    `content_hash` changes when what is taught changes: progress made on another hash asks for a re-check. It covers
    steps, commands, code and right answers, not the prose, so that it is the same in every language.
    """

    id: str
    number: int
    title: str
    summary: str
    language: str
    steps: tuple[StepTitle, ...]
    content_hash: str
    exercise: str = ""


@dataclass(frozen=True)
class Contents:
    """The chapter's title and its sections in order, in one language."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Fact:
    """Something a step teaches besides its prose, as it is written: a fenced block, or a question's id and marks."""

    line: int
    text: str


@dataclass
class ScannedStep:
    """A step as its lines tell it. `line` is where it starts in the file."""

    id: str
    line: int
    title: str = ""
    facts: list[Fact] = field(default_factory=list)


@dataclass
class Scanned:
    """A lesson file as its lines tell it."""

    title: str = ""
    summary: str = ""
    steps: list[ScannedStep] = field(default_factory=list)

    @property
    def content_hash(self) -> str:
        """Twelve hex digits over what is taught: see `Section`."""
        facts = [(step.id, [fact.text for fact in step.facts]) for step in self.steps]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def load_contents(language: str = MAIN_LANGUAGE, folder: Path | None = None) -> Contents:
    """The chapter's contents in one language. Raises ContentError where its files can't be read."""
    folder = folder or lessons_folder()
    titles, entries = read_outline(folder)
    sections = tuple(_section(lesson_file(entry, language, folder), entry) for entry in entries)
    return Contents(titles.get(language, titles[MAIN_LANGUAGE]), sections)


def _section(file: Path, entry: Entry) -> Section:
    found = scan(lesson_text(file))
    steps = tuple(StepTitle(step.id, step.title) for step in found.steps)
    return Section(
        entry.id,
        entry.number,
        found.title,
        found.summary,
        file.parent.name,
        steps,
        found.content_hash,
        entry.exercise,
    )


def lesson_text(file: Path) -> str:
    """A lesson's Markdown. Raises ContentError where it can't be read."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(Problem(file, 1, f"the lesson can't be read: {error}")) from error


def scan(text: str) -> Scanned:
    """A lesson's text as its lines tell it; what the format doesn't know is passed over."""
    found = Scanned()
    rows = iter(enumerate(text.splitlines(), 1))
    summary: list[str] = []
    for number, row in rows:
        step = found.steps[-1] if found.steps else None
        if comment := _COMMENT.fullmatch(row):
            kind, name = comment.groups()
            if kind == "step":
                found.steps.append(ScannedStep(name, number))
            elif step is not None:
                step.facts.append(Fact(number, f"the question {name}, "))
        elif step is None:
            if row.startswith("# "):
                found.title = row.removeprefix("# ").strip()
            else:
                summary.append(row.strip())
        elif row.startswith(_FENCE):
            step.facts.append(Fact(number, _fenced(row, (inner for _, inner in rows))))
        elif row.startswith(("- [x] ", "- [ ] ")) and step.facts:
            last = step.facts[-1]
            step.facts[-1] = Fact(last.line, last.text + row[3].replace(" ", "-"))
        elif row.startswith("## ") and not step.title:
            step.title = row.removeprefix("## ").strip()
    found.summary = " ".join(summary).strip()
    return found


def _fenced(opening: str, rows: Iterable[str]) -> str:
    """The block that an opening line begins, taken from the rows after it; code of no file counts as prose."""
    inner = []
    for row in rows:
        if row.rstrip() == _FENCE:
            break
        inner.append(row)
    info = opening.removeprefix(_FENCE).split()
    return "a block of code" if len(info) < 2 else "\n".join([" ".join(info), *inner])
