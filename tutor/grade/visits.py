"""Run an image of a solution and visit its page, over a published port or from beside it in its own network."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from tutor.builds.engine import CannotStart, Container, Engine, Limits, RunSpec
from tutor.errors import NoEngine, TutorError
from tutor.grade import sidecar
from tutor.grade.measured import Served
from tutor.grade.page import values_shown
from tutor.grade.rig import Rig
from tutor.phrase import Phrase
from tutor.visit import Answer, visit

CONTAINER_NAME = "grade-"
"""Begins the name of every container that grading starts."""

LAST_LINES = 5
"""How much of what the program printed is kept, to say why it ended."""

ENDED = Phrase("the program ended at once")

SIDECAR_GRACE_S = 2.0
"""How long an answer on its way may still take when the program that gave it has ended."""


def serve(rig: Rig, image: str, template: str, user: str = "") -> Served:
    """Run an image and visit its page; `user` is passed as the environment variable, "" leaves the image's own.

    Raises NoEngine when it is the engine that can't run a container.
    """
    asked = rig.exercise.serve
    exposed = _exposed(rig.engine, image)
    spec = RunSpec(
        image,
        name=_new_name(),
        env={asked.variable: user} if user else {},
        ports={} if rig.terms.isolated else {asked.port: 0},
        isolated=rig.terms.isolated,
        limits=Limits(),
    )
    try:
        container = rig.engine.start(spec)
    except CannotStart as error:
        return Served(Answer(problem=error.reason), started=False, exposed=exposed)
    try:
        answer = _ask_beside(rig, container) if rig.terms.isolated else _ask(rig, container)
        now = rig.engine.inspect(container.id)
        return Served(
            answer,
            values=values_shown(template, answer.body) if answer.status == 200 else None,
            exit_code=now.exit_code if now else None,
            last_lines=rig.engine.logs(container.id, tail=LAST_LINES),
            exposed=exposed,
        )
    finally:
        rig.engine.remove_container(container.id)


def _new_name() -> str:
    return CONTAINER_NAME + uuid.uuid4().hex[:12]


def _ask(rig: Rig, container: Container) -> Answer:
    port = container.ports.get(rig.exercise.serve.port)
    if port is None:  # it had ended before the engine published its port
        return Answer(problem=ENDED)
    return visit(f"http://127.0.0.1:{port}/", rig.exercise.serve.deadline_s, give_up=_given_up(rig, container))


def _given_up(rig: Rig, container: Container) -> Callable[[], bool]:
    return lambda: rig.stop.asked or _ended(rig.engine, container)


def _ended(engine: Engine, container: Container) -> bool:
    now = engine.inspect(container.id)
    return now is None or now.state not in ("created", "running", "restarting")


def _ask_beside(rig: Rig, container: Container) -> Answer:
    """Ask from a second container that shares the first one's network, which nothing else can reach."""
    asked = rig.exercise.serve
    spec = RunSpec(
        sidecar.IMAGE,
        name=_new_name(),
        command=sidecar.command(asked.port, asked.deadline_s),
        joins=container.id,
        limits=Limits(),
    )
    try:
        beside = rig.engine.start(spec)
    except NoEngine:
        raise
    except TutorError as error:
        if _ended(rig.engine, container):  # there is nothing left to join
            return Answer(problem=ENDED)
        raise NoEngine(
            "The page can't be visited: {problem}",
            "It needs the image {image}: diamol-tutor doctor --fix",
            problem=error.message,
            image=sidecar.IMAGE,
        ) from error
    try:
        end = time.monotonic() + asked.deadline_s + SIDECAR_GRACE_S
        while not _ended(rig.engine, beside) and time.monotonic() < end and not rig.stop.asked:
            if _ended(rig.engine, container):
                end = min(end, time.monotonic() + SIDECAR_GRACE_S)
            time.sleep(0.05)
        return sidecar.read(rig.engine.logs(beside.id, tail=sidecar.LINES))
    finally:
        rig.engine.remove_container(beside.id)


def _exposed(engine: Engine, image: str) -> tuple[int, ...]:
    """The TCP ports that the image says it listens on."""
    info = engine.image(image)
    ports = (info.config.get("ExposedPorts") if info else None) or {}
    if not isinstance(ports, dict):
        return ()
    parts = (str(port).partition("/") for port in ports)
    return tuple(sorted(int(number) for number, _, kind in parts if number.isdigit() and kind != "udp"))
