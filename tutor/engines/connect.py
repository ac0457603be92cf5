"""Find the learner's Docker engine the way the docker command does, and talk to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
import requests
from docker import errors as docker_errors
from docker.context import ContextAPI
from docker.tls import TLSConfig

from tutor.builds.engine import SOCKETS
from tutor.errors import NoEngine, TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

DEFAULT_HOST = "unix:///var/run/docker.sock"
FIRST_REPLY_DEADLINE_S = 10
"""How long an engine may take to answer at all, before it counts as none."""

REPLY_DEADLINE_S = 60
"""How long one reply may take. Streams (builds, pulls, output) have no deadline once begun: they end by `cancel`."""

NO_SPACE = "no space left on device"
"""What an engine says in the middle of a sentence when its disk is full (both builders of Docker 20.10)."""

MAKE_ROOM = Phrase("The engine's disk is full: make room on it (diamol-tutor doctor says where it is), then try again.")
"""Not by `docker builder prune`: with no room at all that fails as well (Docker 20.10)."""


@dataclass(frozen=True)
class Endpoint:
    """Where an engine listens, and what said so (`DOCKER_HOST`, a context's name, or "default")."""

    host: str
    chosen_by: str
    tls: TLSConfig | None = None


def endpoint() -> Endpoint:
    """The engine the docker command would use: DOCKER_HOST, else DOCKER_CONTEXT, else the current context.

    Source: Docker CLI reference, "docker context", order of precedence. Raises NoEngine for an unknown context.
    """
    host = os.environ.get("DOCKER_HOST")
    if host:
        return Endpoint(host, "DOCKER_HOST", _environment_tls())
    name = os.environ.get("DOCKER_CONTEXT", "")
    try:
        context = ContextAPI.get_context(name or None)
    except Exception as error:  # the SDK raises bare Exception for a damaged context file
        raise NoEngine(
            "The Docker context can't be read: {said}",
            "Choose another: docker context use default",
            said=clean_line(str(error)),
        ) from error
    if context is None:
        raise NoEngine(
            "There is no Docker context named '{name}'.",
            "See which there are: docker context ls",
            name=clean_line(name),
        )
    if context.name == "default":
        return Endpoint(DEFAULT_HOST, "default")
    return Endpoint(context.Host or DEFAULT_HOST, f"context {context.name}", context.TLSConfig)


def _environment_tls() -> TLSConfig | None:
    if not os.environ.get("DOCKER_TLS_VERIFY"):
        return None
    folder = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    return TLSConfig(
        client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")), ca_cert=str(folder / "ca.pem"), verify=True
    )


def connect() -> docker.APIClient:
    """A client for the learner's engine, having answered once.

    Raises NoEngine when none answers, with the next step for the reason found.
    """
    where = endpoint()
    try:
        with engine_errors():
            client = docker.APIClient(
                base_url=where.host,
                version="auto",
                timeout=FIRST_REPLY_DEADLINE_S,
                tls=where.tls or False,
                use_ssh_client=where.host.startswith("ssh://"),
            )
            # no proxy stands before a socket: it needn't be looked for in the environment at each request
            client.trust_env = not where.host.startswith(SOCKETS)
            client.ping()
            client.timeout = REPLY_DEADLINE_S
    except NoEngine as error:
        raise NoEngine(
            "{problem} (asked {host}, chosen by {chosen_by})",
            error.hint,
            problem=error.message,
            host=where.host,
            chosen_by=where.chosen_by,
        ) from error
    return client


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn the SDK's and its transport's errors into sentences with a next step."""
    try:
        yield
    except docker_errors.APIError as error:
        raise _refused(error) from error
    except (requests.exceptions.ReadTimeout, TimeoutError) as error:
        raise NoEngine(
            "The Docker engine did not reply in time.",
            "It may be overloaded or stuck: see `docker info`, or restart it.",
        ) from error
    except (json.JSONDecodeError, docker_errors.StreamParseError) as error:
        raise NoEngine(
            "The Docker engine's answer broke off, or isn't an engine's answer.",
            "See with `diamol-tutor doctor` what answers there, then try again.",
        ) from error
    except (docker_errors.DockerException, requests.exceptions.RequestException, OSError) as error:
        raise _no_engine(error) from error


def _refused(error: docker_errors.APIError) -> TutorError:
    """Say what the engine says; one that fails itself (5xx) without a word has no reason for a learner to mend."""
    if error.explanation:
        said = clean_line(str(error.explanation))
        hint = MAKE_ROOM if NO_SPACE in said else Phrase("Mend what it names, then try again.")
        return TutorError("The Docker engine refused: {said}", hint, said=said)
    return TutorError(
        "The Docker engine failed with status {status}, and doesn't say why.",
        "Try again; if it fails again, read the engine's own log, or restart it.",
        status=error.status_code,
    )


def _no_engine(error: BaseException) -> NoEngine:
    """Say why no engine could be reached. The SDK wraps the socket's error several times over: look at the text."""
    said = str(error)
    if "timed out" in said:
        return NoEngine(
            "The Docker engine did not reply in time.",
            "It may be overloaded or stuck: see `docker info`, or restart it.",
        )
    if "Permission denied" in said or "PermissionError" in said:
        return NoEngine(
            "You may not use the Docker engine's socket.",
            "Add yourself to the docker group (sudo usermod -aG docker $USER), then log in again.",
        )
    if "FileNotFoundError" in said or "No such file" in said:
        return NoEngine("No Docker engine is running here.", "Run: diamol-tutor doctor --fix")
    if "Connection refused" in said or "ConnectionRefused" in said:
        return NoEngine("The Docker engine does not answer.", "Start it, or run: diamol-tutor doctor --fix")
    if "Name or service not known" in said or "Failed to resolve" in said or "getaddrinfo" in said:
        return NoEngine("The Docker engine's host name is unknown.", "Check DOCKER_HOST or your Docker context.")
    if isinstance(error, requests.exceptions.ConnectionError) or "Connection aborted" in said:
        return NoEngine(
            "The connection to the Docker engine was lost.",
            "See with `diamol-tutor doctor` whether it still runs, then try again.",
        )
    return NoEngine(
        "The Docker engine can't be reached: {said}",
        "Check DOCKER_HOST, or run: diamol-tutor doctor",
        said=clean_line(said),
    )
