"""The layers of real images, read from a live engine whichever store it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.blocks import BLOCK_BYTES, counts_blocks
from tutor.builds.contents import ImageContents, ImageRead, Kind
from tutor.builds.engine import BuildRequest, Engine
from tutor.builds.layers import instruction_text
from tutor.builds.report import report_of
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import TutorError

pytestmark = pytest.mark.engine

DOCKERFILE = """\
FROM diamol/base
WORKDIR /data
RUN head -c 3000000 /dev/zero > large && echo one > changed
ENV A=b
RUN rm large && echo twice > changed
COPY added /data/
"""


def read(engine: Engine, image: str) -> ImageContents:
    *_, last = engine.contents(image)
    assert isinstance(last, ImageContents)
    return last


def test_each_layer_tells_what_it_adds_replaces_and_removes(engine: Engine, context: Path, tag: str) -> None:
    (context / "Dockerfile").write_text(DOCKERFILE)
    (context / "added").write_text("12345")
    report = report_of(engine.build(BuildRequest(context, tag=tag)))
    assert report.succeeded
    found = read(engine, tag)
    assert len(found.history) == len(report.layers)
    made = [instruction_text(layer.made.created_by).split()[0] for layer in found.layers]
    assert made[-4:] == ["WORKDIR", "RUN", "RUN", "COPY"]
    run, remove, copy = (layer.root for layer in found.layers[-3:])
    assert (run.size_bytes, remove.size_bytes, copy.size_bytes) == (3_000_004, 6, 5)
    data = next(child for child in remove.children if child.name == "data")
    assert {child.name: (child.kind, child.below_bytes) for child in data.children} == {
        "large": (Kind.REMOVED, 3_000_000),
        "changed": (Kind.FILE, 4),
    }
    assert found.hidden_bytes >= 3_000_004


def test_the_sizes_of_a_large_image_add_up(buildkit: DockerEngine) -> None:
    info = buildkit.image("diamol/node")
    assert info is not None
    *told, last = buildkit.contents("diamol/node")
    assert len(told) > 3
    assert all(isinstance(each, ImageRead) for each in told)
    assert isinstance(last, ImageContents)
    files = sum(layer.root.files for layer in last.layers)
    assert files > 1000
    if counts_blocks(buildkit):  # and half of them stand in as many folders, at the most
        assert last.size_bytes < info.size_bytes < last.size_bytes + 1.5 * BLOCK_BYTES * files
    else:
        assert last.size_bytes == pytest.approx(info.size_bytes, rel=0.05)


def test_reading_can_be_ended_and_the_engine_goes_on(buildkit: DockerEngine) -> None:
    reading = buildkit.contents("diamol/node")
    assert isinstance(next(reading), ImageRead)
    assert isinstance(next(reading), ImageRead)
    reading.close()  # type: ignore[attr-defined]
    assert read(buildkit, "diamol/base").layers


def test_an_image_that_is_not_there_is_a_sentence(buildkit: DockerEngine) -> None:
    with pytest.raises(TutorError, match="There is no image"):
        list(buildkit.contents("diamol-tutor/not-there"))
