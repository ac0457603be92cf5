"""The probes: each does one thing to a solution on the engine and tells what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tutor.builds.engine import BuildRequest, Container, Engine, FileEntry, RunSpec
from tutor.builds.events import BuildCancelled, BuildEvent
from tutor.builds.report import BuildRecorder, BuildReport, StepReport
from tutor.course.exercise import Exercise
from tutor.errors import TutorError
from tutor.grade.measured import Served
from tutor.grade.page import values_shown
from tutor.sanitise import decode
from tutor.visit import Answer, visit


class GradeCancelled(TutorError):
    """The learner stopped the grade."""


@dataclass(frozen=True)
class ProbeStarted:
    """A probe begins; `probe` names it (`grade.probe.<probe>` in the words)."""

    probe: str


GradeEvent = ProbeStarted | BuildEvent
Listener = Callable[[GradeEvent], None]


def build(engine: Engine, context: Path, tag: str, listen: Listener) -> BuildReport:
    """Build a context, telling each event. Raises GradeCancelled when the build is cancelled."""
    recorder = BuildRecorder()
    for event in engine.build(BuildRequest(context, tag=tag)):
        recorder.see(event)
        listen(event)
        if isinstance(event, BuildCancelled):
            raise GradeCancelled("The grade was stopped.", "Nothing was recorded; grade again when you like.")
    return recorder.report()


def beyond(zero: BuildReport, edited: BuildReport) -> tuple[StepReport, ...]:
    """The layer steps that an edit re-ran beyond those that any rebuild re-runs (the zero line).

    A leading WORKDIR on `FROM scratch` is never cached (measured on Docker 20.10 to 28.5), so a rebuild without
    any edit tells what doesn't count.
    """
    always = {(s.step.stage, s.step.position) for s in zero.rebuilt}
    return tuple(s for s in edited.rebuilt if (s.step.stage, s.step.position) not in always)


def serve(engine: Engine, exercise: Exercise, image: str, template: str, user: str | None = None) -> Served:
    """Run an image and visit its page; `user` is passed as the environment variable, None leaves the image's own."""
    port = exercise.serve.port
    env = {} if user is None else {exercise.serve.variable: user}
    try:
        container = engine.start(RunSpec(image, ports={port: 0}, env=env))
    except TutorError as error:
        return Served(Answer(problem=error.message))
    try:
        return _visited(engine, exercise, container, template, _exposed(engine, image))
    finally:
        engine.remove_container(container.id)


def _visited(
    engine: Engine, exercise: Exercise, container: Container, template: str, exposed: tuple[int, ...]
) -> Served:
    port = container.ports.get(exercise.serve.port)
    if port is None:  # it had ended before the engine published its port
        answer = Answer(problem="the program ended at once")
    else:
        answer = visit(
            f"http://127.0.0.1:{port}/", exercise.serve.deadline_s, give_up=lambda: _ended(engine, container)
        )
    values = values_shown(template, answer.body) if answer.status == 200 else None
    now = engine.inspect(container.id)
    return Served(
        answer,
        is_page=values is not None,
        value=values[0] if values else None,
        exit_code=now.exit_code if now else None,
        last_lines=engine.logs(container.id, tail=5),
        exposed=exposed,
    )


def _ended(engine: Engine, container: Container) -> bool:
    now = engine.inspect(container.id)
    return now is None or now.state not in ("created", "running", "restarting")


def _exposed(engine: Engine, image: str) -> tuple[int, ...]:
    info = engine.image(image)
    ports = (info.config.get("ExposedPorts") if info else None) or {}
    return tuple(sorted(int(p.split("/")[0]) for p in ports)) if isinstance(ports, dict) else ()


def find_toolchain(engine: Engine, exercise: Exercise, image: str) -> tuple[FileEntry, ...]:
    """The files of an image that belong to a compiler, by the exercise's path patterns."""
    return tuple(
        entry
        for entry in engine.files(image)
        if entry.kind == "file" and any(fnmatchcase(entry.path, pattern) for pattern in exercise.toolchain)
    )


def read_page(context: Path, exercise: Exercise) -> str:
    """The page's template as it stands in a context now; "" when the file is gone."""
    file = context / exercise.html_edit.file
    return decode(file.read_bytes()) if file.is_file() else ""
