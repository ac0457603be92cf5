"""File trees with contents known by digest: a build context, and a stage's file system as far as it can be known.

A tree is never changed: placing something gives a new one that shares the rest. Every node has a `key`; equal keys
mean equal names, modes and contents. What only an engine could tell is `Unknown`, with the origin it came from:
unknown content of one origin equals itself.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

MOST_LINKS = 40
"""How many links a path may lead through, as the kernel counts."""

MADE_MODE = 0o755
"""The mode of the folders that a builder makes on its way."""


def digest_of(*parts: object) -> str:
    """One short text for many; equal only for equal parts."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class File(NamedTuple):
    """`digest` stands for the bytes; `owner` is what `--chown` made of it."""

    mode: int
    digest: str
    owner: str = ""

    @property
    def key(self) -> str:
        return f"file {self.mode:o} {self.digest} {self.owner}"


@dataclass(frozen=True)
class Link:
    """`target` as the link is written."""

    target: str
    owner: str = ""

    @cached_property
    def key(self) -> str:
        return f"link {self.target} {self.owner}"


@dataclass(frozen=True)
class Unknown:
    """Something that only the engine knows: a path of an image, or of what a RUN left behind."""

    origin: str

    @property
    def key(self) -> str:
        return f"unknown {self.origin}"


@dataclass(frozen=True)
class Folder:
    """`below` is the origin of what it may hold besides `children`; None when they are all."""

    children: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))
    mode: int = MADE_MODE
    below: str | None = None
    owner: str = ""

    @cached_property
    def key(self) -> str:
        inside = [(name, node.key) for name, node in sorted(self.children.items())]
        return f"folder {digest_of(self.mode, self.below, self.owner, inside)}"

    @cached_property
    def has_links(self) -> bool:
        """Whether a link stands anywhere below."""
        return any(isinstance(c, Link) or (isinstance(c, Folder) and c.has_links) for c in self.children.values())

    def child(self, name: str) -> Node | None:
        found = self.children.get(name)
        if found is None and self.below is not None:
            return Unknown(f"{self.below}/{name}")
        return found

    def with_child(self, name: str, node: Node | None) -> Folder:
        """The folder with another child of this name, or without one for None."""
        children = dict(self.children)
        if node is None:
            children.pop(name, None)
        else:
            children[name] = node
        return Folder(children, self.mode, self.below, self.owner)


Node = File | Link | Folder | Unknown


def unknown_root(origin: str) -> Folder:
    """The file system of an image, or what a RUN made."""
    return Folder(mode=0, below=origin)


def parts_of(path: str) -> tuple[str, ...]:
    """A path's names from the root, `.` and `..` resolved as plain text; none above the root."""
    return tuple(part for part in posixpath.normpath("/" + path).split("/") if part)


def look_up(root: Folder, path: str) -> tuple[str, Node] | None:
    """What stands at `path`, links on the way and the last one followed inside the tree, and where that is."""
    names = list(reversed(parts_of(path)))
    at: list[tuple[str, Folder]] = [("", root)]
    node: Node = root
    links = 0
    while names:
        name = names.pop()
        if name == "..":
            at = at[: max(1, len(at) - 1)]
            node = at[-1][1]
            continue
        if isinstance(node, Unknown):
            node = Unknown(f"{node.origin}/{name}")
            at.append((name, unknown_root(node.origin)))
            continue
        if not isinstance(node, Folder) or (found := node.child(name)) is None:
            return None
        if isinstance(found, Link):
            links += 1
            if links > MOST_LINKS:
                return None
            if found.target.startswith("/"):
                at = at[:1]
            node = at[-1][1]
            names += reversed([part for part in found.target.split("/") if part not in ("", ".")])
            continue
        node = found
        if isinstance(node, Folder):
            at.append((name, node))
        elif names:
            at.append((name, Folder()))
        else:
            return "/".join([*(part for part, _ in at[1:]), name]), node
    return "/".join(part for part, _ in at[1:]), node


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every node below, with its path, folders before what they hold, names sorted; and the node itself."""
    if path:
        yield path, node
    if isinstance(node, Folder):
        for name, child in sorted(node.children.items()):
            yield from walk(child, f"{path}/{name}" if path else name)


def owned(node: Node, owner: str) -> Node:
    """The node and all below as `--chown` or `--chmod` leaves them; `owner` names what was asked."""
    match node:
        case Folder(children, mode, below):
            return Folder({name: owned(child, owner) for name, child in children.items()}, mode, below, owner)
        case File(mode, digest):
            return File(mode, digest, owner)
        case Link(target):
            return Link(target, owner)
        case Unknown(origin):
            return Unknown(digest_of(origin, owner))


def place(root: Folder, path: str, node: Node) -> Folder:
    """The tree with `node` at `path`, folders made on the way; a folder is merged into one that is there."""
    return _placed(root, list(parts_of(path)), node)


def _placed(folder: Folder, names: list[str], node: Node) -> Folder:
    if not names:
        merged = _merged(folder, node, keep_mode=True)
        return merged if isinstance(merged, Folder) else unknown_root(merged.key)
    name, *rest = names
    there = folder.child(name)
    if not rest:
        return folder.with_child(name, node if there is None else _merged(there, node, keep_mode=True))
    match there:
        case Folder():
            inner: Node = _placed(there, rest, node)
        case Unknown(origin):
            inner = _placed(unknown_root(origin), rest, node)
        case None:
            inner = _placed(Folder(), rest, node)
        case _:  # through a link, or under a file: only the engine can tell
            inner = Unknown(digest_of(there.key, rest, node.key))
    return folder.with_child(name, inner)


def _merged(there: Node, node: Node, keep_mode: bool = False) -> Node:
    """What stands there after a copy of `node` over it."""
    if there is node:
        return there
    match there, node:
        case _, Unknown():
            return Unknown(digest_of(there.key, node.key))
        case Unknown(origin), Folder():
            return _merged(unknown_root(origin), node, keep_mode)
        case Folder(), Folder():
            children = dict(there.children)
            for name, child in node.children.items():
                old = there.child(name)
                children[name] = child if old is None else _merged(old, child)
            below = there.below if node.below is None else digest_of(there.below, node.below)
            return Folder(children, there.mode if keep_mode else node.mode, below, node.owner)
        case _:
            return node


class Alike(Enum):
    """Whether two nodes hold the same; UNSURE when only the engine can tell."""

    SAME = auto()
    DIFFERENT = auto()
    UNSURE = auto()


def compare(one: Node | None, other: Node | None) -> Alike:
    """Whether two nodes hold the same content under the same names."""
    if one is None or other is None:
        return Alike.SAME if one is other else Alike.DIFFERENT
    if one.key == other.key:
        return Alike.SAME
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return Alike.UNSURE
    if not (isinstance(one, Folder) and isinstance(other, Folder)):
        return Alike.DIFFERENT
    one_ground = one.below == other.below
    names = one.children.keys() | other.children.keys() if one_ground else one.children.keys() & other.children.keys()
    here, there = one.children, other.children
    changed = [name for name in names if here.get(name) is not there.get(name)]
    found = {compare(one.child(name), other.child(name)) for name in changed}
    if Alike.DIFFERENT in found or (one_ground and (one.mode, one.owner) != (other.mode, other.owner)):
        return Alike.DIFFERENT
    return Alike.UNSURE
