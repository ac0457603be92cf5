"""Variables of a Dockerfile replaced by their values, and quotes and escapes taken away, as the builders do it.

Source: the Dockerfile reference, "Environment replacement". The forms `#`, `%` and `/` of newer builders are left out.
"""

from __future__ import annotations

from collections.abc import Mapping


class BadSubstitution(ValueError):
    """A word that the builder refuses: an open quote or brace, an unknown modifier, a required value missing."""


def expand(word: str, values: Mapping[str, str], escape: str = "\\") -> str:
    """The word as the builder understands it. Raises BadSubstitution."""
    if not any(special in word for special in ("$", "'", '"', escape)):
        return word
    return _Word(word, values, escape).until("")


def expand_or_keep(word: str, values: Mapping[str, str], escape: str = "\\") -> str:
    """The same, but a word that can't be expanded stays as it is written: the build is going to say why it fails."""
    try:
        return expand(word, values, escape)
    except BadSubstitution:
        return word


class _Word:
    """One word under way; `at` is the next character."""

    def __init__(self, text: str, values: Mapping[str, str], escape: str) -> None:
        self.text = text
        self.values = values
        self.escape = escape
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def until(self, stop: str) -> str:
        """Everything up to the character `stop`, which is taken too; up to the end for `""`."""
        parts: list[str] = []
        while char := self.take():
            if char == stop:
                return "".join(parts)
            match char:
                case "$":
                    parts.append(self.variable())
                case "'":
                    parts.append(self.single_quoted())
                case '"':
                    parts.append(self.double_quoted())
                case self.escape:
                    parts.append(self.take())
                case _:
                    parts.append(char)
        if stop:
            raise BadSubstitution(f"a {stop} is missing")
        return "".join(parts)

    def single_quoted(self) -> str:
        end = self.text.find("'", self.at)
        if end < 0:
            raise BadSubstitution("a ' is never closed")
        inside = self.text[self.at : end]
        self.at = end + 1
        return inside

    def double_quoted(self) -> str:
        parts: list[str] = []
        while char := self.take():
            match char:
                case '"':
                    return "".join(parts)
                case "$":
                    parts.append(self.variable())
                case self.escape if self.peek() and self.peek() in f'"${self.escape}':
                    parts.append(self.take())
                case _:
                    parts.append(char)
        raise BadSubstitution('a " is never closed')

    def variable(self) -> str:
        """What stands behind a dollar sign."""
        if self.peek() != "{":
            name = self.name()
            return self.values.get(name, "") if name else "$"
        self.take()
        name = self.name()
        if not name:
            raise BadSubstitution("no name stands in ${}")
        sign = self.take()
        if sign == "}":
            return self.values.get(name, "")
        empty_is_unset = sign == ":"
        if empty_is_unset:
            sign = self.take()
        if sign not in ("-", "+", "?"):
            raise BadSubstitution(f"the modifier {sign} is unknown")
        word = self.until("}")
        value = self.values.get(name)
        is_set = value is not None and not (empty_is_unset and value == "")
        if sign == "+":
            return word if is_set else ""
        if sign == "?" and not is_set:
            raise BadSubstitution(f"{name} has no value")
        return value if is_set and value is not None else word

    def name(self) -> str:
        start = self.at
        first = self.peek()
        if first and first in "@*#?-$!":
            return self.take()
        while (char := self.peek()) and (char.isalnum() or char == "_"):
            if first.isdigit() and not char.isdigit():
                break
            self.at += 1
        return self.text[start : self.at]
