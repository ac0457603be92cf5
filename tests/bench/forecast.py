"""A forecast for 100 steps over 10,000 files, beside reading and hashing those files once."""

from __future__ import annotations

import hashlib
import statistics
import tempfile
from pathlib import Path

from tests.bench.measure import Row, seconds, side_by_side
from tutor.builds.forecast import Inputs, forecast
from tutor.builds.parser import parse
from tutor.engines.context import BuildContext
from tutor.engines.snapshot import SnapshotTaker

FOLDERS, FILES, STEPS = 100, 100, 100
FILE_BYTES = 4_000
RUNS = 5


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())

        def hashed() -> None:
            for path in files:
                hashlib.blake2b(path.read_bytes(), digest_size=16).digest()

        def first() -> None:
            inputs = _inputs(folder, SnapshotTaker())
            assert forecast(inputs, inputs).steps

        ours, once = side_by_side(first, hashed, RUNS)
        changed = [_after_one_change(folder, i) for i in range(RUNS)]
    told, found = (statistics.median(column) * 1000 for column in zip(*changed, strict=True))
    detail = f"{ours * 1000:.0f} ms, {once * 1000:.0f} ms"
    return [
        Row("forecast, 100 steps over 10,000 files / hashing them once", 2.0, ours / once, "x", detail),
        Row("the same when one file has changed", 20.0, told, "ms", f"{found:.0f} ms when it has to be found"),
    ]


def _fill(folder: Path) -> None:
    for i in range(FOLDERS):
        inner = folder / f"d{i}"
        inner.mkdir()
        for j in range(FILES):
            (inner / f"f{j}.txt").write_bytes(f"{i} {j} ".encode() * (FILE_BYTES // 6))
    lines = ["FROM diamol/base"]
    for i in range(STEPS):
        kinds = (f"COPY d{i} /d{i}", f"COPY d{i}/f{i}.txt /f", f"COPY d{i}/*.txt /w/", f"RUN make {i}", "COPY . /all/")
        lines.append(kinds[i % len(kinds)])
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n")


def _inputs(folder: Path, taker: SnapshotTaker) -> Inputs:
    context = BuildContext(folder)
    return Inputs(parse(context.dockerfile_bytes()), taker.take(context))


def _after_one_change(folder: Path, number: int) -> tuple[float, float]:
    """Seconds of snapshot and forecast when it is known which file changed, and when it has to be found."""
    taker = SnapshotTaker()
    taker.take(BuildContext(folder))
    before = _inputs(folder, taker)
    forecast(before, before)
    path = "d50/f50.txt"

    def told() -> None:
        context = BuildContext(folder)
        forecast(Inputs(before.dockerfile, taker.take_again(context, path)), before)

    (folder / path).write_text(f"changed {number}")
    first = seconds(told)
    (folder / path).write_text(f"changed again {number}")
    return first, seconds(lambda: forecast(_inputs(folder, taker), before))
