"""Find and read the two files that steer a build: the Dockerfile and the ignore file that goes with it."""

from __future__ import annotations

import os
from pathlib import Path

from tutor.builds import dockerignore
from tutor.builds.builder import Builder
from tutor.builds.dockerignore import IgnoreRules, parse_dockerignore
from tutor.engines.folder import as_utf8, from_utf8, open_file, read_fully
from tutor.errors import TutorError, UsageError
from tutor.sanitise import clean_line

DEFAULT_NAME = "Dockerfile"

LONGEST_BYTES = 4 * 1024 * 1024
"""What either file may hold: each is read as a whole."""


def check_folder(folder: Path) -> None:
    """Raises UsageError when `folder` can be no build context."""
    if not folder.is_dir():
        raise UsageError(
            "The build context {folder} is not a folder."
            if folder.exists()
            else "The build context {folder} does not exist.",
            "Name the folder that holds the Dockerfile.",
            folder=shown(folder),
        )


def locate_dockerfile(folder: Path, name: str) -> str:
    """The Dockerfile's path in the context, links resolved, as the engine must be told it.

    `name` is relative to the context, or absolute. Like the Docker CLI, takes `dockerfile` where there is no
    `Dockerfile`. Raises UsageError.
    """
    path = folder / name
    if name == DEFAULT_NAME and not path.exists() and (folder / name.lower()).exists():
        path = folder / name.lower()
    if not path.is_file():
        raise UsageError(
            "There is no file {name} in {folder}.",
            "Name a file, not a folder." if path.exists() else "Create it, or name another file with --file.",
            name=clean_line(name),
            folder=shown(folder),
        )
    real, top = path.resolve(), folder.resolve()
    if not real.is_relative_to(top):
        raise UsageError(
            "The Dockerfile {file} is outside the build context {folder}.",
            "Move it into the folder, or build a folder that holds it.",
            file=shown(path),
            folder=shown(folder),
        )
    return as_utf8(real.relative_to(top).as_posix())


def read_rules(folder: Path, dockerfile: str, builder: Builder) -> IgnoreRules:
    """The rules of `<Dockerfile>.dockerignore` beside the Dockerfile (BuildKit only), else of `.dockerignore`.

    Raises TutorError when the file can't be read, DockerignoreError when a pattern is wrong.
    """
    names = [dockerignore.NAME]
    if builder is Builder.BUILDKIT:
        names.insert(0, dockerfile + dockerignore.NAME)
    for name in names:
        path = folder / from_utf8(name)
        if path.exists():
            return parse_dockerignore(read_whole(path), clean_line(name))
    return IgnoreRules()


def read_whole(path: Path) -> bytes:
    """The bytes of a small regular file. Raises TutorError."""
    try:
        descriptor = open_file(str(path))
        try:
            data = read_fully(descriptor, LONGEST_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise unreadable(as_utf8(str(path)), error) from error
    if len(data) > LONGEST_BYTES:
        raise TutorError(
            "{file} is larger than {limit} bytes.",
            "Take that file away, or name the right one.",
            file=shown(path),
            limit=LONGEST_BYTES,
        )
    return data


def unreadable(path: str, error: OSError) -> TutorError:
    """The sentence for a file or folder of the context that can't be read."""
    why = clean_line(error.strerror or str(error)).lower()
    return TutorError(
        "{path} in the build context can't be read: {why}.",
        "Make it readable (chmod u+r), or name it in .dockerignore.",
        path=clean_line(path),
        why=why,
    )


def shown(path: Path) -> str:
    return clean_line(str(path))
