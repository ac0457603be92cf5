"""What the command line was told before any command's name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.language import Words

if TYPE_CHECKING:
    from tutor.engines.docker_engine import DockerEngine


@dataclass(frozen=True)
class Settings:
    """The options every command shares. `workspace` is where the learner's copies are."""

    language: str
    builder: str
    workspace: Path
    debug: bool = False

    @property
    def words(self) -> Words:
        return Words(self.language)

    def engine(self) -> DockerEngine:
        """The learner's engine. Raises NoEngine when none answers."""
        from tutor.builds.steps import Builder
        from tutor.engines.docker_engine import DockerEngine

        return DockerEngine.connect(Builder(self.builder))
