"""The tutor's own networks on a Docker engine."""

from __future__ import annotations

from contextlib import suppress

import docker
from docker import errors as docker_errors

from tutor.builds.engine import LABEL, NAME_PREFIX
from tutor.engines.connect import engine_errors
from tutor.sanitise import clean_line


def create(client: docker.APIClient, name: str) -> str:
    """See `Engine.create_network`."""
    real = NAME_PREFIX + name
    if real not in listing(client):
        with engine_errors():
            client.create_network(real, labels={LABEL: "network"})
    return real


def listing(client: docker.APIClient) -> tuple[str, ...]:
    with engine_errors():
        return tuple(clean_line(network["Name"]) for network in client.networks(filters={"label": LABEL}))


def remove(client: docker.APIClient, name: str) -> None:
    """Remove the tutor's network `name` (with or without its prefix). One that is gone is no error."""
    real = name if name.startswith(NAME_PREFIX) else NAME_PREFIX + name
    with engine_errors(), suppress(docker_errors.NotFound):
        client.remove_network(real)
