"""What the learner says before a grade: how many layers an edit of the page will re-run. And how that came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Dockerfile, DockerfileError
from tutor.builds.steps import Step, built_stages, plan

if TYPE_CHECKING:
    from tutor.grade.report import GradeReport, Note


@dataclass(frozen=True)
class Layers:
    """The layer steps of the build that the edit will make again, and the Dockerfile they stand in."""

    dockerfile: Dockerfile
    steps: Sequence[Step]


def layers_of(text: str, builder: Builder) -> Layers | None:
    """Read a Dockerfile's layer steps; None when it can't be read: then the build says what is wrong."""
    from tutor.builds.parser import parse

    try:
        dockerfile = parse(text)
    except DockerfileError:
        return None
    built = built_stages(dockerfile, builder)
    return Layers(dockerfile, [step for step in plan(dockerfile, builder) if step.makes_layer and step.stage in built])


@dataclass(frozen=True)
class Compared:
    """`said` beside what was measured; `rerun` is None where the edit never came to be built.

    `cached` layers of that build were not run again; `reasons` tell of each that was why.
    """

    said: int
    rerun: int | None
    cached: int = 0
    reasons: tuple[Note, ...] = ()

    @property
    def right(self) -> bool:
        return self.said == self.rerun


def compare(said: int, file: str, report: GradeReport) -> Compared:
    """Hold what was said about an edit of `file` against a finished grade."""
    from tutor.grade.editing import rerun_note
    from tutor.grade.why import reruns

    edited = report.solution_edited
    if edited is None or not edited.succeeded:
        return Compared(said, None)
    notes = tuple(rerun_note(file, rerun) for rerun in reruns(edited.dockerfile, report.page_reran))
    return Compared(said, len(report.page_reran), len(edited.cached), notes)
