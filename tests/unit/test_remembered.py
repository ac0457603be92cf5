"""Baselines kept in a file: what comes back is what was kept, and damage costs nothing but time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.reports import built
from tutor.builds.builder import Builder
from tutor.builds.layers import Layer
from tutor.grade.measured import Baseline
from tutor.grade.remembered import KEPT, Memory

TEXT = 'FROM diamol/golang\nWORKDIR web\nCOPY index.html .\nRUN go build\nCMD ["/server"]\n'
BASELINE = Baseline(
    built(TEXT, [2, 3, 4], layers=(Layer(600, "base"), Layer(0, "WORKDIR web", 2), Layer(9, "COPY index.html .", 3))),
    built(TEXT, [3, 4], 612, Builder.CLASSIC),
    17,
)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "state" / "baselines.json")


def test_what_is_recalled_is_what_was_kept(memory: Memory) -> None:
    assert memory.recall("a") is None
    memory.keep("a", BASELINE)
    assert memory.recall("a") == BASELINE
    assert memory.recall("b") is None


def test_the_latest_are_kept(memory: Memory) -> None:
    for number in range(KEPT + 3):
        memory.keep(str(number), BASELINE)
    kept = [number for number in range(KEPT + 3) if memory.recall(str(number))]
    assert kept == list(range(3, KEPT + 3))
    assert list(memory.file.parent.iterdir()) == [memory.file]


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"format": 0}', "\x00\xff", '{"format":1,"baselines":[]}'])
def test_a_damaged_file_is_as_good_as_none(memory: Memory, damage: str) -> None:
    memory.keep("a", BASELINE)
    memory.file.write_text(damage, "latin-1")
    assert memory.recall("a") is None
    memory.keep("a", BASELINE)
    assert memory.recall("a") == BASELINE


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("start",), None),
        (("start", "steps"), []),
        (("start", "steps", 0), ["no outcome", 1]),
        (("start", "layers"), []),
        (("start", "layers", 0), [1]),
        (("start", "dockerfile"), "COPPY"),
        (("start", "builder"), "none"),
        (("par_bytes",), "many"),
    ],
)
def test_a_damaged_entry_is_measured_again(memory: Memory, path: tuple[str | int, ...], value: object) -> None:
    memory.keep("a", BASELINE)
    data = json.loads(memory.file.read_text())
    inner = data["baselines"]["a"]
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    memory.file.write_text(json.dumps(data))
    assert memory.recall("a") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "baselines.json")
    memory.keep("a", BASELINE)
    assert memory.recall("a") is None
