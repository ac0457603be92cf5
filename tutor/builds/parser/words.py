"""Splitting a Dockerfile's text into words: flags, `name=value` pairs, here-document marks, plain arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What counts as white space, as the inside of a character class: Unicode's White_Space."""

SPACES = SPACE.replace("\u2000-\u200a", "".join(map(chr, range(0x2000, 0x200B))))
"""The same characters, for `str.strip`."""

GAP = re.compile(r"[\t\v\f\r ]+")
"""What separates a keyword and plain arguments: fewer characters than `SPACE`."""


@dataclass(frozen=True)
class Word:
    """A word and where it starts in the text it was split from."""

    text: str
    offset: int


@dataclass(frozen=True)
class HeredocMark:
    """`<<NAME` on an instruction's line. `expand`: no part of its word is quoted; `strip_tabs`: it is `<<-NAME`."""

    name: str
    offset: int
    expand: bool
    strip_tabs: bool


def plain_words(text: str) -> list[Word]:
    """Words between gaps; quotes mean nothing."""
    return [Word(match[0], match.start()) for match in re.finditer(r"[^\t\v\f\r ]+", text)]


def flag_words(text: str, start: int, escape: str) -> tuple[list[Word], int]:
    """The `--flags` at `start`, without their quotes, and where the arguments begin.

    A lone `--` ends the flags and belongs to nothing.
    """
    flags: list[Word] = []
    at = start
    while True:
        while at < len(text) and text[at] in SPACES:
            at += 1
        if not text.startswith("--", at):
            return flags, at
        word, end = _unquoted_word(text, at, escape)
        if word == "--":
            return flags, end
        flags.append(Word(word, at))
        at = end


def _unquoted_word(text: str, start: int, escape: str) -> tuple[str, int]:
    """The word at `start` with quotes and escapes taken away, and its end. An open quote runs to the text's end."""
    word: list[str] = []
    quote = ""
    at = start
    while at < len(text):
        character = text[at]
        at += 1
        if quote and character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        elif not quote and character in SPACES:
            return "".join(word), at - 1
        elif character == escape:
            word.append(text[at : at + 1])
            at += 1
        else:
            word.append(character)
    return "".join(word), len(text)


@cache
def _quoted(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"(?:{e}(?s:.)"
        rf"|'[^']*+(?:'|\Z)"
        rf'|"(?:{e}(?s:.)|[^"{e}])*+(?:"|(?={e}?\Z))'
        rf"|[^{SPACE}'\"{e}])++"
    )


def quoted_words(text: str, escape: str) -> list[Word]:
    """Words as ARG, ENV and LABEL have them: quotes and escapes join, and stay in the word."""
    return [Word(match[0], match.start()) for match in _quoted(escape).finditer(text)]


def assignments(text: str, escape: str = "\\") -> tuple[tuple[str, str], ...]:
    """The pairs that the arguments of ENV or LABEL set, quotes kept: `a=b c="d e"`, or the old form `a b c`.

    The arguments must have been accepted by `parse`.
    """
    words = quoted_words(text, escape)
    if not words:
        return ()
    if "=" not in words[0].text:
        name, value = GAP.split(text, maxsplit=1)
        return ((name, value),)
    return tuple((name, value) for name, _, value in (word.text.partition("=") for word in words))


_SHELL_TOKEN = re.compile(
    rf"(?P<gap>[{SPACE}]++)"
    rf"|(?:\\(?s:.)|\\\Z|'[^']*+'|\"(?:\\(?s:.)|[^\"\\])*+\"|[^{SPACE}'\"\\])++"
)
_HEREDOC = re.compile(r"[0-9]*<<(-?+)([^<]+)\Z")
_HEREDOC_QUOTING = re.compile(r"""\\((?s:.)?)|'([^']*+)'|"((?:\\(?s:.)|[^"\\])*+)\"""")


def heredoc_marks(line: str) -> list[HeredocMark]:
    """The here-documents that an instruction's line opens; none when a quote is left open.

    The escape character is always a backslash here, whatever the escape directive says.
    """
    marks: list[HeredocMark] = []
    at = 0
    while at < len(line):
        token = _SHELL_TOKEN.match(line, at)
        if token is None:
            return []
        mark = None if token["gap"] else _heredoc_mark(token[0], at)
        if mark is not None:
            marks.append(mark)
        at = token.end()
    return marks


def _heredoc_mark(word: str, offset: int) -> HeredocMark | None:
    match = _HEREDOC.match(word)
    if match is None:
        return None
    name = _HEREDOC_QUOTING.sub(_without_quotes, match[2])
    quoted = any(not part[0].startswith("\\") for part in _HEREDOC_QUOTING.finditer(match[2]))
    return HeredocMark(name, offset, expand=not quoted, strip_tabs=match[1] == "-") if name else None


def _without_quotes(match: re.Match[str]) -> str:
    escaped, single, double = match.groups()
    if double is not None:
        return re.sub(r"""\\(["$\\])""", r"\1", double)
    return str(single if single is not None else escaped)
