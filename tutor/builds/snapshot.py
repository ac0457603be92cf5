"""A build context at one moment, by digest: what COPY can see, and what two moments differ in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tutor.builds.context import EntryKind
from tutor.builds.tree import File, Folder, Link, Node, Unknown


class Entry(NamedTuple):
    """`digest` stands for a file's bytes, or is a link's target; a folder has none."""

    kind: EntryKind
    mode: int
    digest: str = ""


class Change(StrEnum):
    """What became of a path. MODE: the permission bits alone."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MODE = "mode"


@dataclass(frozen=True)
class FileChange:
    path: str
    change: Change


@dataclass(frozen=True)
class Snapshot:
    """The context as a tree. `.dockerignore` has been applied to it already."""

    root: Folder = field(default_factory=lambda: Folder(mode=0))

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> Snapshot:
        """From every path that is in the context; parents without an entry are made."""
        top: dict[str, object] = {}
        modes: dict[str, int] = {}
        for path, entry in entries.items():
            *folders, name = path.split("/")
            inside = top
            for folder in folders:
                inside = inside.setdefault(folder, {})  # type: ignore[assignment]
            match entry.kind:
                case EntryKind.FOLDER:
                    inside.setdefault(name, {})
                    modes[path] = entry.mode
                case EntryKind.LINK:
                    inside[name] = Link(entry.digest)
                case EntryKind.FILE:
                    inside[name] = File(entry.mode, entry.digest)
        return cls(_folder(top, "", modes, 0))

    def with_changes(self, changes: Mapping[str, Entry | None]) -> Snapshot:
        """The context with other entries at these paths, None for what is gone; the rest is shared."""
        root = self.root
        for path, entry in changes.items():
            root = _changed(root, path.split("/"), entry)
        return Snapshot(root)


def _folder(inside: dict[str, object], path: str, modes: Mapping[str, int], mode: int) -> Folder:
    children: dict[str, Node] = {}
    for name, child in inside.items():
        if isinstance(child, dict):
            inner = f"{path}/{name}" if path else name
            children[name] = _folder(child, inner, modes, modes.get(inner, 0o755))
        elif isinstance(child, File | Link):
            children[name] = child
    return Folder(children, mode)


def _changed(folder: Folder, names: list[str], entry: Entry | None) -> Folder:
    name, *rest = names
    there = folder.children.get(name)
    if rest:
        inner = there if isinstance(there, Folder) else Folder()
        return folder.with_child(name, _changed(inner, rest, entry))
    return folder.with_child(name, None if entry is None else _node(entry, there))


def _node(entry: Entry, there: Node | None) -> Node:
    match entry.kind:
        case EntryKind.FOLDER:
            return Folder(there.children if isinstance(there, Folder) else {}, entry.mode)
        case EntryKind.LINK:
            return Link(entry.digest)
        case EntryKind.FILE:
            return File(entry.mode, entry.digest)


def differences(before: Node | None, after: Node | None, path: str = "") -> Iterator[FileChange]:
    """The files, links and empty folders in which two trees differ, in the order of their paths."""
    if before is not None and after is not None and before.key == after.key:
        return
    if isinstance(before, Folder) and isinstance(after, Folder):
        if before.mode != after.mode and path:
            yield FileChange(path, Change.MODE)
        for name in sorted(before.children.keys() | after.children.keys()):
            old, new = before.children.get(name), after.children.get(name)
            if old is not new:
                yield from differences(old, new, f"{path}/{name}" if path else name)
        return
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return
    if isinstance(before, File) and isinstance(after, File):
        yield FileChange(path, Change.MODE if before.digest == after.digest else Change.CHANGED)
    elif before is None and after is not None:
        yield from _all(after, path, Change.ADDED)
    elif after is None and before is not None:
        yield from _all(before, path, Change.REMOVED)
    else:
        yield FileChange(path, Change.CHANGED)


def _all(node: Node, path: str, change: Change) -> Iterable[FileChange]:
    if isinstance(node, Folder) and node.children:
        for name, child in sorted(node.children.items()):
            yield from _all(child, f"{path}/{name}" if path else name, change)
    else:
        yield FileChange(path, change)
