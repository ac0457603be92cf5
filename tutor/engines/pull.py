"""Pull an image through the Engine API, with progress."""

from __future__ import annotations

from collections.abc import Iterator

import docker
from docker import errors as docker_errors

from tutor.builds.events import PullProgress
from tutor.engines.connect import engine_errors
from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line


class PullRefused(TutorError):
    """An image that no registry gave. `image` is its name as asked for, `said` the registry's words."""

    def __init__(self, image: str, message: str, hint: str, said: str = "") -> None:
        super().__init__(message, hint, image=image, said=said)
        self.image = image


def pull(client: docker.APIClient, image: str) -> Iterator[PullProgress]:
    """Pull `image` (tag `latest` unless it names one), telling bytes over all layers as they come.

    Raises PullRefused when the registry refuses or can't be reached.
    """
    yield PullProgress(image, Phrase("asking the registry"))
    name, tag = _split(image)
    done: dict[str, int] = {}
    total: dict[str, int] = {}
    with engine_errors():
        try:
            for message in client.pull(name, tag=tag, stream=True, decode=True):
                if error := message.get("error"):
                    raise _refused(image, str(error))
                detail = message.get("progressDetail") or {}
                layer = clean_line(str(message.get("id", "")))
                status = clean_line(str(message.get("status", "")))
                _count(status, layer, detail, done, total)
                whole = sum(done.values()), sum(total.values())
                if layer in done:
                    yield PullProgress(image, status, *whole, layer, done[layer], total[layer])
                else:
                    yield PullProgress(image, status, *whole)
        except docker_errors.APIError as error:
            raise _refused(image, str(error.explanation or error)) from error


def _count(status: str, layer: str, detail: dict[str, int], done: dict[str, int], total: dict[str, int]) -> None:
    """Downloading and extracting both report `current` of a layer: only the download is counted."""
    if status == "Downloading" and "current" in detail:
        done[layer] = detail["current"]
        total[layer] = detail.get("total", 0)
    elif status in ("Download complete", "Pull complete") and layer in total:
        done[layer] = total[layer]


def _split(image: str) -> tuple[str, str | None]:
    if "@" in image:
        return image, None
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")


_LIMITED = ("toomanyrequests", "rate limit", "429 Too Many Requests")
"""The registry's own words; the containerd store hands on the HTTP status only."""


def _refused(image: str, said: str) -> PullRefused:
    said = clean_line(said)
    if any(words in said for words in _LIMITED):
        return PullRefused(
            image,
            "The registry's rate limit is reached; {image} was not pulled.",
            "Log in (docker login), wait a while, or use a mirror: diamol-tutor bases pull --registry MIRROR",
        )
    if "no such host" in said or "timeout" in said.lower() or "connection refused" in said or "/v2/" in said:
        return PullRefused(
            image,
            "{image} is not on this engine, and no registry can be reached to pull it.",
            "Get the base images another way: diamol-tutor bases build, or bases load KIT",
        )
    if "not found" in said or "manifest unknown" in said or "denied" in said:
        return PullRefused(
            image,
            "There is no image {image} to pull ({said}).",
            "Check the name in FROM or COPY --from, letter by letter.",
            said,
        )
    return PullRefused(image, "{image} could not be pulled: {said}", "Try again, or run: diamol-tutor doctor", said)
