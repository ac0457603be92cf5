"""Code in colours by Pygments, for reading (`highlight`). Importing this costs Pygments' import."""

from __future__ import annotations

from collections.abc import Iterator

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound
from textual.content import Content, Span

_ALIASES = {"dockerfile": "docker", "sh": "bash", "shell": "bash", "console": "bash", "text": "text", "": "text"}

STYLES: dict[_TokenType, str] = {
    Token.Comment: "$foreground 55% italic",
    Token.Comment.Preproc: "$accent",
    Token.Keyword: "bold $primary",
    Token.Keyword.Type: "$primary",
    Token.Literal.Number: "$warning",
    Token.Literal.String: "$success",
    Token.Name.Builtin: "$secondary",
    Token.Name.Class: "bold $accent",
    Token.Name.Decorator: "$accent",
    Token.Name.Function: "$accent",
    Token.Name.Tag: "bold $primary",
    Token.Name.Attribute: "$accent",
    Token.Name.Variable: "$accent",
    Token.Generic.Deleted: "$error",
    Token.Generic.Inserted: "$success",
}
"""Token types and their colours; a type that isn't here looks like the nearest one above it."""


def style_of(token: _TokenType | None) -> str:
    while token is not None:
        if token in STYLES:
            return STYLES[token]
        token = token.parent
    return ""


def _lexer(language: str) -> Lexer | None:
    name = language.lower()
    try:
        return get_lexer_by_name(_ALIASES.get(name, name), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def highlight(code: str, language: str) -> Content:
    """Code with a style on each token."""
    lexer = _lexer(language)
    if lexer is None:
        return Content(code)
    spans: list[Span] = []
    position = 0
    for token, text in lexer.get_tokens(code):
        style = style_of(token)
        if style and text.strip():
            spans.append(Span(position, position + len(text), style))
        position += len(text)
    return Content(code, spans)


def tokens(code: str, language: str) -> Iterator[tuple[int, int, int, str]]:
    """Each token that has a style: row, first byte, byte after the last, style. Bytes of the row in UTF-8."""
    lexer = _lexer(language)
    row = column = 0
    for token, text in lexer.get_tokens(code) if lexer else ():
        style = style_of(token)
        for i, part in enumerate(text.split("\n")):
            if i:
                row, column = row + 1, 0
            end = column + len(part.encode("utf-8", "replace"))
            if style and part.strip():
                yield row, column, end, style
            column = end
