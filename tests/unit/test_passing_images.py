"""Images that grading makes on the way are gone when it ends."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.fakes import FakeEngine
from tests.unit.reports import built
from tests.unit.test_stream_decoders import decode
from tutor import alive
from tutor.builds.builder import Builder
from tutor.builds.events import StepFinished
from tutor.builds.report import BuildReport
from tutor.grade.images import REPOSITORY, PassingImages

TEXT = "FROM a AS one\nRUN 1\nRUN 2\nFROM b\nCOPY --from=one x .\nCMD x\n"


def with_images(report: BuildReport) -> BuildReport:
    return replace(report, steps=tuple(replace(s, image_id=f"id-{s.step.instruction.line}") for s in report.steps))


def removed(report: BuildReport) -> list[object]:
    engine = FakeEngine()
    with PassingImages(engine) as images:
        tag = images.new()
        images.with_steps_of(report)
        assert engine.calls == []
    assert engine.calls[0] == ("remove_image", tag)
    assert tag.startswith(f"{REPOSITORY}:edited-{alive.me()}-")
    return [reference for _, reference in engine.calls[1:]]


def test_the_image_of_each_step_that_ran_goes_too_from_the_top_down() -> None:
    assert removed(with_images(built(TEXT, [2, 3, 5, 6], builder=Builder.CLASSIC))) == ["id-6", "id-5", "id-3", "id-2"]


def test_what_came_from_the_cache_stays() -> None:
    assert removed(with_images(built(TEXT, [3, 6], builder=Builder.CLASSIC))) == ["id-6", "id-3"]
    assert removed(built(TEXT, [2, 3, 5])) == []


def test_only_the_classic_builder_makes_an_image_of_a_step() -> None:
    made = {builder: decode("20.10-overlay2", "three-stages", builder)[1] for builder in Builder}
    ids = {b: [e.image_id for e in events if isinstance(e, StepFinished)] for b, events in made.items()}
    assert all(re.fullmatch("[0-9a-f]{12}", image_id) for image_id in ids[Builder.CLASSIC])
    assert not any(ids[Builder.BUILDKIT])
