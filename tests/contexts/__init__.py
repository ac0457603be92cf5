"""Build contexts with something tricky in them, and what Docker makes of each."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

from tests.contexts.trees import TREES, Tree
from tutor.builds.builder import Builder
from tutor.engines.context import BuildContext

__all__ = ["TREES", "Tree", "archive_of", "landed", "landed_in", "paths"]

_LANDED = json.loads(Path(__file__).with_name("landed.json").read_text())["landed"]


def landed(tree: Tree, builder: Builder) -> list[str]:
    """What `COPY . /ctx/` brings into the image when the Docker CLI builds the tree: kind, mode and path, sorted."""
    lines: list[str] = _LANDED[tree.name][str(builder)]
    return lines


def archive_of(chunks: Iterable[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(b"".join(chunks)))


def paths(context: BuildContext) -> list[str]:
    return [entry.path for entry in context.entries()]


def landed_in(exported: bytes, top: str = "ctx/") -> list[str]:
    """What an exported container holds below `top`: kind, mode and path of each entry, with a link's target."""
    members = (member for member in archive_of([exported]) if member.name.startswith(top))
    return sorted(_line_of(member, member.name.rstrip("/").removeprefix(top)) for member in members)


def _line_of(member: tarfile.TarInfo, name: str) -> str:
    if member.issym():
        return f"link {name} -> {member.linkname}"
    return f"{'folder' if member.isdir() else 'file'} {member.mode & 0o7777:o} {name}"
