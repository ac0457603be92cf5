"""`make bench`: every figure beside its goal, measured in one run; also written to bench.json."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench import forecast, grading, live_builds, screens, startup
from tests.bench.measure import Row

BENCHES = {
    "startup": startup.rows,
    "screens": screens.rows,
    "builds": live_builds.rows,
    "grading": grading.rows,
    "forecast": forecast.rows,
}


def main(wanted: list[str]) -> None:
    rows: list[Row] = []
    for name, bench in BENCHES.items():
        if not wanted or name in wanted:
            rows += bench()
    print(f"{'goal':>12} {'figure':>12}       what")
    for row in rows:
        verdict = "ok  " if row.met else "OVER"
        print(f"{row.goal:>10.2f} {row.unit:<2} {row.figure:>9.2f} {row.unit:<2} {verdict} {row.name} ({row.detail})")
    table = [asdict(row) | {"met": row.met} for row in rows]
    Path("bench.json").write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
