"""What a step takes from the context, a stage or an image, as the builders' caches see it."""

from __future__ import annotations

from tutor.builds.builder import Builder
from tutor.builds.forecast.work import Take
from tutor.builds.match import has_wildcards, name_matcher
from tutor.builds.tree import Alike, File, Folder, Link, Node, Unknown, compare, digest_of, look_up, parts_of

Taken = tuple[str, Node | None]
"""What counts of a name besides the content, and the node; None when nothing is there."""

Content = tuple[Taken, ...]

LINKS = "/link "
"""How names begin that no file can have: those of links as the classic builder sees them."""


def content_of(take: Take, root: Folder, builder: Builder) -> Content:
    """What `take` finds in a tree, links at its end followed.

    To BuildKit a name counts when a wildcard found it; to the classic builder the whole path does, the place that
    links lead to.
    """
    if take.wild and has_wildcards(take.path):
        found = _matches(take.path, root, follow=builder is Builder.BUILDKIT)
    else:
        found = [(take.path, *_at(root, take.path))]
    if builder is Builder.CLASSIC:
        return tuple((place, _as_classic(root, place, node)) for _, place, node in found)
    name = (lambda path: path.rpartition("/")[2]) if take.wild and has_wildcards(take.path) else (lambda _: "")
    return tuple((name(path), node) for path, _, node in found)


def names_of(take: Take, root: Folder) -> list[str]:
    """The names that the files get in a destination folder, in the order of `content_of`."""
    if take.wild and has_wildcards(take.path):
        return [path.rpartition("/")[2] for path, _, _ in _matches(take.path, root, follow=True)]
    return ["/".join(parts_of(take.path)).rpartition("/")[2]]


def key_of(content: Content) -> str:
    return digest_of([(name, node.key if node else None) for name, node in content])


def compared(one: Content, other: Content) -> Alike:
    """Whether two contents are the same to the cache."""
    if [name for name, _ in one] != [name for name, _ in other]:
        unknown = any(isinstance(node, Unknown) for _, node in (*one, *other))
        return Alike.UNSURE if unknown else Alike.DIFFERENT
    found = {compare(a, b) for (_, a), (_, b) in zip(one, other, strict=True) if a is not b}
    if Alike.DIFFERENT in found:
        return Alike.DIFFERENT
    return Alike.UNSURE if Alike.UNSURE in found else Alike.SAME


def _at(root: Folder, path: str) -> tuple[str, Node | None]:
    found = look_up(root, path)
    if found is None:
        return path, Unknown(digest_of(root.key, path)) if root.below is not None else None
    return found


def _matches(pattern: str, root: Folder, follow: bool) -> list[tuple[str, str, Node | None]]:
    """Path as matched, path with links followed, node. What an unknown folder may hold besides stands at the end."""
    level: list[tuple[str, Node]] = [("", root)]
    unknown: list[tuple[str, str, Node | None]] = []
    for part in parts_of(pattern):
        matches = name_matcher(part)
        below: list[tuple[str, Node]] = []
        for path, node in level:
            led = look_up(root, path) if isinstance(node, Link) and follow else None
            folder = led[1] if led else node
            origin = folder.below if isinstance(folder, Folder) else getattr(folder, "origin", None)
            if origin is not None:
                unknown.append((f"{path}/*", path, Unknown(f"{origin}/{part}")))
            if isinstance(folder, Folder):
                inside = sorted(folder.children.items())
                below += [(f"{path}/{name}" if path else name, child) for name, child in inside if matches(name)]
        level = below
    found = [(path, *(_at(root, path) if isinstance(node, Link) else (path, node))) for path, node in level]
    return [*found, *unknown]


def _as_classic(root: Folder, place: str, node: Node | None) -> Node | None:
    """The classic builder takes a link inside a folder for the file it leads to, by that file's path.

    Neither the link's name nor its place counts: its hash is the file's, and a folder's is made of the sorted hashes.
    """
    if not isinstance(node, Folder) or not node.has_links:
        return node
    links: list[File] = []
    folder = _without_links(root, place, node, links)
    children = dict(folder.children) | {
        f"{LINKS}{i}": file for i, file in enumerate(sorted(links, key=lambda f: f.key))
    }
    return Folder(children, folder.mode, folder.below, folder.owner)


def stands_for_links(node: Node) -> bool:
    """Whether it is a folder as the classic builder sees it, with files in the place of links."""
    return isinstance(node, Folder) and any(name.startswith(LINKS) for name in node.children)


def _without_links(root: Folder, place: str, folder: Folder, links: list[File]) -> Folder:
    """The folder with its links gathered in `links`, as what they lead to."""
    children: dict[str, Node] = {}
    for name, child in folder.children.items():
        path = f"{place}/{name}" if place else name
        match child:
            case Link():
                links.append(_led_to(path, look_up(root, path)))
            case Folder() if child.has_links:
                children[name] = _without_links(root, path, child, links)
            case _:
                children[name] = child
    return Folder(children, folder.mode, folder.below, folder.owner)


def _led_to(path: str, found: tuple[str, Node] | None) -> File:
    """What stands for a link; of one that leads nowhere only its own path counts."""
    match found:
        case (led_to, File(mode, digest)):
            return File(mode, digest, led_to)
        case (led_to, Folder(mode=mode)):
            return File(mode, "folder", led_to)
        case _:
            return File(0, "nowhere", path)
