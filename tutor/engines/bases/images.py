"""The base images of the examples: which are there, and how the published ones are pulled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tutor.builds.engine import Engine, ImageInfo, repository_of
from tutor.builds.events import PullProgress
from tutor.engines.bases.recipes import RECIPE_LABEL, Recipe, load_recipes
from tutor.errors import TutorError, UsageError

_REGISTRY = re.compile(r"[A-Za-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*")
"""A registry's host, port and path as an image name may hold them (distribution's reference grammar)."""


class BaseEngine(Engine, Protocol):
    """An engine that can give an image another name as well."""

    def tag(self, image: str, name: str) -> None: ...


class BaseState(StrEnum):
    MISSING = "missing"
    PUBLISHED = "published"
    STAND_IN = "stand-in"


@dataclass(frozen=True)
class BaseImage:
    """One base image. `recipe` is the digest of the recipe a stand-in was built from, `wanted_recipe` today's.

    `id` and `size_bytes` are empty while it is missing.
    """

    name: str
    state: BaseState
    wanted_recipe: str
    id: str = ""
    size_bytes: int = 0
    recipe: str = ""

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be built: the published image is here, or a stand-in of today's recipe."""
        return self.state is BaseState.PUBLISHED or (
            self.state is BaseState.STAND_IN and self.recipe == self.wanted_recipe
        )


@dataclass(frozen=True)
class BaseStarted:
    """Work on one image begins: the `number`th of `total`, counted from 1."""

    name: str
    number: int
    total: int


@dataclass(frozen=True)
class BaseProgress:
    """A line about the image under way. `pull` has the figures of a pull; it is None for a build."""

    name: str
    text: str
    pull: PullProgress | None = None


@dataclass(frozen=True)
class BaseReady:
    """An image is there. `changed` is False when there was nothing to do."""

    image: BaseImage
    changed: bool


BaseEvent = BaseStarted | BaseProgress | BaseReady


def list_bases(engine: Engine, names: tuple[str, ...] = ()) -> tuple[BaseImage, ...]:
    """What is there of the base images, all of them unless `names` says which."""
    return tuple(look(engine, recipe) for recipe in load_recipes().chosen(names))


def look(engine: Engine, recipe: Recipe) -> BaseImage:
    info = engine.image(recipe.image)
    if info is None:
        return BaseImage(recipe.image, BaseState.MISSING, recipe.digest)
    return BaseImage(
        name=recipe.image,
        state=BaseState.STAND_IN if info.is_stand_in else BaseState.PUBLISHED,
        wanted_recipe=recipe.digest,
        id=info.id,
        size_bytes=info.size_bytes,
        recipe=info.labels.get(RECIPE_LABEL, "") if info.is_stand_in else "",
    )


def pull_bases(engine: BaseEngine, names: tuple[str, ...] = (), registry: str = "") -> Iterator[BaseEvent]:
    """Pull the published images from Docker Hub, or from the mirror `registry`, in place of any stand-in.

    Raises TutorError at the first that can't be had, UsageError for an unknown name or a `registry` that is none.
    """
    mirror = _mirror(registry)
    recipes = load_recipes().chosen(names)
    for number, recipe in enumerate(recipes, 1):
        name = recipe.image
        yield BaseStarted(name, number, len(recipes))
        before = engine.image(name)
        source = f"{mirror}/{name}" if mirror else name
        for progress in engine.pull(source):
            yield BaseProgress(name, progress.status, progress)
        if mirror:
            _rename(engine, source, name)
        now = look(engine, recipe)
        changed = before is None or before.id != now.id
        if before is not None and changed:
            drop_replaced(engine, before)
        yield BaseReady(now, changed)


def _rename(engine: BaseEngine, source: str, name: str) -> None:
    """Leave a mirror's image only the name that Dockerfiles call it by."""
    engine.tag(source, name)
    info = engine.image(name)
    # Docker Hub given as the mirror: both names are one there, and removing one would remove the image
    if info is not None and source in {repository_of(tag) for tag in info.tags}:
        engine.remove_image(source)


def drop_replaced(engine: Engine, before: ImageInfo) -> None:
    """Remove a stand-in whose name another image has taken, unless it has more names or is still in use."""
    if before.is_stand_in and len(before.tags) == 1:
        with suppress(TutorError):  # images built on it, or containers, still need it
            engine.remove_image(before.id)


def _mirror(registry: str) -> str:
    mirror = registry.removeprefix("https://").removeprefix("http://").rstrip("/")
    if registry and not _REGISTRY.fullmatch(mirror):
        raise UsageError(
            "'{registry}' is no registry.", "Give its host, like mirror.example.org:5000.", registry=registry
        )
    return mirror
