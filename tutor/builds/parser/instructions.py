"""One instruction's syntax: keyword, flags, arguments, exec form, here-documents, and an ONBUILD's trigger."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tutor.builds.dockerfile import DockerfileError, Flag, Heredoc, Instruction
from tutor.builds.parser.lines import LogicalLine, Reader, shown
from tutor.builds.parser.words import GAP, SPACE, SPACES, Word, flag_words, heredoc_marks, quoted_words
from tutor.phrase import Phrase

_EXEC_FORMS = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL", "VOLUME"})
_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Parts:
    """An instruction taken apart. Offsets are those of `line.text`; `written` is the keyword as it stands there."""

    line: LogicalLine
    escape: str
    written: str
    offset: int
    flags: tuple[Word, ...]
    arguments: str
    arguments_offset: int

    @property
    def keyword(self) -> str:
        lower = self.written.lower()
        return lower.upper() if lower.isascii() else self.written

    def error(self, problem: str, hint: str = "", *, at: Word | None = None, **values: object) -> DockerfileError:
        """An error that points at a word of the arguments, else at the keyword; `values` are put into both texts."""
        return self.line.error(problem, self.arguments_offset + at.offset if at else self.offset, hint, **values)


def take_apart(line: LogicalLine, escape: str, start: int = 0) -> Parts:
    """Split the text from `start` on into keyword, flags and arguments."""
    text = line.text
    start += len(text[start:]) - len(text[start:].lstrip(SPACES))
    end = len(text.rstrip(SPACES))
    gap = GAP.search(text, start, end)
    written = text[start : gap.start() if gap else end]
    flags, at = flag_words(text[:end], gap.end() if gap else end, escape)
    arguments = text[at:end].lstrip(SPACES)
    return Parts(line, escape, written, start, tuple(flags), arguments, end - len(arguments))


def read_instruction(parts: Parts, reader: Reader) -> Instruction:
    """Make the instruction; here-document bodies are read on from `reader`. Raises DockerfileError."""
    inner = None
    if parts.keyword == "ONBUILD" and parts.arguments:
        inner = take_apart(parts.line, parts.escape, parts.arguments_offset)
    subject = inner or parts
    form = _exec_form(subject)
    _check_pairs(subject)
    heredocs = _heredocs(subject, reader) if subject.keyword in _HEREDOCS and form is None else ()
    trigger = _instruction(inner, reader, form, heredocs) if inner else None
    return _instruction(parts, reader, None if inner else form, () if inner else heredocs, trigger)


def _instruction(
    parts: Parts,
    reader: Reader,
    form: tuple[str, ...] | None,
    heredocs: tuple[Heredoc, ...],
    trigger: Instruction | None = None,
) -> Instruction:
    return Instruction(
        keyword=parts.keyword,
        arguments=parts.arguments,
        line=parts.line.number,
        end_line=reader.number,
        source=reader.source(parts.line.number, reader.number),
        flags=tuple(_flag(word.text) for word in parts.flags),
        json=form,
        heredocs=heredocs,
        trigger=trigger,
    )


def _flag(text: str) -> Flag:
    name, equals, value = text.removeprefix("--").partition("=")
    return Flag(name, value if equals else None)


def _exec_form(parts: Parts) -> tuple[str, ...] | None:
    """The exec form's list. Text that isn't JSON is the shell form; JSON with more than strings is refused.

    Builders before BuildKit 0.15 (Docker 26 and older) took `["a"] b` for an exec form and dropped what follows.
    """
    text = parts.arguments
    if parts.keyword == "HEALTHCHECK":
        text = _after_first_word(text)
    if parts.keyword not in _EXEC_FORMS or not text.startswith("["):
        return None
    try:
        items = json.loads(text, parse_constant=_not_json)
    except ValueError:
        return None
    except RecursionError:
        items = [None]
    if not all(isinstance(item, str) for item in items):
        raise parts.error(
            "the list may hold strings only",
            'Put each part in double quotes: ["echo", "1"].',
            at=Word(text, len(parts.arguments) - len(text)),
        )
    return tuple(_SURROGATE.sub("\ufffd", item) for item in items)


def _after_first_word(text: str) -> str:
    match = re.search(rf"[{SPACE}]+", text)
    return text[match.end() :] if match else ""


def _not_json(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _check_pairs(parts: Parts) -> None:
    """ENV and LABEL take `name=value` pairs, or the old form of one name and its value."""
    if parts.keyword not in {"ENV", "LABEL"}:
        return
    words = quoted_words(parts.arguments, parts.escape)
    keyword = parts.keyword
    example = Phrase("Write {keyword} NAME=VALUE; put a value with spaces in double quotes.", keyword=keyword)
    if words and "=" not in words[0].text:
        if not GAP.search(parts.arguments):
            name = shown(words[0].text)
            raise parts.error("{keyword} needs a value for {name}", example, at=words[0], keyword=keyword, name=name)
        return
    for word in words:
        if "=" not in word.text:
            raise parts.error("{word} has no '='", example, at=word, word=shown(word.text))


def _heredocs(parts: Parts, reader: Reader) -> tuple[Heredoc, ...]:
    found: list[Heredoc] = []
    for mark in heredoc_marks(parts.line.text):
        body = reader.heredoc_body(mark)
        if body is None:
            raise parts.line.error(
                "the here-document {name} is never closed",
                mark.offset,
                "After its text, put {name} alone on a line.",
                name=shown(mark.name),
            )
        found.append(Heredoc(mark.name, body, mark.expand, mark.strip_tabs))
    return tuple(found)
