"""Markdown into the document model. The only module that knows the Markdown library.

CommonMark with tables. HTML is allowed in one form, a comment on a line of its own, which carries an id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from tutor.course.document import Heading, ListBlock, Paragraph, Prose, Quote, Span, Table


@dataclass(frozen=True)
class Fence:
    """A fenced block: the words after its opening fence, and its text without the last line break."""

    info: str
    text: str


@dataclass(frozen=True)
class Comment:
    """An HTML comment on a line of its own, without its marks."""

    text: str


@dataclass(frozen=True)
class Unknown:
    """Markdown that lessons don't use; `what` names it."""

    what: str


@dataclass(frozen=True)
class Piece:
    """One block and the line it starts on, from 1."""

    content: Prose | Fence | Comment | Unknown
    line: int


def parse(text: str) -> tuple[Piece, ...]:
    """All top-level blocks of a text, in order."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))
    return tuple(Piece(_block(node), (node.map or (0, 0))[0] + 1) for node in tree.children)


def plain(spans: tuple[Span, ...]) -> str:
    """The words of a run of spans, without their styles."""
    return "".join(span.text for span in spans)


def _block(node: SyntaxTreeNode) -> Prose | Fence | Comment | Unknown:
    strange = {"html_inline": "HTML within a line", "image": "a picture"}
    for inner in node.walk():
        if inner.type in strange:
            return Unknown(strange[inner.type])
    match node.type:
        case "paragraph":
            return Paragraph(_spans_of(node))
        case "heading":
            return Heading(_spans_of(node), int(node.tag[1:]))
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "blockquote":
            return Quote(tuple(Paragraph(_spans_of(child)) for child in node.children))
        case "table":
            return _table(node)
        case "fence":
            return Fence(node.info.strip(), node.content.removesuffix("\n"))
        case "html_block":
            return _comment(node.content.strip())
        case other:
            return Unknown(other.replace("_", " "))


def _comment(html: str) -> Comment | Unknown:
    inner = html.removeprefix("<!--").removesuffix("-->")
    if len(inner) != len(html) - len("<!---->") or "-->" in inner:
        return Unknown("HTML other than one comment")
    return Comment(inner.strip())


def _list(node: SyntaxTreeNode) -> ListBlock:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    return ListBlock(tuple(_spans_of(item) for item in node.children), start)


def _table(node: SyntaxTreeNode) -> Table:
    rows = [tuple(_spans_of(cell) for cell in row.children) for part in node.children for row in part.children]
    return Table(rows[0], tuple(rows[1:]))


def _spans_of(node: SyntaxTreeNode) -> tuple[Span, ...]:
    """The text below a block, whatever it is nested in, neighbours of one style joined."""
    spans: list[Span] = []
    for inline in (n for n in node.walk() if n.type == "inline"):
        if spans:
            spans.append(Span(" "))
        for span in _spans(inline, Span("")):
            if spans and replace(spans[-1], text="") == replace(span, text=""):
                spans[-1] = replace(span, text=spans[-1].text + span.text)
            else:
                spans.append(span)
    return tuple(spans)


def _spans(node: SyntaxTreeNode, style: Span) -> Iterator[Span]:
    for child in node.children:
        match child.type:
            case "code_inline":
                yield replace(style, text=child.content, code=True)
            case "softbreak" | "hardbreak":
                yield replace(style, text=" ")
            case "strong":
                yield from _spans(child, replace(style, strong=True))
            case "em":
                yield from _spans(child, replace(style, emphasis=True))
            case "link":
                yield from _spans(child, replace(style, link=str(child.attrs["href"])))
            case _:
                yield replace(style, text=child.content)
