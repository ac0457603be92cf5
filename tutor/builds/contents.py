"""What each layer of an image adds, as a tree of folders and files: enough to see why the image is large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.builds.layers import Layer

NODES_KEPT = 200_000
"""Files and folders kept of one image; what is beyond them still counts in the folder it is in."""

DEPTH_KEPT = 48
"""Folders within folders that are kept; what is deeper counts in the last of them."""


class Kind(StrEnum):
    """What an entry is. REMOVED: it hides what a layer below has under this name; MORE: entries not kept one by one."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    REMOVED = "removed"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a layer. `size_bytes` is what it adds with all below it, `files` how many files that are.

    `below_bytes` is the size of what stands in its place in the layers below, None when there is nothing;
    `hidden_bytes` is what it and all below it hide there: those bytes stay in the image. `children` come largest first.
    """

    name: str
    kind: Kind
    size_bytes: int = 0
    files: int = 0
    below_bytes: int | None = None
    hidden_bytes: int = 0
    children: tuple[Node, ...] = ()


@dataclass(frozen=True)
class LayerContents:
    """One layer: what made it, and what it adds."""

    made: Layer
    root: Node

    @property
    def size_bytes(self) -> int:
        return self.root.size_bytes


@dataclass(frozen=True)
class ImageContents:
    """All layers of an image that hold files, from the bottom up.

    `history` has also what made no layer (ENV, CMD); the `made` of each layer is one of its entries.
    """

    layers: tuple[LayerContents, ...]
    history: tuple[Layer, ...] = ()

    @property
    def size_bytes(self) -> int:
        return sum(layer.size_bytes for layer in self.layers)

    @property
    def hidden_bytes(self) -> int:
        """What is in the image and can't be seen in a container: removed or replaced by a later layer."""
        return sum(layer.root.hidden_bytes for layer in self.layers)


@dataclass(frozen=True)
class ImageRead:
    """How much of an image has been read. `total_bytes` is what it will be about, 0 when that isn't known."""

    done_bytes: int
    total_bytes: int = 0


@dataclass
class _Folder:
    """A folder while its layer is read. `opaque`: it hides all that the layers below have in it."""

    children: dict[str, _Folder | _Leaf] = field(default_factory=dict)
    opaque: bool = False
    more_files: int = 0
    more_bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Leaf:
    kind: Kind
    size_bytes: int = 0


@dataclass
class Budget:
    """How many nodes may still be kept, over all layers of an image."""

    left: int = NODES_KEPT


@dataclass
class LayerTree:
    """Collects the entries of one layer, in any order; memory stays bounded whatever comes."""

    budget: Budget = field(default_factory=Budget)
    _root: _Folder = field(default_factory=_Folder)

    def add(self, path: str, kind: Kind, size_bytes: int = 0) -> None:
        """An entry at a path that is clean text, `/` between its parts."""
        names = [name for name in path.split("/") if name not in ("", ".", "..")]
        if not names:
            return
        folder = self._enter(names[:-1])
        there = folder.children.get(names[-1]) if folder is not None else None
        if folder is None or (there is None and (self.budget.left <= 0 or len(names) > DEPTH_KEPT)):
            self._count(names, kind, size_bytes)
        elif kind is not Kind.FOLDER:
            self._keep(folder, names[-1], _Leaf(kind, size_bytes))
        elif not isinstance(there, _Folder):
            self._keep(folder, names[-1], _Folder())

    def hide_all(self, path: str) -> None:
        """The folder at this path starts out empty: what the layers below have in it is hidden."""
        self.add(path, Kind.FOLDER)
        names = [name for name in path.split("/") if name]
        folder = self._enter(names)
        if folder is not None:
            folder.opaque = True

    def _keep(self, folder: _Folder, name: str, child: _Folder | _Leaf) -> None:
        self.budget.left -= name not in folder.children
        folder.children[name] = child

    def _enter(self, names: Sequence[str]) -> _Folder | None:
        """The folder with these names, made where it isn't there yet; None where it can't be kept."""
        folder = self._root
        for depth, name in enumerate(names):
            child = folder.children.get(name)
            if not isinstance(child, _Folder):
                if self.budget.left <= 0 or depth >= DEPTH_KEPT:
                    return None
                child = _Folder()
                self._keep(folder, name, child)
            folder = child
        return folder

    def _count(self, names: Sequence[str], kind: Kind, size_bytes: int) -> None:
        """Count what isn't kept in the deepest folder on its way that is."""
        folder = self._root
        for name in names[:-1]:
            child = folder.children.get(name)
            if not isinstance(child, _Folder):
                break
            folder = child
        folder.more_files += kind in (Kind.FILE, Kind.LINK)
        folder.more_bytes += size_bytes


def contents(made: Sequence[tuple[Layer, LayerTree]], history: Sequence[Layer] = ()) -> ImageContents:
    """The layers with what each hides of those below it; `made` from the bottom up."""
    below = _Folder()
    layers = []
    for layer, tree in made:
        layers.append(LayerContents(layer, _folder_node("", tree._root, below)))
        _lay_over(below, tree._root)
    return ImageContents(tuple(layers), tuple(history))


def _folder_node(name: str, folder: _Folder, below: _Folder | _Leaf | None) -> Node:
    under = below.children if isinstance(below, _Folder) else {}
    children = [_node(child_name, child, under.get(child_name)) for child_name, child in folder.children.items()]
    if folder.more_files or folder.more_bytes:
        children.append(Node("", Kind.MORE, folder.more_bytes, folder.more_files))
    children.sort(key=lambda node: (-node.size_bytes, -node.hidden_bytes, node.name))
    replaces = below is not None and (isinstance(below, _Leaf) or (folder.opaque and bool(under)))
    below_bytes = _size(below) if below is not None and replaces else None
    return Node(
        name,
        Kind.FOLDER,
        sum(child.size_bytes for child in children),
        sum(child.files for child in children),
        below_bytes,
        sum(child.hidden_bytes for child in children) if below_bytes is None else below_bytes,
        tuple(children),
    )


def _node(name: str, child: _Folder | _Leaf, below: _Folder | _Leaf | None) -> Node:
    if isinstance(child, _Folder):
        return _folder_node(name, child, below)
    below_bytes = _size(below) if below is not None else None
    return Node(name, child.kind, child.size_bytes, int(child.kind is not Kind.REMOVED), below_bytes, below_bytes or 0)


def _size(there: _Folder | _Leaf) -> int:
    if isinstance(there, _Leaf):
        return there.size_bytes
    return there.more_bytes + sum(map(_size, there.children.values()))


def _lay_over(below: _Folder, layer: _Folder) -> None:
    """Bring what can be seen from above up to date with one more layer. Folders of the layer are never shared."""
    if layer.opaque:
        below.children.clear()
        below.more_files = below.more_bytes = 0
    below.more_files += layer.more_files
    below.more_bytes += layer.more_bytes
    for name, child in layer.children.items():
        if isinstance(child, _Folder):
            there = below.children.get(name)
            if not isinstance(there, _Folder):
                there = below.children[name] = _Folder()
            _lay_over(there, child)
        elif child.kind is Kind.REMOVED:
            below.children.pop(name, None)
        else:
            below.children[name] = child


@dataclass(frozen=True)
class Row:
    """A row of the opened tree. `at` is its place: a layer's index, then the indexes of the children on the way.

    A chain of folders with one child each is one row, `name` all of it.
    """

    at: tuple[int, ...]
    name: str
    node: Node
    depth: int


def rows(image: ImageContents, opened: frozenset[tuple[int, ...]], limit: int) -> tuple[Row, ...]:
    """The rows to show when the places `opened` are, at most `limit` children of each; the rest is one row more."""
    found: list[Row] = []
    for index, layer in enumerate(image.layers):
        row = Row((index,), "", layer.root, 0)
        found.append(row)
        if row.at in opened:
            found.extend(_inside(row, opened, limit))
    return tuple(found)


def _inside(above: Row, opened: frozenset[tuple[int, ...]], limit: int) -> Iterator[Row]:
    children = above.node.children
    for index, child in enumerate(children[:limit]):
        row = _chained(Row((*above.at, index), child.name, child, above.depth + 1))
        yield row
        if row.at in opened:
            yield from _inside(row, opened, limit)
    if len(children) > limit:
        rest = _together(children[limit:])
        yield Row((*above.at, limit), "", rest, above.depth + 1)


def _chained(row: Row) -> Row:
    """The row with its only child's name appended, and that one's, as long as they are folders that hide nothing."""
    node, at, name = row.node, row.at, row.name
    while len(node.children) == 1 and node.children[0].kind is Kind.FOLDER and node.below_bytes is None:
        node = node.children[0]
        at, name = (*at, 0), f"{name}/{node.name}"
    return Row(at, name, node, row.depth)


def _together(nodes: Iterable[Node]) -> Node:
    several = tuple(nodes)
    return Node("", Kind.MORE, sum(node.size_bytes for node in several), sum(max(1, node.files) for node in several))
