"""The ARGs before the first FROM, and the Dockerfile with its FROMs as they are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tutor.builds.dockerfile import Dockerfile, Instruction
from tutor.builds.expand import expand_or_keep
from tutor.builds.parser.words import quoted_words


def resolved(dockerfile: Dockerfile, build_args: Mapping[str, str]) -> Dockerfile:
    """The Dockerfile with variables in its FROMs replaced."""
    values, escape = global_values(dockerfile, build_args), escape_of(dockerfile)
    stages = (replace(stage, base=expand_or_keep(stage.base, values, escape)) for stage in dockerfile.stages)
    return replace(dockerfile, stages=tuple(stages))


def global_values(dockerfile: Dockerfile, build_args: Mapping[str, str]) -> dict[str, str]:
    """What the ARGs before the first FROM stand for."""
    values: dict[str, str] = {}
    for instruction in dockerfile.global_args:
        for name, value in declared(instruction, escape_of(dockerfile), values):
            given = build_args.get(name, value)
            if given is not None:
                values[name] = given
    return values


def escape_of(dockerfile: Dockerfile) -> str:
    return dockerfile.directives.get("escape", "\\")


def declared(instruction: Instruction, escape: str, values: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """The names that an ARG declares, with their defaults."""
    found: list[tuple[str, str | None]] = []
    for word in quoted_words(instruction.arguments, escape):
        name, equals, value = word.text.partition("=")
        found.append((expand_or_keep(name, values, escape), expand_or_keep(value, values, escape) if equals else None))
    return found
