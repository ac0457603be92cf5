"""A fake engine that also keeps names, archives and labels of images, for tests of base images and kits."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import IO

from tests.fakes import FakeEngine
from tutor.builds.engine import STAND_IN_LABEL, ImageInfo
from tutor.builds.events import PullProgress
from tutor.engines.bases.recipes import RECIPE_LABEL, load_recipes
from tutor.errors import TutorError

BASES = tuple(recipe.image for recipe in load_recipes().bases)
ROOT = load_recipes().root.image


@dataclass
class FakeStore(FakeEngine):
    """`refusals` are images that no registry gives, each with its error."""

    refusals: dict[str, TutorError] = field(default_factory=dict)

    def have(self, name: str, recipe: str | None = None, image_id: str = "") -> None:
        """Have a published image, or a stand-in of this recipe."""
        labels = {} if recipe is None else {STAND_IN_LABEL: name, RECIPE_LABEL: recipe}
        self._images[name] = ImageInfo(image_id or f"sha256:{name}", (f"{name}:latest",), 1000, labels)

    def have_current_stand_ins(self, *names: str) -> None:
        recipes = load_recipes()
        for recipe in (recipes.root, *recipes.bases):
            if not names or recipe.image in names:
                self.have(recipe.image, recipe.digest)

    def pull(self, image: str) -> Iterator[PullProgress]:
        self.calls.append(("pull", image))
        if image in self.refusals:
            raise self.refusals[image]
        yield PullProgress(image, "Downloading", 500, 1000, "abc", 500, 1000)
        self.have(image, image_id=f"sha256:pulled-{image}")

    def tag(self, image: str, name: str) -> None:
        self.calls.append(("tag", (image, name)))
        info = replace(self._images[image], tags=(f"{image}:latest", f"{name}:latest"))
        self._images[image] = self._images[name] = info

    def remove_image(self, reference: str) -> None:
        super().remove_image(reference)
        kept = {
            tag: replace(info, tags=tuple(t for t in info.tags if t != f"{reference}:latest"))
            for tag, info in self._images.items()
            if info.id != reference
        }
        self._images.clear()
        self._images.update(kept)

    def save_images(self, references: tuple[str, ...]) -> Iterator[bytes]:
        archive = archive_of({"manifest.json": [{"RepoTags": [f"{name}:latest" for name in references]}]})
        half = len(archive) // 2
        yield archive[:half]
        yield archive[half:]

    def load_images(self, archive: IO[bytes]) -> Iterator[str]:
        self.calls.append(("load", None))
        with tarfile.open(fileobj=archive, mode="r|") as images:
            for member in images:
                if member.name == "manifest.json" and (file := images.extractfile(member)):
                    for tag in (tag for image in json.load(file) for tag in image["RepoTags"]):
                        self.have(tag.removesuffix(":latest"))
                        yield f"Loaded image: {tag}"

    def asked(self, call: str) -> list[object]:
        """The arguments of these calls, in order."""
        return [argument for name, argument in self.calls if name == call]


def archive_of(files: dict[str, object]) -> bytes:
    """An archive of images: these JSON files, and a layer."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as images:
        for name, content in {"layer/layer.tar": "a layer" * 100, **files}.items():
            data = json.dumps(content).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            images.addfile(member, io.BytesIO(data))
    return buffer.getvalue()
