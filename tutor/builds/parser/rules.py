"""What each instruction demands of its flags and arguments, after the Dockerfile reference."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from enum import Enum, auto

from tutor.builds.dockerfile import DockerfileError, Instruction
from tutor.builds.parser.instructions import Parts
from tutor.builds.parser.lines import shown
from tutor.builds.parser.words import Word, assignments, heredoc_marks, plain_words, quoted_words
from tutor.phrase import Phrase

KEYWORDS = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"),
    *("LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)


class Takes(Enum):
    """What a flag takes: `--name=value` once, or as often as wanted, or nothing but true or false."""

    VALUE = auto()
    VALUES = auto()
    SWITCH = auto()


_HEALTHCHECK = ("interval", "timeout", "start-period", "start-interval", "retries")
FLAGS: Mapping[str, Mapping[str, Takes]] = {
    "ADD": {
        **dict.fromkeys(("chown", "chmod", "checksum"), Takes.VALUE),
        **dict.fromkeys(("link", "keep-git-dir", "unpack"), Takes.SWITCH),
        "exclude": Takes.VALUES,
    },
    "COPY": {
        **dict.fromkeys(("from", "chown", "chmod"), Takes.VALUE),
        **dict.fromkeys(("link", "parents"), Takes.SWITCH),
        "exclude": Takes.VALUES,
    },
    "FROM": {"platform": Takes.VALUE},
    "HEALTHCHECK": dict.fromkeys(_HEALTHCHECK, Takes.VALUE),
    "RUN": {"mount": Takes.VALUES, "network": Takes.VALUE, "security": Takes.VALUE, "device": Takes.VALUES},
}
"""The flags of the newest BuildKit; an older engine says itself which it doesn't know."""

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*\Z")
_EXAMPLES = {
    "ARG": Phrase("Write ARG NAME or ARG NAME=DEFAULT."),
    "ENV": Phrase("Write ENV NAME=VALUE."),
    "EXPOSE": Phrase("Name the port the program listens on: EXPOSE 80."),
    "HEALTHCHECK": Phrase("Write HEALTHCHECK CMD COMMAND, or HEALTHCHECK NONE."),
    "LABEL": Phrase("Write LABEL NAME=VALUE."),
    "MAINTAINER": Phrase("Write MAINTAINER NAME."),
    "ONBUILD": Phrase("Name the instruction to run later: ONBUILD RUN COMMAND."),
    "SHELL": Phrase('Write the shell as a list: SHELL ["/bin/bash", "-c"].'),
    "STOPSIGNAL": Phrase("Name a signal: STOPSIGNAL SIGTERM."),
    "USER": Phrase("Name a user: USER nobody."),
    "VOLUME": Phrase("Name a folder: VOLUME /data."),
    "WORKDIR": Phrase("Name a folder: WORKDIR /app."),
}


def check_keyword(parts: Parts) -> None:
    """Refuse an unknown instruction, with the nearest known one."""
    if parts.keyword in KEYWORDS:
        return
    if not parts.written:
        raise parts.error(
            "nothing follows this {escape}", "Take it away, or write an instruction after it.", escape=parts.escape
        )
    near = difflib.get_close_matches(parts.written.upper(), KEYWORDS, n=1)
    hint = (
        Phrase("Did you mean {word}?", word=near[0])
        if near
        else Phrase(
            "If it belongs to the line above, end that line with {escape}; else start it with RUN or the like.",
            escape=parts.escape,
        )
    )
    raise parts.error("unknown instruction {word}", hint, word=shown(parts.written))


def check(parts: Parts, instruction: Instruction) -> None:
    """Refuse arguments and flags that the builder would refuse. Raises DockerfileError."""
    _check_arguments(parts, instruction)
    ignores_flags = parts.keyword == "STOPSIGNAL" or (
        parts.keyword == "HEALTHCHECK" and parts.arguments.upper() == "NONE"
    )
    if not ignores_flags:
        _check_flags(parts)


def _check_arguments(parts: Parts, instruction: Instruction) -> None:
    if not parts.arguments and parts.keyword in _EXAMPLES:
        raise parts.error("{keyword} needs an argument", _EXAMPLES[parts.keyword], keyword=parts.keyword)
    match parts.keyword:
        case "FROM":
            _check_from(parts)
        case "COPY" | "ADD":
            _check_copy(parts, instruction)
        case "ONBUILD":
            _check_trigger(parts, instruction)
        case "HEALTHCHECK":
            _check_healthcheck(parts, instruction)
        case "SHELL" if not instruction.json:
            raise parts.error("SHELL takes a list with at least one string", _EXAMPLES["SHELL"])
        case "VOLUME" if not instruction.words or not all(word.strip() for word in instruction.words):
            raise parts.error("VOLUME needs a folder's name", _EXAMPLES["VOLUME"])
        case "ENV" | "LABEL":
            if not all(name for name, _ in assignments(parts.arguments, parts.escape)):
                raise _no_name(parts)
        case "ARG":
            for word in quoted_words(parts.arguments, parts.escape):
                if word.text.startswith("="):
                    raise _no_name(parts, word)


def _no_name(parts: Parts, at: Word | None = None) -> DockerfileError:
    keyword = parts.keyword
    return parts.error("{keyword} needs a name before the '='", _EXAMPLES[keyword], at=at, keyword=keyword)


def _check_from(parts: Parts) -> None:
    match plain_words(parts.arguments):
        case []:
            raise parts.error("FROM needs an image", "Write FROM IMAGE, or FROM scratch to start from nothing.")
        case [_]:
            return
        case [_, keyword, name] if keyword.text.lower() == "as":
            if not _STAGE_NAME.match(name.text.lower()):
                raise parts.error(
                    "{name} can't be a stage's name",
                    "Begin it with a letter; letters, digits, '-', '_' and '.' may follow.",
                    at=name,
                    name=shown(name.text),
                )
        case [_, second, *_]:
            raise parts.error(
                "FROM takes an image, and AS with a name if you like",
                "Write FROM IMAGE AS NAME.",
                at=second,
            )


def _check_copy(parts: Parts, instruction: Instruction) -> None:
    keyword = parts.keyword
    words = instruction.words
    if len(words) < 2:
        raise parts.error(
            "{keyword} needs a destination" if words else "{keyword} needs a source and a destination",
            "Write {keyword} SOURCE DESTINATION.",
            keyword=keyword,
        )
    if heredoc_marks(words[-1]):
        raise parts.error(
            "a here-document can't be the destination of {keyword}",
            "Write {keyword} <<EOF DESTINATION.",
            at=plain_words(parts.arguments)[-1],
            keyword=keyword,
        )


def _check_trigger(parts: Parts, instruction: Instruction) -> None:
    trigger = instruction.trigger
    if trigger is not None and trigger.keyword in {"ONBUILD", "FROM", "MAINTAINER"}:
        raise parts.error(
            "ONBUILD can't hold {keyword}",
            "Put another instruction after ONBUILD.",
            at=Word(trigger.keyword, 0),
            keyword=trigger.keyword,
        )


def _check_healthcheck(parts: Parts, instruction: Instruction) -> None:
    kind, *rest = parts.arguments.split(maxsplit=1)
    match kind.upper():
        case "NONE":
            if rest:
                raise parts.error("HEALTHCHECK NONE takes no arguments", _EXAMPLES["HEALTHCHECK"])
        case "CMD":
            if not rest or instruction.json == ():
                raise parts.error("HEALTHCHECK CMD needs a command", _EXAMPLES["HEALTHCHECK"])
        case _:
            at = Word(kind, 0)
            raise parts.error("{kind} is no kind of health check", _EXAMPLES["HEALTHCHECK"], at=at, kind=shown(kind))


def _check_flags(parts: Parts) -> None:
    known, error = FLAGS.get(parts.keyword, {}), parts.line.error
    seen: set[str] = set()
    for word in parts.flags:
        name, equals, value = word.text.removeprefix("--").partition("=")
        flag = shown(f"--{name}")
        takes = known.get(name)
        if takes is None:
            near = _nearest_flag(parts.keyword, name)
            raise error("{keyword} has no flag {flag}", word.offset, near, keyword=parts.keyword, flag=flag)
        if name in seen and takes is not Takes.VALUES:
            raise error("the flag {flag} stands here a second time", word.offset, "Keep one of the two.", flag=flag)
        seen.add(name)
        if takes is Takes.SWITCH:
            if (equals or value) and value.lower() not in {"true", "false"}:
                how = Phrase("Write --{name}, or leave it out.", name=name)
                raise error("{flag} is either true or false", word.offset, how, flag=flag)
        elif not equals:
            how = Phrase("Write --{name}=VALUE, without spaces around '='.", name=name)
            raise error("{flag} needs a value", word.offset, how, flag=flag)


def _nearest_flag(keyword: str, name: str) -> Phrase:
    known = FLAGS.get(keyword, {})
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return Phrase("Did you mean {word}?", word=f"--{near[0]}")
    if known:
        return Phrase("Its flags: {flags}.", flags=", ".join(f"--{flag}" for flag in known))
    return Phrase("{keyword} takes no flags.", keyword=keyword)
