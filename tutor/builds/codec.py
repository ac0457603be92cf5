"""Events and facts as JSON values and back, strictly: what comes back is equal to what was given, or CodecError.

A dataclass becomes an object of its fields, without those that have their default value; one variant of several an
object with its name as the only key; a mapping a list of pairs. A Dockerfile is kept as its source, and a build's
steps aren't kept at all: both are made again. A Phrase is kept as its English text. The types come from the
dataclasses' own annotations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from tutor.builds.dockerfile import Dockerfile, DockerfileError
from tutor.builds.events import BuildFailed, BuildStarted, command_ended
from tutor.builds.parser import parse
from tutor.builds.steps import plan
from tutor.phrase import Phrase

Json = Union[None, bool, int, float, str, list["Json"], dict[str, "Json"]]  # noqa: UP007 - it names itself

_SCALARS = {bool: (bool,), int: (int,), float: (int, float), str: (str,)}
"""Types that JSON has, and which of its values may stand for each."""

_MADE_AGAIN = {(BuildStarted, "steps")}
"""Fields that follow from the others."""


class CodecError(ValueError):
    """A value that isn't of its type, or JSON that doesn't hold one."""


def to_json(value: Any, kind: Any) -> Json:
    """The JSON value for a `kind`: a dataclass, a union of dataclasses, or what they are made of. Raises CodecError."""
    inner = get_args(kind)
    if kind is Dockerfile:
        return _source(value)
    if is_dataclass(kind):
        return _object(value, kind)
    if _is_union(kind):
        if NoneType in inner:
            return None if value is None else to_json(value, _only(inner))
        if type(value) not in inner:
            raise CodecError(f"{type(value).__name__} isn't one of {_names(inner)}")
        return {type(value).__name__: to_json(value, type(value))}
    if get_origin(kind) is tuple:
        return [to_json(item, inner[0]) for item in _expect(value, tuple)]
    if get_origin(kind) is Mapping:
        pairs = _expect(value, Mapping).items()
        return [[to_json(name, inner[0]), to_json(item, inner[1])] for name, item in pairs]
    if kind is object:
        return _plain(value)
    if kind is Path or issubclass(kind, StrEnum):
        return str(_expect(value, kind))
    return _scalar(value, kind)


def from_json(data: Json, kind: Any) -> Any:
    """The `kind` that `to_json` made this JSON value of. Raises CodecError where it can't be one."""
    inner = get_args(kind)
    if kind is Dockerfile:
        return _parsed(data)
    if is_dataclass(kind):
        return _made(data, kind)
    if _is_union(kind):
        return _variant(data, inner)
    if get_origin(kind) is tuple:
        return tuple(from_json(item, inner[0]) for item in _expect(data, list))
    if get_origin(kind) is Mapping:
        pairs = [_expect(pair, list) for pair in _expect(data, list)]
        if any(len(pair) != 2 for pair in pairs):
            raise CodecError("a mapping is a list of pairs")
        return {from_json(name, inner[0]): from_json(item, inner[1]) for name, item in pairs}
    if kind is object:
        return _plain(data)
    if kind is Path:
        return Path(_expect(data, str))
    if issubclass(kind, StrEnum):
        return _entry(data, kind)
    return _scalar(data, kind)


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _only(variants: tuple[Any, ...]) -> Any:
    """What `X | None` may be besides None."""
    (kind,) = (variant for variant in variants if variant is not NoneType)
    return kind


def _names(kinds: tuple[Any, ...]) -> str:
    return ", ".join(kind.__name__ for kind in kinds)


def _expect(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise CodecError(f"{value!r} isn't a {kind.__name__}")
    return value


def _scalar(value: Any, kind: type) -> Json:
    """The value, if it is of this type; a whole number may stand for a float, True never for 1."""
    value = str(value) if isinstance(value, Phrase) else value
    if type(value) not in _SCALARS[kind] or (isinstance(value, float) and not math.isfinite(value)):
        raise CodecError(f"{value!r} isn't a {kind.__name__}")
    scalar: Json = kind(value)
    return scalar


def _plain(value: Any) -> Json:
    """A value of an engine's own JSON, which is kept as it is."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case list():
            return [_plain(item) for item in value]
        case dict() if all(isinstance(name, str) for name in value):
            return {name: _plain(item) for name, item in value.items()}
        case _:
            raise CodecError(f"{value!r} has no place in JSON")


# Dataclasses


@cache
def _layout(kind: Any) -> dict[str, tuple[Field[Any], Any]]:
    """The fields that are kept, by name, each with its type."""
    hints = get_type_hints(kind)
    return {f.name: (f, hints[f.name]) for f in fields(kind) if (kind, f.name) not in _MADE_AGAIN}


def _object(value: Any, kind: Any) -> Json:
    layout = _layout(kind)
    if type(value) is not kind:
        raise CodecError(f"{type(value).__name__} isn't {kind.__name__}")
    if isinstance(value, BuildStarted) and value.steps != plan(value.dockerfile, value.builder):
        raise CodecError("these steps don't follow from the Dockerfile")
    found = {name: (getattr(value, name), field, hint) for name, (field, hint) in layout.items()}
    return {name: to_json(item, hint) for name, (item, field, hint) in found.items() if item != _default(field)}


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _made(data: Json, kind: Any) -> Any:
    layout, given = _layout(kind), _expect(data, dict)
    strange = [name for name in given if name not in layout]
    missing = [name for name, (field, _) in layout.items() if name not in given and _default(field) is MISSING]
    if strange or missing:
        raise CodecError(f"{kind.__name__} has no {', '.join(map(str, strange))}, or lacks {', '.join(missing)}")
    values = {name: from_json(item, layout[name][1]) for name, item in given.items()}
    if kind is BuildStarted:
        values["steps"] = plan(values["dockerfile"], values["builder"])
    if kind is BuildFailed and values.get("exit_code") is not None:
        values["message"] = _phrased(values["message"], values["exit_code"])
    return kind(**values)


def _phrased(message: str, exit_code: int) -> str:
    """The sentence about a command that failed, as the Phrase that it was, so that it is told in other languages."""
    instruction = message.removesuffix(command_ended("", exit_code))
    return message if instruction == message else command_ended(instruction, exit_code)


def _variant(data: Json, variants: tuple[Any, ...]) -> Any:
    if NoneType in variants:
        return None if data is None else from_json(data, _only(variants))
    named = {variant.__name__: variant for variant in variants}
    if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in named:
        raise CodecError(f"{data!r} isn't one of {_names(variants)}")
    ((name, content),) = data.items()
    return from_json(content, named[name])


def _entry(data: Json, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(_expect(data, str))
    except ValueError as error:
        raise CodecError(f"{data!r} isn't a {kind.__name__}") from error


# Dockerfiles


def _source(value: Any) -> str:
    source: str = _expect(value, Dockerfile).source
    if _parsed(source) != value:
        raise CodecError("this Dockerfile isn't what its source says")
    return source


def _parsed(source: Json) -> Dockerfile:
    try:
        return parse(_expect(source, str))
    except DockerfileError as error:
        raise CodecError(str(error)) from error
