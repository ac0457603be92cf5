"""Build the stand-ins of base images that can't be had otherwise, from Debian's packages."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tutor.builds.builder import Outcome
from tutor.builds.engine import STAND_IN_LABEL, BuildRequest, Engine
from tutor.builds.events import BuildEvent, BuildFailed, ContextSent, PullProgress, StepOutput, StepStarted
from tutor.builds.report import BuildRecorder, BuildReport
from tutor.engines.bases.debian_root import OTHER_WAYS, make_root, why_not_here
from tutor.engines.bases.images import BaseEvent, BaseProgress, BaseReady, BaseStarted, drop_replaced, look
from tutor.engines.bases.recipes import RECIPE_LABEL, Recipe, Recipes, load_recipes
from tutor.errors import TutorError
from tutor.phrase import Phrase, with_lines

HOST_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
LAST_LINES = 8
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""Build arguments that every builder knows and keeps out of the image (Dockerfile reference, predefined ARGs)."""

MakeRoot = Callable[[Path, str, Path], Iterator[str]]


def build_bases(
    engine: Engine,
    names: tuple[str, ...] = (),
    make: MakeRoot = make_root,
    problem: Callable[[], TutorError | None] = why_not_here,
) -> Iterator[BaseEvent]:
    """Build the stand-ins that are missing or whose recipe has changed; a published image stays as it is.

    Raises TutorError with the failing step's last lines, or when this machine can't build any (`problem`).
    """
    recipes = load_recipes()
    to_build: list[Recipe] = []
    for recipe in recipes.chosen(names):
        there = look(engine, recipe)
        if there.is_current:
            yield BaseReady(there, changed=False)
        else:
            to_build.append(recipe)
    root_is_stale = bool(to_build) and not look(engine, recipes.root).is_current
    if root_is_stale and (reason := problem()):
        raise reason
    total = len(to_build) + root_is_stale
    if root_is_stale:
        yield BaseStarted(recipes.root.image, 1, total)
        yield from _build(engine, recipes, recipes.root, make)
    for number, recipe in enumerate(to_build, 1 + root_is_stale):
        yield BaseStarted(recipe.image, number, total)
        yield from _build(engine, recipes, recipe, make)


def _build(engine: Engine, recipes: Recipes, recipe: Recipe, make: MakeRoot) -> Iterator[BaseEvent]:
    before = engine.image(recipe.image)
    with tempfile.TemporaryDirectory(prefix="diamol-tutor-") as scratch:
        context = Path(scratch) / "context"
        shutil.copytree(recipe.folder, context)
        if recipe is recipes.root:
            for line in make(recipe.folder, recipes.suite, context / "root.tar"):
                yield BaseProgress(recipe.image, line)
        if recipe.host_certificates:
            shutil.copyfile(_certificates(), context / "host-ca.crt")
        yield from _run(engine, recipe, context)
    now = look(engine, recipe)
    changed = before is None or before.id != now.id
    if before is not None and changed:
        drop_replaced(engine, before)
    yield BaseReady(now, changed)


def _run(engine: Engine, recipe: Recipe, context: Path) -> Iterator[BaseProgress]:
    request = BuildRequest(
        context=context,
        tag=recipe.image,
        build_args={name: os.environ[name] for name in PROXIES if name in os.environ},
        labels={STAND_IN_LABEL: recipe.image, RECIPE_LABEL: recipe.digest},
    )
    recorder = BuildRecorder()
    for event in engine.build(request):
        recorder.see(event)
        if told := _told(event, recorder):
            yield BaseProgress(recipe.image, told)
    report = recorder.report()
    if not report.succeeded:
        raise _failure(recipe.image, report)


def _told(event: BuildEvent, recorder: BuildRecorder) -> str:
    match event:
        case StepStarted(index) if recorder.started:
            step = recorder.started.steps[index]
            return f"[{step.number}/{step.total}] {step.instruction}"
        case StepOutput(_, text):
            return text
        case PullProgress(image, status):
            return f"{image}: {status}"
        case ContextSent(sent_bytes):
            return f"{sent_bytes / 1e6:.0f} MB sent to the engine"
        case _:
            return ""


def _failure(image: str, report: BuildReport) -> TutorError:
    failed = next((step for step in report.steps if step.outcome is Outcome.FAILED), None)
    said = report.failure.message if isinstance(report.failure, BuildFailed) else Phrase("it was stopped.")
    sentence = Phrase("Building the stand-in of {image} failed: {said}", image=image, said=said)
    return TutorError(
        with_lines(sentence, failed.last_lines[-LAST_LINES:] if failed else ()),
        "See whether the engine's containers reach Debian's packages (network, proxy), then try again. {other_ways}",
        other_ways=OTHER_WAYS,
    )


def _certificates() -> Path:
    """The certificates this machine trusts, in one file; an empty one where there are none to hand on."""
    chosen = Path(os.environ.get("SSL_CERT_FILE", "")) if os.environ.get("SSL_CERT_FILE") else HOST_CERTIFICATES
    return chosen if chosen.is_file() else Path(os.devnull)
