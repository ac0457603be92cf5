"""The ingredients of a step as the classic builder's cache sees them: the texts it keeps for each image it makes.

Source: moby's builder/dockerfile: an earlier image is taken when it has the same parent and was made with the same
command text and settings. Measured on Docker 20.10; see tests/engine/test_forecast.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from tutor.builds.dockerfile import Instruction
from tutor.builds.forecast.scope import PASSED_UNASKED, Scope, assigned
from tutor.builds.forecast.work import CONTEXT, Part, Take, Work, expanded_words, is_remote, shell_of
from tutor.builds.parser.words import plain_words
from tutor.builds.resolve import declared


def work_of(instruction: Instruction, scope: Scope, build_args: Mapping[str, str]) -> Work:
    """Every instruction makes an image, and so a step."""
    match instruction.keyword:
        case "RUN":
            given = _arguments(scope, build_args)
            command = _command(instruction, scope)
            parts = (Part("text", json.dumps(command)), *(Part(f"env {name}", value) for name, value in given.items()))
            return Work("run", parts, shell=shell_of(command, {**given, **scope.env}, scope, []))
        case "COPY" | "ADD":
            return _copy(instruction, scope)
        case "WORKDIR":
            path = scope.path(scope.expand(instruction.arguments))
            return Work("folder", (Part("text", "WORKDIR"), Part("workdir", path)), destination=path)
        case keyword:
            return Work("metadata", (Part("text", keyword), *_metadata(instruction, scope)))


def _command(instruction: Instruction, scope: Scope) -> tuple[str, ...]:
    return instruction.json if instruction.json is not None else (*scope.shell, instruction.arguments)


def _arguments(scope: Scope, build_args: Mapping[str, str]) -> dict[str, str]:
    """The build arguments a RUN is given: those declared that have a value, unless ENV sets the name too."""
    given = {name: value for name, value in scope.args.items() if value is not None and name not in scope.env}
    unasked = {name for name in build_args if name in PASSED_UNASKED and name not in scope.args}
    return {name: value for name, value in sorted(given.items()) if name not in unasked}


def _copy(instruction: Instruction, scope: Scope) -> Work:
    """The destination counts as it is written; sources count with their path in the context (see `walk.py`)."""
    sources, destination = expanded_words(instruction, scope)
    chown = scope.expand(instruction.flag("chown") or "")
    remote = tuple(s for s in sources if instruction.keyword == "ADD" and is_remote(s))
    path = scope.path(destination)
    if path != "/" and (destination in (".", "") or destination.endswith(("/", "/."))):
        path += "/"
    return Work(
        "copy",
        (Part("text", instruction.keyword), Part("destination", destination), Part("owner", chown)),
        tuple(Take(instruction.flag("from") or CONTEXT, s, wild=True) for s in sources if s not in remote),
        path,
        f"--chown={chown};" if chown else "",
        remote,
    )


def _metadata(instruction: Instruction, scope: Scope) -> list[Part]:
    keyword = instruction.keyword
    match keyword:
        case "ENV" | "LABEL":
            return [Part(f"{keyword} {name}", value) for name, value in assigned(instruction, scope).items()]
        case "ARG":
            return [
                Part(f"ARG {name}", "" if default is None else f"={default}")
                for name, default in declared(instruction, scope.escape, scope.values)
            ]
        case "EXPOSE":
            ports = sorted(word for w in plain_words(instruction.arguments) for word in scope.expand(w.text).split())
            return [Part("ports", " ".join(ports))]
        case "CMD" | "ENTRYPOINT":
            return [Part("command", json.dumps(_command(instruction, scope)))]
        case "VOLUME":
            return [Part("folders", json.dumps([scope.expand(word) for word in instruction.words]))]
        case "USER" | "STOPSIGNAL":
            return [Part("value", scope.expand(instruction.arguments))]
        case _:  # HEALTHCHECK, MAINTAINER, ONBUILD, SHELL
            flags = [f"{flag.name}={flag.value}" for flag in instruction.flags]
            text = json.dumps(instruction.json) if instruction.json is not None else instruction.arguments
            return [Part("value", json.dumps([*sorted(flags), text]))]
