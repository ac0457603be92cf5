"""Which base images the examples stand on, and the recipes of their stand-ins: `exercises/bases/`."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.errors import UsageError
from tutor.places import exercises_folder

RECIPE_LABEL = "diamol.tutor.recipe"
"""Holds the digest of the recipe that a stand-in was built from."""


@dataclass(frozen=True)
class Recipe:
    """How one stand-in is made. `folder` holds its Dockerfile and files; `digest` is that of all that goes into it.

    What comes from the machine (package sources, certificates) is no part of the digest: a stand-in isn't built
    again because the machine was updated.
    """

    image: str
    folder: Path
    digest: str
    host_certificates: bool = False


@dataclass(frozen=True)
class Recipes:
    """`root` is what all the others stand on, Debian's release `suite`; `bases` in the order they are built."""

    root: Recipe
    suite: str
    bases: tuple[Recipe, ...]

    def chosen(self, names: tuple[str, ...]) -> tuple[Recipe, ...]:
        """The recipes of these images (`diamol/base`, or just `base`), all for none. Raises UsageError."""
        known = {recipe.image: recipe for recipe in self.bases}
        full = [name if "/" in name else f"diamol/{name}" for name in names]
        for name in full:
            if name not in known:
                raise UsageError(
                    "{name} is no base image of this course.",
                    "Choose one of: {known}.",
                    name=name,
                    known=", ".join(known),
                )
        return tuple(known[name] for name in known if name in full or not names)


def load_recipes(folder: Path | None = None) -> Recipes:
    """Read `bases.toml` and the recipes it lists."""
    folder = folder or exercises_folder() / "bases"
    listed: dict[str, Any] = tomllib.loads((folder / "bases.toml").read_text("utf-8"))
    suite = listed["root"]["suite"]
    root = _recipe(folder, listed["root"], suite)
    return Recipes(root, suite, tuple(_recipe(folder, entry, root.digest) for entry in listed["base"]))


def _recipe(folder: Path, entry: dict[str, Any], stands_on: str) -> Recipe:
    own = folder / entry["folder"]
    digest = hashlib.sha256(stands_on.encode())
    for file in sorted(path for path in own.rglob("*") if path.is_file()):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"\n{file.relative_to(own).as_posix()} {content}".encode())
    return Recipe(entry["image"], own, digest.hexdigest(), entry.get("host_certificates", False))
