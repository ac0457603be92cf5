"""A build through the tutor beside the same context posted to the same engine with curl."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.measure import Row, side_by_side
from tutor.builds.engine import BuildRequest
from tutor.builds.report import report_of
from tutor.engines.connect import endpoint
from tutor.engines.context import BuildContext
from tutor.engines.docker_engine import DockerEngine
from tutor.places import exercises_folder

RUNS = 10
TAG = "diamol-tutor/bench"


def rows() -> list[Row]:
    context = exercises_folder() / "01-multi-stage"
    engine = DockerEngine.connect()
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "context.tar"
        body.write_bytes(b"".join(BuildContext(context).chunks()))
        result = [_row(engine, context, body, no_cache) for no_cache in (False, True)]
    engine.remove_image(f"{TAG}:tutor")
    engine.remove_image(f"{TAG}:curl")
    return result


def _row(engine: DockerEngine, context: Path, body: Path, no_cache: bool) -> Row:
    def tutor() -> None:
        assert report_of(engine.build(BuildRequest(context, tag=f"{TAG}:tutor", no_cache=no_cache))).succeeded

    mine, curl = side_by_side(tutor, _curl(body, no_cache), RUNS)
    name = f"{'uncached' if no_cache else 'cached'} build through the tutor / with curl"
    return Row(name, 1.05, mine / curl, "x", f"{mine * 1000:.0f} ms, {curl * 1000:.0f} ms")


def _curl(body: Path, no_cache: bool) -> Callable[[], object]:
    host = endpoint().host
    where = ["--unix-socket", host.removeprefix("unix://"), "http://engine"] if host.startswith("unix://") else [host]
    parameters = {"version": "2", "t": f"{TAG}:curl", "labels": '{"diamol.tutor":"build"}'}
    if no_cache:
        parameters["nocache"] = "1"
    *options, base = where
    command = ["curl", "-fsS", "-X", "POST", "-H", "Content-Type: application/x-tar", "--data-binary", f"@{body}"]
    address = f"{base}/build?{urlencode(parameters)}"
    return lambda: subprocess.run([*command, *options, address], check=True, stdout=subprocess.DEVNULL)
