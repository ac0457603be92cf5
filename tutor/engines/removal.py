"""Remove an image, and of the steps below it only what nothing else stands on."""

from __future__ import annotations

from contextlib import suppress

import docker
from docker import errors as docker_errors

from tutor.engines.connect import engine_errors

_NAMELESS = "<none>:<none>"
"""How engines before 25.0 list the name of an image that has none."""


def remove(client: docker.APIClient, reference: str) -> None:
    """Remove an image (or just this name of it) with the nameless steps below it. One that is not there is no error.

    The classic builder makes an image of each step, and finds its cache by them. An engine that is asked to remove the
    steps below an image as well looks whether others stand on them; with the containerd store it doesn't (measured on
    Docker 28.5: a solution of three cached steps had one left after an edit of it was removed). So the steps are
    removed here, one by one, which any store does as told.
    """
    with engine_errors(), suppress(docker_errors.ImageNotFound):
        below = client.inspect_image(reference).get("Parent", "")
        done = client.remove_image(reference, force=False, noprune=True)
        if below and any("Deleted" in each for each in done):
            _remove_steps(client, below)


def _remove_steps(client: docker.APIClient, step: str) -> None:
    """Remove this step and those below it, down to the first that has a name, has others on it, or is in use."""
    left = {image["Id"]: image for image in client.images(all=True)}
    while (image := left.pop(step, None)) and set(image["RepoTags"] or ()) <= {_NAMELESS}:
        if any(other["ParentId"] == step for other in left.values()):
            return
        try:
            client.remove_image(step, force=False, noprune=True)
        except docker_errors.APIError:  # a build has just come to stand on it
            return
        step = image["ParentId"]
