"""Builders' error messages, as Docker 20.10 wrote them, told as failures."""

from __future__ import annotations

import pytest

from tutor.builds.builder import Builder
from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.parser import parse
from tutor.builds.steps import plan
from tutor.engines.classic import misread
from tutor.engines.failures import blame_frontend, explain

DOCKERFILE = parse("# syntax=docker/dockerfile:1\nFROM diamol/base\nCOPY a .\n")
STEPS = plan(DOCKERFILE, Builder.BUILDKIT)
SOLVE = "failed to solve with frontend dockerfile.v0: failed to create LLB definition: "


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (SOLVE + "dockerfile parse error line 4: unknown instruction: GO", 4),
        (SOLVE + "dockerfile parse error line 2: Unknown flag: link", 2),
        ("dockerfile parse error line 4: unknown instruction: EOF", 4),
        ("the --chmod option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how", None),
        (SOLVE + "failed to process \"${X#a}\": missing ':' in substitution", None),
        ('failed to parse platform : "" is an invalid component of "": platform specifier component must match', None),
    ],
)
def test_newer_syntax_is_not_called_wrong(error: str, line: int | None) -> None:
    failure = explain(error, None, None, STEPS)
    assert (failure.kind, failure.line) == (FailureKind.UNSUPPORTED, line)
    assert "http" not in failure.message
    assert "failed to solve" not in failure.message


@pytest.mark.parametrize(
    ("error", "step", "kind"),
    [
        ('"/nothere.html" not found: not found', 0, FailureKind.MISSING_FILE),
        ("COPY failed: stat nothere: file does not exist", 0, FailureKind.MISSING_FILE),
        (
            "COPY failed: file not found in build context or excluded by .dockerignore: stat a",
            0,
            FailureKind.MISSING_FILE,
        ),
        ("pull access denied for diamol/golnag, repository does not exist", None, FailureKind.BASE_IMAGE),
        ("circular dependency detected on stage: a", None, FailureKind.DOCKERFILE),
        ('unable to find image "sha256:8275908ba02f575faf9fd0dec8ad194e"', 0, FailureKind.ENGINE),
        ("write /x: no space left on device", 0, FailureKind.ENGINE),
        ('image "docker.io/library/web:latest": already exists', None, FailureKind.ENGINE),
        ("executor failed running [/bin/sh -c echo parse error; exit 2]: exit code: 2", 0, FailureKind.STEP),
        ("something else", 0, FailureKind.STEP),
    ],
)
def test_what_is_to_blame(error: str, step: int | None, kind: FailureKind) -> None:
    failure = explain(error, None, step, STEPS)
    assert failure.kind is kind
    assert failure.hint


def test_a_frontend_that_cannot_be_had_is_blamed_on_its_line() -> None:
    error = SOLVE + 'failed to do request: Head "https://registry/v2/docker/dockerfile/manifests/1": no such host'
    failure = blame_frontend(explain(error, None, None, STEPS), DOCKERFILE)
    assert (failure.kind, failure.line) == (FailureKind.BASE_IMAGE, 1)
    assert "# syntax=docker/dockerfile:1" in failure.message


def test_another_image_is_not_blamed_on_the_frontend() -> None:
    failure = BuildFailed("manifest for diamol/golnag not found", FailureKind.BASE_IMAGE)
    assert blame_frontend(failure, DOCKERFILE) is failure
    plain = parse("FROM diamol/base\n")
    failure = BuildFailed("docker/dockerfile: no such host", FailureKind.BASE_IMAGE)
    assert blame_frontend(failure, plain) is failure


def test_a_heredoc_is_refused_where_the_classic_builder_would_run_nothing_in_its_place() -> None:
    failure = misread(parse("FROM diamol/base\nCOPY a .\nRUN <<END\necho made\nEND\n"))
    assert failure is not None
    assert (failure.kind, failure.line) == (FailureKind.UNSUPPORTED, 3)
    assert "<<END" in failure.message
    assert misread(DOCKERFILE) is None
