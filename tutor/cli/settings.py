"""What the command line was told before any command's name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutor.errors import NoEngine
from tutor.language import LANGUAGES, Words

if TYPE_CHECKING:
    from tutor.builds.engine import Engine
    from tutor.course.recordings.engine import RecordedEngine
    from tutor.engines.docker_engine import DockerEngine


def system_language() -> str:
    """The language of the learner's locale, if the tutor speaks it, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return next((code for code in LANGUAGES if locale.startswith(code)), "en")


def language_in(context: click.Context) -> str:
    """The language that a command line asks for, as far as it is read, else the system's."""
    return context.find_root().params.get("lang") or system_language()


@dataclass(frozen=True)
class Settings:
    """The options every command shares. `workspace` is where the learner's copies are.

    `language_given`: it was asked for by name, and isn't just that of the locale. `plain`: output is read out by a
    screen reader.
    """

    language: str
    builder: str
    workspace: Path
    debug: bool = False
    language_given: bool = False
    plain: bool = False

    @property
    def words(self) -> Words:
        return Words(self.language)

    def engine(self) -> DockerEngine:
        """The learner's engine. Raises NoEngine when none answers."""
        from tutor.builds.builder import Builder
        from tutor.engines.docker_engine import DockerEngine

        return DockerEngine.connect(Builder(self.builder))

    def grading_engine(self) -> DockerEngine:
        """The learner's engine. Raises NoEngine, saying that a grade can't do without, when none answers."""
        try:
            return self.engine()
        except NoEngine as error:
            needed = self.words("ui.grade.needs_engine")
            raise NoEngine("{needed} {problem}", error.hint, needed=needed, problem=error.message) from error

    def recorded_engine(self, missing: NoEngine | None = None) -> RecordedEngine:
        """The recordings of the lessons; `missing` says why there is no live engine."""
        from tutor.course.recordings.engine import RecordedEngine
        from tutor.course.recordings.recording import FOLDER, Recordings
        from tutor.places import lessons_folder

        return RecordedEngine(Recordings(lessons_folder() / FOLDER), missing=missing)

    def engine_or_recordings(self) -> Engine:
        """The learner's engine, or the recordings when none answers: they teach as well, but don't grade."""
        try:
            return self.engine()
        except NoEngine as error:
            return self.recorded_engine(error)
