"""Run containers on a Docker engine: each labelled, with a prefixed name, its ports on 127.0.0.1 only."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import docker
import requests
import urllib3
from docker import errors as docker_errors
from docker.types import LogConfig

from tutor.builds.engine import LABEL, NAME_PREFIX, OWNER_LABEL, CannotStart, Container, Exited, OutputLine, RunSpec
from tutor.engines.connect import engine_errors
from tutor.engines.labels import labels
from tutor.engines.output import LineCutter
from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

_PROGRAM_AT_FAULT = ("OCI runtime create failed", "unable to find user", "no matching entries in passwd")
"""What the engine says when it is the image's program, user or folder that doesn't let a container start."""

_WRAPPINGS = re.compile(r"^.*(?:process|caused): (?=\S)", re.DOTALL)
"""What containerd and runc put before their reason, each version in its own way."""

_PORT_TAKEN = ("port is already allocated", "address already in use", "permission denied", "forbidden by its access")


def run(client: docker.APIClient, spec: RunSpec) -> Iterator[OutputLine | Exited]:
    """See `Engine.run`."""
    container = _create(client, spec, spec.ports)
    try:
        with engine_errors():
            stream = client.attach(container, stdout=True, stderr=True, stream=True, logs=True, demux=True)
            _start(client, container, spec)
            yield from _output(stream)
            exit_code = client.wait(container)["StatusCode"]
        yield Exited(int(exit_code))
    finally:
        remove(client, container)


def _output(stream: Iterator[tuple[bytes | None, bytes | None]]) -> Iterator[OutputLine]:
    cutters = {"stdout": LineCutter(), "stderr": LineCutter()}
    try:
        for pair in stream:
            for name, data in zip(cutters, pair, strict=True):
                if data:
                    yield from (OutputLine(text, name) for text in cutters[name].feed(data))
    except urllib3.exceptions.HTTPError:
        pass  # the connection was cut; the container's state, asked for next, tells how it ended
    for name, cutter in cutters.items():
        yield from (OutputLine(text, name) for text in cutter.end())


def start(client: docker.APIClient, spec: RunSpec) -> Container:
    """See `Engine.start`. When a wanted port is taken, the container gets free ones instead."""
    container = _create(client, spec, spec.ports)
    try:
        with engine_errors():
            try:
                client.start(container)
            except docker_errors.APIError as error:
                if not any(sign in str(error.explanation).lower() for sign in _PORT_TAKEN):
                    raise
                remove(client, container)
                container = _create(client, spec, dict.fromkeys(spec.ports, 0))
                client.start(container)
    except TutorError as error:
        remove(client, container)
        raise _told(spec, error) from error
    found = inspect(client, container)
    if found is None:
        raise TutorError(
            "The container of {image} was removed as soon as it started.", "Run it again.", image=spec.image
        )
    return found


def _start(client: docker.APIClient, container: str, spec: RunSpec) -> None:
    try:
        with engine_errors():
            client.start(container)
    except TutorError as error:
        raise _told(spec, error) from error


def _told(spec: RunSpec, error: TutorError) -> TutorError:
    """The failure of a start as CannotStart when it is the image's own; else as it is."""
    said = str(error.__cause__.explanation) if isinstance(error.__cause__, docker_errors.APIError) else ""
    if not any(sign in said for sign in _PROGRAM_AT_FAULT):
        return error
    return CannotStart(spec.image, clean_line(_WRAPPINGS.sub("", said).removesuffix(": unknown")))


def _create(client: docker.APIClient, spec: RunSpec, ports: Any) -> str:
    name = NAME_PREFIX + (spec.name or uuid.uuid4().hex[:12])
    with engine_errors():
        try:
            existing = client.inspect_container(name)
            if LABEL in (existing["Config"].get("Labels") or {}):
                remove(client, name)  # left by an earlier run of the same step
        except docker_errors.NotFound:
            pass
        networking = None
        if spec.network:
            endpoint: Any = client.create_endpoint_config(aliases=[spec.alias] if spec.alias else None)
            networks: Any = {NAME_PREFIX + spec.network: endpoint}
            networking = client.create_networking_config(networks)
        try:
            created = client.create_container(
                spec.image,
                command=list(spec.command) or None,
                environment=dict(spec.env),
                ports=list(ports),
                name=name,
                host_config=client.create_host_config(**_host_config(spec, ports)),
                networking_config=networking,
                labels=labels("run"),
            )
        except docker_errors.ImageNotFound as error:
            raise TutorError("There is no image {image}.", "Build it first.", image=clean_line(spec.image)) from error
        except docker_errors.APIError as error:
            if "no command specified" in str(error.explanation).lower():
                raise CannotStart(spec.image, Phrase("there is neither a CMD nor an ENTRYPOINT")) from error
            raise
        except requests.exceptions.RequestException:  # it may be there, for all that its answer was lost
            with suppress(TutorError):
                remove(client, name)
            raise
    return str(created["Id"])


def _host_config(spec: RunSpec, ports: Mapping[int, int]) -> dict[str, Any]:
    config: dict[str, Any] = {"port_bindings": {port: ("127.0.0.1", wanted or None) for port, wanted in ports.items()}}
    if spec.joins:
        config["network_mode"] = f"container:{spec.joins}"
    elif spec.isolated:
        config["network_mode"] = "none"
    elif spec.network:
        config["network_mode"] = NAME_PREFIX + spec.network
    if spec.limits:
        config |= {
            "mem_limit": spec.limits.memory_bytes,
            "memswap_limit": spec.limits.memory_bytes,  # no swap beside it
            "pids_limit": spec.limits.processes,
            "security_opt": ["no-new-privileges"],
            "log_config": LogConfig(type=LogConfig.types.JSON, config={"max-size": "2m", "max-file": "1"}),
        }
    return config


def inspect(client: docker.APIClient, container: str) -> Container | None:
    with engine_errors():
        try:
            found = client.inspect_container(container)
        except docker_errors.NotFound:
            return None
    state = found["State"]
    published = (found["NetworkSettings"].get("Ports") or {}).items()
    return Container(
        id=found["Id"],
        name=clean_line(found["Name"].lstrip("/")),
        image=clean_line(found["Config"]["Image"]),
        state=state["Status"],
        ports={int(port.split("/")[0]): int(bound[0]["HostPort"]) for port, bound in published if bound},
        exit_code=state["ExitCode"] if state["Status"] in ("exited", "dead") else None,
        owner=clean_line((found["Config"].get("Labels") or {}).get(OWNER_LABEL, "")),
    )


def logs(client: docker.APIClient, container: str, tail: int) -> tuple[str, ...]:
    with engine_errors():
        try:
            data = client.logs(container, stdout=True, stderr=True, tail=tail)
        except docker_errors.NotFound:
            return ()
    cutter = LineCutter()
    return (*cutter.feed(data), *cutter.end())


def listing(client: docker.APIClient) -> tuple[Container, ...]:
    with engine_errors():
        ids = [entry["Id"] for entry in client.containers(all=True, filters={"label": LABEL})]
    found = (inspect(client, container) for container in ids)
    return tuple(container for container in found if container is not None)


def remove(client: docker.APIClient, container: str) -> None:
    """Stop and remove one container, with its anonymous volumes. One that is gone is no error."""
    with engine_errors():
        try:
            client.remove_container(container, force=True, v=True)
        except docker_errors.NotFound:
            pass
        except docker_errors.APIError as error:
            if "already in progress" not in str(error.explanation):
                raise
