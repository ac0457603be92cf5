"""Examine everything that lessons need: engine, builder, store, context, base images, disk, ports, terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker

from tutor.builds.builder import Builder
from tutor.builds.engine import EngineFacts
from tutor.engines.bases.images import BaseImage, BaseState, list_bases
from tutor.engines.connect import Endpoint, connect, endpoint, engine_errors
from tutor.engines.docker_engine import DockerEngine
from tutor.engines.host import Host, this_host
from tutor.engines.setup import machine
from tutor.engines.setup.diagnosis import diagnose, look_around
from tutor.engines.setup.findings import Finding, Verdict
from tutor.errors import NoEngine, TutorError
from tutor.language import Words
from tutor.sanitise import clean_line

OLDEST_ENGINE = (20, 10)
"""The oldest engine that the tutor was tried on."""

SLOW_STORES = ("vfs", "devicemapper", "aufs")
"""Storage drivers that copy much or that Docker has given up (Docker docs, "Select a storage driver")."""


def examine(words: Words, builder: Builder = Builder.BUILDKIT, host: Host | None = None) -> Iterator[Finding]:
    """Look at one topic after the other. What can't be looked at without an engine is left out."""
    host = host or this_host()
    where: Endpoint | None = None
    client: docker.APIClient | None = None
    try:
        where = endpoint()
        yield context(where, words)
        client = connect()
    except NoEngine as error:
        yield no_engine(where, host, error, words)
    if client is None or where is None:
        yield machine.disk(Path.home(), words)
        yield machine.ports(words)
    else:
        yield from _examine_engine(client, where, builder, words)
    yield machine.terminal(machine.look_at_terminal(), words)


def _examine_engine(client: docker.APIClient, where: Endpoint, builder: Builder, words: Words) -> Iterator[Finding]:
    engine = DockerEngine(client, builder, where.host)
    try:
        facts = engine.facts()
        with engine_errors():
            info = client.info()
        yield engine_found(facts, info, words)
        yield Finding("builder", Verdict.OK, words(f"doctor.builder.{builder}"))
        yield store(facts.store, words)
        yield base_images(list_bases(engine), words)
        ours = frozenset(port for container in engine.containers() for port in container.ports.values())
    except TutorError as error:
        yield Finding("engine", Verdict.BAD, words.told(error.message), words.told(error.hint))
        return
    yield machine.disk(Path(str(info.get("DockerRootDir", ""))), words)
    if where.host.startswith(("tcp://", "ssh://", "http")):
        yield Finding("ports", Verdict.OK, words("doctor.ports.elsewhere"))
    else:
        rootless = any("rootless" in str(option) for option in info.get("SecurityOptions") or ())
        yield machine.ports(words, ours, machine.lowest_port() if rootless else 0)


def context(where: Endpoint, words: Words) -> Finding:
    values = {"host": clean_line(where.host), "chosen_by": clean_line(where.chosen_by)}
    key = "default" if where.chosen_by == "default" else "chosen"
    return Finding("context", Verdict.OK, words(f"doctor.context.{key}", **values))


def no_engine(where: Endpoint | None, host: Host, error: NoEngine, words: Words) -> Finding:
    if where is None:  # the context itself can't be used
        return Finding("context", Verdict.BAD, words.told(error.message), words.told(error.hint))
    reason = error.__cause__ if isinstance(error.__cause__, NoEngine) else error  # without the address: it is told
    found = diagnose(look_around(where, host), reason.message, words)
    return Finding("engine", Verdict.BAD, found.sentence, found.next_step)


def engine_found(facts: EngineFacts, info: dict[str, Any], words: Words) -> Finding:
    system = clean_line(str(info.get("OperatingSystem") or "?"))
    if info.get("OSType") == "windows":
        return Finding("engine", Verdict.BAD, words("doctor.engine.windows"), words("doctor.next.linux_containers"))
    values = {"version": facts.version, "system": system}
    if _version(facts.version) < OLDEST_ENGINE:
        oldest = ".".join(map(str, OLDEST_ENGINE))
        return Finding(
            "engine", Verdict.WARN, words("doctor.engine.old", oldest=oldest, **values), words("doctor.next.old")
        )
    return Finding("engine", Verdict.OK, words("doctor.engine.good", **values))


def _version(text: str) -> tuple[int, int]:
    """The first two numbers of an engine's version; one without numbers (a development build) counts as new."""
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (9999, 0)


def store(name: str, words: Words) -> Finding:
    if name in SLOW_STORES:
        return Finding("store", Verdict.WARN, words("doctor.store.slow", store=name), words("doctor.next.store"))
    return Finding("store", Verdict.OK, words("doctor.store.good", store=name))


def base_images(bases: tuple[BaseImage, ...], words: Words) -> Finding:
    named = {state: [base.name for base in bases if base.state is state] for state in BaseState}
    stale = [base.name for base in bases if base.state is BaseState.STAND_IN and not base.is_current]
    if missing := named[BaseState.MISSING]:
        sentence = words("doctor.bases.missing", names=", ".join(missing))
        return Finding("bases", Verdict.BAD, sentence, words("doctor.next.bases"))
    if stale:
        sentence = words("doctor.bases.stale", names=", ".join(stale))
        return Finding("bases", Verdict.WARN, sentence, words("doctor.next.rebuild"))
    if stand_ins := named[BaseState.STAND_IN]:
        sentence = words("doctor.bases.stand_ins", total=len(bases), names=", ".join(stand_ins))
        return Finding("bases", Verdict.OK, sentence, words("doctor.next.pull"))
    return Finding("bases", Verdict.OK, words("doctor.bases.published", total=len(bases)))
