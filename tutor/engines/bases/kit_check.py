"""See that an archive of images holds the course's base images and gives no other image's name away."""

from __future__ import annotations

import json
import posixpath
import tarfile
from collections import Counter
from pathlib import Path
from typing import IO, Any

from tutor.builds.engine import repository_of
from tutor.engines.bases.recipes import load_recipes
from tutor.errors import TutorError
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

LISTS = ("manifest.json", "index.json", "repositories")
"""The files by which an engine names what it loads.

`manifest.json`: all engines (image specification of Docker); `index.json`: those with the containerd store (OCI image
layout); `repositories`: engines before 1.10.
"""

LIST_LIMIT_BYTES = 4 << 20
NAME_ANNOTATION = "io.containerd.image.name"


def not_a_kit(path: Path) -> TutorError:
    return TutorError(
        "{path} is no whole kit of diamol-tutor.",
        "A kit is made with: diamol-tutor bases save KIT. If it is one, copy it again. Nothing was loaded.",
        path=path,
    )


def regular_file(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> IO[bytes]:
    file = archive.extractfile(member) if member.isreg() else None
    if file is None:
        raise not_a_kit(path)
    return file


def check_names(archive: IO[bytes], names: set[str], path: Path) -> None:
    """Raise TutorError unless the archive loads just these `names`, each a base image of the course.

    An image that took a learner's own image's name would be lost work.
    """
    known = {recipe.image for recipe in load_recipes().bases}
    found = set()
    with tarfile.open(fileobj=archive, mode="r:") as images:
        for name, member in _lists(images, path).items():
            if member.size > LIST_LIMIT_BYTES:
                raise not_a_kit(path)
            found |= _named(name, regular_file(images, member, path).read(), path)
    if found != names or not names <= known:
        others = ", ".join(clean_line(name) for name in sorted(found - known)) or Phrase("some are missing")
        raise TutorError(
            "The kit {path} doesn't hold just this course's images: {others}.",
            "Get a kit made with this release of diamol-tutor. Nothing was loaded.",
            path=path,
            others=others,
        )


def _lists(images: tarfile.TarFile, path: Path) -> dict[str, tarfile.TarInfo]:
    """The archive's lists. One given twice, or reached through a link, could be read as another one: no kit then."""
    members = [(posixpath.normpath("/" + member.name).lstrip("/"), member) for member in images]
    links = {name for name, member in members if member.issym() or member.islnk()}
    if any(parent in links for name, _ in members for parent in _parents(name)):
        raise not_a_kit(path)
    count = Counter(name for name, _ in members)
    if not count["manifest.json"] or any(count[name] > 1 for name in LISTS):
        raise not_a_kit(path)
    return {name: member for name, member in members if name in LISTS}


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _named(file: str, text: bytes, path: Path) -> set[str]:
    """The image names that one of the lists gives, without tag and the registry that needn't be said."""
    try:
        said: Any = json.loads(text)
        match file:
            case "manifest.json":
                tags = [tag for image in said for tag in image["RepoTags"] or ()]
            case "index.json":
                notes = [entry.get("annotations") or {} for entry in said["manifests"]]
                tags = [note[NAME_ANNOTATION] for note in notes if NAME_ANNOTATION in note]
            case _:
                tags = list(said)
        return {_short(repository_of(str(tag))) for tag in tags}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise not_a_kit(path) from error


def _short(name: str) -> str:
    """`HOST/diamol/base` as `diamol/base`: the containerd store writes the default registry's host in full."""
    host, _, rest = name.partition("/")
    return rest if "." in host and rest.count("/") == 1 else name
