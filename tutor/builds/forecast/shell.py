"""What a RUN leaves behind, for the few commands of which that can be known without running them.

A RUN that isn't understood may have changed anything. Of one that is, the files it writes are named, so that all
others are known to be as they were, and the written ones to be the same when all that goes into them is.
"""

from __future__ import annotations

import re
import shlex

from tutor.builds.forecast.work import Shell
from tutor.builds.tree import Folder, Unknown, digest_of, look_up, place

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_OTHERWISE_EACH_TIME = frozenset(
    {"BASHPID", "EPOCHREALTIME", "EPOCHSECONDS", "HOSTNAME", "LINENO", "PPID", "RANDOM", "SECONDS", "SRANDOM"}
)
_NOT_READ = re.compile(r"[`<|(){}*?\[\]~\\#!\n]")
"""Whatever could mean more than the words say; braces of variables are taken out before."""

_ENGINES_OWN = ("dev", "etc", "proc", "run", "sys", "tmp")
"""Folders in which engines leave traces of a container: what is in them isn't known after any RUN."""

_ROOT = frozenset({"", "0", "root", "0:0", "root:root"})


def left_by(shell: Shell, files: Folder, key: str) -> Folder | None:
    """The file system after a RUN with this cache key; None when the command isn't understood."""
    commands = _commands(shell.text)
    if commands is None or shell.user not in _ROOT:
        return None
    for words, raw in commands:
        used = {name: shell.env.get(name) for pair in _VARIABLE.findall(raw) for name in pair if name}
        if not _OTHERWISE_EACH_TIME.isdisjoint(used):
            return None
        left = _after(words, digest_of(raw, sorted(used.items(), key=str)), files, shell)
        if left is None:
            return None
        files = left
    for path in (*_ENGINES_OWN, *shell.mounted):
        files = place(files, path, Unknown(digest_of("touched", key)))
    return files


def _commands(text: str) -> list[tuple[list[str], str]] | None:
    """The words of each command, and its text; None for what could mean more."""
    plain = _VARIABLE.sub("V", text)
    if not text or "$" in plain or _NOT_READ.search(plain):
        return None
    commands = []
    for raw in re.split(r"&&|;", text):
        try:
            lexer = shlex.shlex(raw, posix=True, punctuation_chars=">&")
            lexer.whitespace_split = True
            words = list(lexer)
        except ValueError:  # a separator stood in quotes
            return None
        commands.append((words, raw.strip()))
    return commands


def _after(words: list[str], identity: str, files: Folder, shell: Shell) -> Folder | None:
    """The files after one command."""
    match words:
        case [":" | "true" | "echo" | "printf", *rest] if not _redirects(rest):
            return files
        case ["echo" | "printf", *_, ">" | ">>", path] if not _redirects(words[:-2]):
            return _written(path, identity, files, shell)
        case ["cat", *sources, ">" | ">>", path] if sources and not _redirects(sources):
            read = _keys(sources, files, shell)
            return None if read is None else _written(path, digest_of(identity, read), files, shell)
        case ["mkdir", "-p", *paths] if not _redirects(paths):
            for path in paths:
                files = place(files, _absolute(path, shell), Folder())
            return files if all(map(_is_plain, paths)) else None
        case ["chmod", mode, path] if not mode.startswith("-"):
            return _written(path, identity, files, shell)
        case _:
            return None


def _written(path: str, identity: str, files: Folder, shell: Shell) -> Folder | None:
    """With a file that is known to be the same when what was there and what wrote it are (`place` mixes the two)."""
    return place(files, _absolute(path, shell), Unknown(identity)) if _is_plain(path) else None


def _keys(paths: list[str], files: Folder, shell: Shell) -> list[str] | None:
    if shell.mounted or not all(map(_is_plain, paths)):
        return None
    found = [look_up(files, _absolute(path, shell)) for path in paths]
    return None if None in found else [at[1].key for at in found if at]


def _absolute(path: str, shell: Shell) -> str:
    return path if path.startswith("/") else f"{shell.workdir}/{path}"


def _is_plain(path: str) -> bool:
    return "$" not in path and not path.startswith("-")


def _redirects(words: list[str]) -> bool:
    return any(set(word) & set(">&") for word in words)
