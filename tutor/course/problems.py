"""What is wrong with a course's files, each with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutor.errors import TutorError


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in a lesson or exercise file. `line` counts from 1."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class ContentError(TutorError):
    """Course files that can't be used; `problems` says all that is wrong, the message the first of it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(str(problems[0]), "Mend the file, then run `diamol-tutor check`.")
        self.problems = problems
