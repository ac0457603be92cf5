"""The file system that a step leaves, as far as it can be known without running anything."""

from __future__ import annotations

from tutor.builds.forecast.content import Content, stands_for_links
from tutor.builds.forecast.shell import left_by
from tutor.builds.forecast.work import Work
from tutor.builds.tree import Folder, Unknown, digest_of, owned, place, unknown_root


def files_after(work: Work, files: Folder, contents: tuple[Content, ...], names: list[list[str]], key: str) -> Folder:
    """The file system after a step."""
    match work.kind:
        case "run":
            left = left_by(work.shell, files, key) if work.shell else None
            return unknown_root(key) if left is None else left
        case "folder":
            return place(files, work.destination, Folder())
        case "copy":
            return _copied(work, files, contents, names, key)
        case _:
            return files


def _copied(work: Work, files: Folder, contents: tuple[Content, ...], names: list[list[str]], key: str) -> Folder:
    for content, given in zip(contents, names, strict=True):
        for (_, node), name in zip(content, given, strict=False):
            if node is None:
                continue
            if stands_for_links(node):  # the files that its links lead to, not the links that are copied
                node = Unknown(node.key)
            node = owned(node, work.owner) if work.owner else node
            path = work.destination
            if path.endswith("/") or _is_folder(files, path):
                if isinstance(node, Unknown):  # a file stands in the folder by its name, a folder is spread out in it
                    node = Unknown(digest_of(node.origin, "into", name))
                elif not isinstance(node, Folder):
                    path = f"{path}/{name}"
            files = place(files, path, node)
    if work.remote or any(part.name.startswith("here-document") for part in work.parts):
        files = place(files, work.destination, Unknown(key))
    if work.parts[0].value == "ADD" and any(_may_be_archive(name) for given in names for name in given):
        files = place(files, work.destination, Unknown(key))
    return files


def _is_folder(files: Folder, path: str) -> bool:
    node: object = files
    for part in path.strip("/").split("/"):
        node = node.children.get(part) if isinstance(node, Folder) else None
    return isinstance(node, Folder)


def _may_be_archive(name: str) -> bool:
    return name.endswith((".tar", ".tgz", ".gz", ".bz2", ".xz", ".tbz", ".txz"))
