"""What the probes found out about a solution: facts only, no verdicts."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.builds.engine import FileEntry
from tutor.builds.report import BuildReport, StepReport
from tutor.grade.page import Shown
from tutor.visit import Answer


@dataclass(frozen=True)
class Baseline:
    """The start file and the reference solution, measured on the same engine and base images.

    `start_edited` is the start's rebuild after the same edit of the page; `par_bytes` the reference's size.
    """

    start: BuildReport
    start_edited: BuildReport
    par_bytes: int


@dataclass(frozen=True)
class Served:
    """A visit to a container of the solution. `values` are what the page shows, None when it isn't the page.

    `started`: the engine could start the program (else `answer.problem` says why not); `exit_code` is set when it had
    ended; `last_lines` are what it printed; `exposed` the ports that the image says it listens on.
    """

    answer: Answer
    values: tuple[Shown, ...] | None = None
    started: bool = True
    exit_code: int | None = None
    last_lines: tuple[str, ...] = ()
    exposed: tuple[int, ...] = ()

    @property
    def is_page(self) -> bool:
        return self.values is not None


@dataclass(frozen=True)
class Edited:
    """A rebuild after a scripted edit and a visit to what it made.

    `extra` are the layer steps that ran again beyond those of a rebuild without any edit. `served` is None when there
    was no use in a visit, because the solution doesn't serve its page as it is; `shown` tells whether the edit could
    be seen over HTTP. `problem` is set when the edit couldn't be made at all.
    """

    build: BuildReport | None = None
    extra: tuple[StepReport, ...] = ()
    served: Served | None = None
    shown: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Measured:
    """All that is known of a solution. What is None could not be measured, because an earlier probe failed.

    `served_other` is a visit with `other_user` in the environment variable.
    """

    build: BuildReport
    baseline: Baseline | None = None
    served: Served | None = None
    served_other: Served | None = None
    other_user: str = ""
    html_edit: Edited | None = None
    code_edit: Edited | None = None
    toolchain: tuple[FileEntry, ...] | None = None
