"""The commands that lessons use, parsed into Actions: a little of `docker`, a little of `curl`, nothing else.

A learner types the same text in a shell; so words are split as a shell does, and what a lesson can't carry out
(pipes, variables, an unknown flag) is an error rather than a guess. Flags are those of the Docker 20.10 and curl
manuals.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tutor.course.actions import (
    Action,
    BuildImage,
    CallHttp,
    CreateNetwork,
    InspectImage,
    ListImages,
    RemoveContainer,
    RunContainer,
    ShowHistory,
)

_FIELD = re.compile(r"\{\{ *(?:json )?\.Config\.(\w+) *\}\}")
_SHELL_SIGNS = frozenset({"|", "||", "&", "&&", ";", "<", ">", ">>", "2>", "2>&1"})


class CommandError(ValueError):
    """A command that lessons can't run; its text is a sentence."""


@dataclass
class _Words:
    """A command's words after its name, sorted into flags and the rest."""

    values: dict[str, list[str]] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    rest: list[str] = field(default_factory=list)

    def one(self, flag: str, default: str = "") -> str:
        return self.values.get(flag, [default])[-1]

    def all(self, flag: str) -> list[str]:
        return self.values.get(flag, [])

    def pairs(self, flag: str, sign: str = "=") -> dict[str, str]:
        """The flag's values as a mapping, each split at the first `sign`."""
        pairs = {}
        for value in self.all(flag):
            name, found, text = value.partition(sign)
            if not found or not name:
                raise CommandError(f"{flag} {value} has to be NAME{sign}VALUE")
            pairs[name] = text.strip() if sign == ":" else text
        return pairs


@dataclass(frozen=True)
class _Grammar:
    """One command: its flags with a value and without, by every spelling; and what makes an Action of it.

    `loose`: what follows the first plain word belongs to the program that is run, flags included.
    """

    make: Callable[[str, _Words], Action]
    with_value: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)
    loose: bool = False


def parse_command(command: str) -> Action:
    """The Action that a command line means. Raises CommandError for anything lessons don't use."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CommandError(f"a quote isn't closed: {command}") from error
    for length in (3, 2, 1):
        grammar = _COMMANDS.get(" ".join(words[:length]))
        if grammar:
            return grammar.make(command, _sort(words[length:], grammar))
    raise CommandError(f"lessons can't run `{command}`; they know {', '.join(sorted(_COMMANDS))}")


def _sort(words: list[str], grammar: _Grammar) -> _Words:
    found = _Words()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word in _SHELL_SIGNS:
            raise CommandError(f"lessons run one command, without the shell's `{word}`")
        if not word.startswith("-") or word == "-":
            found.rest.append(word)
            if grammar.loose:
                found.rest += waiting
                break
            continue
        name, equals, value = word.partition("=")
        if name in grammar.without and not equals:
            found.given.add(grammar.without[name])
        elif name in grammar.with_value:
            if not equals and not waiting:
                raise CommandError(f"{name} needs a value")
            found.values.setdefault(grammar.with_value[name], []).append(value if equals else waiting.pop(0))
        else:
            raise CommandError(f"lessons don't know the flag {name}")
    return found


def _only(words: _Words, what: str) -> str:
    if len(words.rest) != 1:
        raise CommandError(f"it needs {what}, and nothing after it")
    return words.rest[0]


def _build(command: str, words: _Words) -> Action:
    context = _only(words, "one build context, usually `.`")
    return BuildImage(
        command=command,
        context=context,
        tag=words.one("--tag"),
        # without -f, Docker looks for it in the context, not in the folder the command is typed in
        dockerfile=words.one("--file", posixpath.normpath(f"{context}/Dockerfile")),
        target=words.one("--target"),
        build_args=words.pairs("--build-arg"),
        no_cache="--no-cache" in words.given,
    )


def _run(command: str, words: _Words) -> Action:
    if not words.rest:
        raise CommandError("it needs an image to run")
    ports = {}
    for value in words.all("--publish"):
        outside, _, inside = value.partition(":")
        if not (outside.isdigit() and inside.isdigit()):
            raise CommandError(f"--publish {value} has to be HOST_PORT:CONTAINER_PORT")
        ports[int(inside)] = int(outside)
    return RunContainer(
        command=command,
        image=words.rest[0],
        arguments=tuple(words.rest[1:]),
        name=words.one("--name"),
        detach="--detach" in words.given,
        env=words.pairs("--env"),
        ports=ports,
        network=words.one("--network"),
    )


def _remove(command: str, words: _Words) -> Action:
    return RemoveContainer(command=command, name=_only(words, "one container"))


def _network(command: str, words: _Words) -> Action:
    return CreateNetwork(command=command, name=_only(words, "one network name"))


def _list(command: str, words: _Words) -> Action:
    filters = [value.partition("=") for value in words.all("--filter")]
    if words.rest or any(name != "reference" or not value for name, _, value in filters):
        raise CommandError("lessons list images with -f reference=IMAGE only")
    return ListImages(command=command, references=tuple(value for _, _, value in filters))


def _history(command: str, words: _Words) -> Action:
    return ShowHistory(command=command, image=_only(words, "one image"))


def _inspect(command: str, words: _Words) -> Action:
    template = words.one("--format")
    fields = tuple(_FIELD.findall(template))
    if template and (not fields or "{{" in _FIELD.sub("", template)):
        raise CommandError("lessons know --format '{{json .Config.NAME}}' only")
    return InspectImage(command=command, image=_only(words, "one image"), fields=fields)


def _curl(command: str, words: _Words) -> Action:
    address = _only(words, "one address")
    data = words.one("--data")
    return CallHttp(
        command=command,
        address=address if "://" in address else f"http://{address}",
        method=words.one("--request") or ("POST" if data else "GET"),
        data=data,
        headers=words.pairs("--header", ":"),
    )


_BUILD = _Grammar(
    _build,
    {
        "-t": "--tag",
        "--tag": "--tag",
        "-f": "--file",
        "--file": "--file",
        "--target": "--target",
        "--build-arg": "--build-arg",
    },
    {"--no-cache": "--no-cache"},
)
_RUN = _Grammar(
    _run,
    {
        "-p": "--publish",
        "--publish": "--publish",
        "-e": "--env",
        "--env": "--env",
        "--name": "--name",
        "--network": "--network",
    },
    {"-d": "--detach", "--detach": "--detach", "--rm": "--rm"},
    loose=True,
)
_COMMANDS: Mapping[str, _Grammar] = {
    "docker image build": _BUILD,
    "docker build": _BUILD,
    "docker container run": _RUN,
    "docker run": _RUN,
    "docker container rm": _Grammar(_remove, without={"-f": "--force", "--force": "--force"}),
    "docker network create": _Grammar(_network),
    "docker image ls": _Grammar(_list, {"-f": "--filter", "--filter": "--filter"}),
    "docker image history": _Grammar(_history),
    "docker image inspect": _Grammar(_inspect, {"-f": "--format", "--format": "--format"}),
    "curl": _Grammar(
        _curl,
        {
            "-X": "--request",
            "--request": "--request",
            "-d": "--data",
            "--data": "--data",
            "-H": "--header",
            "--header": "--header",
        },
        {"-s": "--silent", "--silent": "--silent"},
    ),
}
