"""The ingredients of a step as BuildKit's cache sees them. Measured on Docker 20.10; see tests/engine/test_forecast.py.

Sources: BuildKit's dockerfile2llb (what becomes a vertex), its exec and file operations (what goes into a cache key).
"""

from __future__ import annotations

import json
import posixpath

from tutor.builds.dockerfile import Instruction
from tutor.builds.forecast.scope import Scope, clean_path
from tutor.builds.forecast.work import (
    CONTEXT,
    Part,
    Take,
    Work,
    expanded_words,
    flag_parts,
    heredoc_parts,
    is_remote,
    mount_options,
    shell_of,
)

_NOT_BY_TEXT = frozenset({"from", "mount", "chown", "chmod", "link"})
_MOUNTS_WITH_FILES = frozenset({"bind", "cache"})


def work_of(instruction: Instruction, scope: Scope) -> Work | None:
    """None for what makes no vertex: metadata, and a WORKDIR that leads to `/`, which is always there."""
    match instruction.keyword:
        case "RUN":
            return _run(instruction, scope)
        case "COPY" | "ADD":
            return _copy(instruction, scope)
        case "WORKDIR":
            path = scope.path(scope.expand(instruction.arguments))
            parts = (Part("workdir", path), Part("user", scope.user))
            return Work("folder", parts, destination=path) if path != "/" else None
        case _:
            return None


def _run(instruction: Instruction, scope: Scope) -> Work:
    command = instruction.json if instruction.json is not None else (*scope.shell, instruction.arguments)
    parts = [
        Part("command", json.dumps(command)),
        *heredoc_parts(instruction.heredocs, scope, expand=False),
        Part("workdir", scope.workdir),
        Part("user", scope.user),
        *flag_parts(instruction.flags, scope, _NOT_BY_TEXT),
    ]
    takes: list[Take] = []
    mounted: list[str] = []
    for value in instruction.values("mount"):
        options = mount_options(value, scope)
        if options["type"] in _MOUNTS_WITH_FILES and (options["type"] == "bind" or "from" in options):
            takes.append(Take(options.pop("from", CONTEXT), options.pop("source", "/")))
        mounted.append(options.get("target", "/run/secrets"))
        parts.append(Part("mount", json.dumps(sorted(options.items()))))
    parts += [Part(f"env {name}", value) for name, value in scope.run_env.items()]
    shell = None if instruction.heredocs else shell_of(tuple(command), scope.run_env, scope, mounted)
    return Work("run", tuple(parts), tuple(takes), shell=shell)


def _copy(instruction: Instruction, scope: Scope) -> Work:
    """Of a source only its last name counts besides its content: a folder above it may have any name."""
    sources, destination = expanded_words(instruction, scope)
    path = scope.path(destination)
    if path != "/" and (destination in (".", "") or destination.endswith("/")):
        path += "/"
    owner = "".join(f"--{name}={scope.expand(instruction.flag(name) or '')};" for name in ("chown", "chmod"))
    local = [source for source in sources if not (instruction.keyword == "ADD" and is_remote(source))]
    parts = [
        Part("text", instruction.keyword),
        *(Part("source", posixpath.basename(clean_path(source)) if source in local else source) for source in sources),
        *heredoc_parts(instruction.heredocs, scope, expand=True),
        Part("destination", path),
        Part("owner", owner),
        *flag_parts(instruction.flags, scope, _NOT_BY_TEXT),
    ]
    alone = instruction.flag("link") not in (None, "false")
    return Work(
        "copy",
        (*parts, Part("link", str(alone))),
        tuple(Take(instruction.flag("from") or CONTEXT, source, wild=True) for source in local),
        path,
        owner.replace("--chown=;", "").replace("--chmod=;", ""),
        tuple(source for source in sources if source not in local),
        alone,
    )
