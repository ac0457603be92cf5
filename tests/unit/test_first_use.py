"""Base images that several solutions of a class share are used before the first is graded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from tests.fakes import FakeEngine
from tests.unit.test_checks import EXERCISE
from tutor.builds.engine import BuildRequest
from tutor.builds.events import BuildEvent
from tutor.grade.first_use import use_shared
from tutor.grade.rig import Rig

DEADLINE_S = 20


class Noting(FakeEngine):
    """Keeps the Dockerfiles that were built."""

    @property
    def built(self) -> list[str]:
        return [str(text) for name, text in self.calls if name == "text"]

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        self.calls.append(("text", (request.context / "Dockerfile").read_text()))
        return super().build(request)


def used(folder: Path, *dockerfiles: str) -> Noting:
    engine = Noting()
    for number, text in enumerate(dockerfiles):
        (folder / str(number)).mkdir()
        (folder / str(number) / "Dockerfile").write_text(text)
    rig = Rig(EXERCISE, engine, engine.facts())
    use_shared(rig, sorted(folder.iterdir()))
    return engine


def test_only_what_several_use_and_once(tmp_path: Path) -> None:
    two_stages = "FROM go AS b\nFROM tiny\nCOPY --from=b /x ."
    engine = used(tmp_path, two_stages, "FROM tiny", "FROM alone", "FROM twice AS t\nFROM twice\nCOPY --from=t /x .")
    assert engine.built == ["FROM tiny\n"]


def test_nothing_of_it_is_left(tmp_path: Path) -> None:
    engine = used(tmp_path, "FROM tiny", "FROM tiny")
    assert [name for name, _ in engine.calls] == ["text", "build", "remove_image"]


def test_a_solution_that_cannot_be_read_says_so_when_it_is_graded(tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    assert used(tmp_path, "FRO", "FROM tiny", "FROM tiny AS b\nRUN x").built == ["FROM tiny\n"]


def test_a_dockerfile_that_never_ends_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "Dockerfile")
    (tmp_path / "zeros").mkdir()
    (tmp_path / "zeros" / "Dockerfile").symlink_to("/dev/zero")
    built: list[str] = []
    reading = Thread(target=lambda: built.extend(used(tmp_path, "FROM tiny", "FROM tiny").built), daemon=True)
    reading.start()
    reading.join(DEADLINE_S)
    assert built == ["FROM tiny\n"]


def test_what_is_no_image_is_left_out(tmp_path: Path) -> None:
    engine = used(tmp_path, "FROM $X", "FROM $X", "FROM scratch", "FROM scratch")
    assert engine.built == []
