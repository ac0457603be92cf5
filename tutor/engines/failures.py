"""Builders' error messages, told as a failure with its place and the next step."""

from __future__ import annotations

import re

from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import repository_of
from tutor.builds.events import BuildFailed, FailureKind, command_ended
from tutor.builds.steps import Step
from tutor.engines.connect import MAKE_ROOM, NO_SPACE
from tutor.phrase import Phrase
from tutor.sanitise import clean_line

_WRAPPERS = re.compile(
    r"^(?:(?:failed to solve(?: with frontend \S+)?|failed to create LLB definition|rpc error: code = \w+ desc =|"
    r"failed to compute cache key|failed to calculate checksum of ref [^:]+::\w+):? )+"
)
_LINE = re.compile(r"(?:parse error (?:on )?|Dockerfile )line (\d+)|^dockerfile:(\d+)", re.IGNORECASE)
_EXIT_CODE = re.compile(r"(?:exit code: |returned a non-zero code: )(\d+)")
_SYNTAX = re.compile(
    r"parse error|unknown (?:flag|instruction)|requires BuildKit|"
    r"missing ':' in substitution|unsupported modifier|"  # ${NAME#prefix} and the like
    r"failed to parse platform",  # the classic builder has no $BUILDPLATFORM
    re.IGNORECASE,
)
_ENGINE = re.compile(
    r"input/output error|cannot allocate memory|error creating overlay mount|"
    r"failed to register layer|layer does not exist|transport is closing|"
    # the classic builder stood on an image of its cache that somebody removed meanwhile
    r"unable to find image \"sha256:|no such image: sha256:|"
    # the containerd store (28.5) lets one of several builds give a name to an image at a time
    r"^image \".+\": already exists$",
    re.IGNORECASE,
)
_REFERRAL = re.compile(r"\.? (?:Refer to|See) https?://\S+.*$")
_MISSING_FILE = re.compile(
    r"not found|file does not exist|file not found in build context|no such file or directory", re.IGNORECASE
)
_BASE_IMAGE = re.compile(
    r"pull access denied|manifest (?:unknown|for)|toomanyrequests|no such host|failed to do request|"
    r"failed to resolve source metadata|/v2/|insufficient_scope|repository does not exist",
    re.IGNORECASE,
)


_READ_ON = Phrase("Read the step's last lines: they say why.")


def explain(error: str, exit_code: int | None, step: int | None, steps: tuple[Step, ...]) -> BuildFailed:
    """Tell a builder's `error` as a BuildFailed.

    The Dockerfile has gone through our own parser before, so a syntax error here means that this engine's builder
    is older than the syntax used.
    """
    said = _REFERRAL.sub("", clean_line(_WRAPPERS.sub("", error.strip())))
    if exit_code is None and (found := _EXIT_CODE.search(said)):
        exit_code = int(found[1])
    line = steps[step].instruction.line if step is not None else _line_in(said)
    if exit_code is not None and step is not None:
        told = command_ended(str(steps[step].instruction), exit_code)
        return BuildFailed(told, FailureKind.STEP, step, line, exit_code, _READ_ON)
    kind, hint = _kind_and_hint(said, step)
    return BuildFailed(said, kind, step, line, exit_code, hint)


def _line_in(said: str) -> int | None:
    found = _LINE.search(said)
    return int(found[1] or found[2]) if found else None


def _kind_and_hint(said: str, step: int | None) -> tuple[FailureKind, Phrase]:
    if NO_SPACE in said:
        return FailureKind.ENGINE, MAKE_ROOM
    if _ENGINE.search(said):
        return (
            FailureKind.ENGINE,
            Phrase("Build again; if it fails again, read the engine's own log, or run: diamol-tutor doctor"),
        )
    if _SYNTAX.search(said):
        return (
            FailureKind.UNSUPPORTED,
            Phrase("Use an older way to write this, BuildKit (--builder buildkit), or a newer Docker Engine."),
        )
    if _BASE_IMAGE.search(said):
        return FailureKind.BASE_IMAGE, Phrase("Get the base images first: diamol-tutor doctor --fix")
    if _MISSING_FILE.search(said):
        return (
            FailureKind.MISSING_FILE,
            Phrase(
                "Check the file's name, the build context, .dockerignore, and for COPY --from what that stage has made."
            ),
        )
    if step is not None:
        return FailureKind.STEP, _READ_ON
    return FailureKind.DOCKERFILE, Phrase("Change what the builder names in the Dockerfile, then build again.")


def blame_frontend(failure: BuildFailed, dockerfile: Dockerfile) -> BuildFailed:
    """A failure to get the image that a `# syntax=` line names, told as such; any other as it is.

    BuildKit pulls that image itself, before it reads the Dockerfile.
    """
    image = dockerfile.directives.get("syntax", "")
    if failure.kind is not FailureKind.BASE_IMAGE or not image or repository_of(image) not in failure.message:
        return failure
    return BuildFailed(
        Phrase(
            'The line "# syntax={image}" asks for an image with another builder, which can\'t be had: {said}',
            image=clean_line(image),
            said=failure.message,
        ),
        FailureKind.BASE_IMAGE,
        line=next((i for i, text in enumerate(dockerfile.source.splitlines(), 1) if image in text), None),
        hint=Phrase("Take that line away if nothing in the Dockerfile needs it, or let the engine reach the registry."),
    )
