"""The commands about the learner's own files do what hints tell a learner to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tutor.builds.engine import STAND_IN_LABEL, ImageInfo
from tutor.cli.main import cli
from tutor.cli.own import remove_images
from tutor.errors import TutorError, UsageError
from tutor.places import exercises_folder


def reset(workspace: Path, *folder: str) -> None:
    cli.main(
        ["--lang", "en", "--workspace", str(workspace), "reset-exercise", *folder],
        prog_name="diamol-tutor",
        standalone_mode=False,
    )


def test_the_files_of_an_example_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset(tmp_path, "02-java")
    file = tmp_path / "02-java" / "pom.xml"
    file.write_text("mine")
    reset(tmp_path, "02-java")
    assert file.read_bytes() == (exercises_folder() / "02-java" / "pom.xml").read_bytes()
    assert (tmp_path / "02-java" / "pom.xml.before-reset-1").read_text() == "mine"
    assert capsys.readouterr().out == f"Your file is kept as {tmp_path / '02-java' / 'pom.xml.before-reset-1'}.\n"


def test_without_a_name_it_is_the_exercise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset(tmp_path)
    assert (tmp_path / "06-optimise" / "Dockerfile").is_file()
    assert "diamol-tutor grade" in capsys.readouterr().out


def test_a_name_that_is_none_gets_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no example or exercise nowhere") as caught:
        reset(tmp_path, "nowhere")
    assert "02-java" in caught.value.hint
    assert "bases" not in caught.value.hint


class Store:
    """Images by name; one that has several is not removed by its id, and none before what stands on it."""

    def __init__(self, stands_on: Mapping[str, str], *images: ImageInfo) -> None:
        self.left = list(images)
        self._stands_on = stands_on

    def images(self) -> tuple[ImageInfo, ...]:
        return tuple(self.left)

    def remove_image(self, reference: str) -> None:
        image = next(image for image in self.left if reference in (image.id, *image.tags))
        names = [tag for tag in image.tags if tag != reference]
        if not names and any(self._stands_on.get(other.id) == image.id for other in self.left):
            raise TutorError("conflict: image has dependent child images", "Mend it.")
        assert reference != image.id or len(image.tags) < 2, "conflict: image is referenced in multiple repositories"
        self.left.remove(image)
        if names and reference != image.id:
            self.left.append(replace(image, tags=tuple(names)))


def test_images_go_by_all_their_names_and_those_that_others_stand_on_last() -> None:
    stage, twice = ImageInfo("stage", (), 1), ImageInfo("twice", ("a:1", "b:1"), 1)
    stand_in = ImageInfo("base", ("diamol/base:latest",), 1, {STAND_IN_LABEL: "diamol/base"})
    store: Any = Store({"twice": "stage"}, stage, twice, stand_in)
    assert list(remove_images(store)) == [twice, stage]
    assert store.left == [stand_in]


def test_an_image_that_is_in_use_is_told_when_all_others_are_gone() -> None:
    used, free = ImageInfo("used", (), 1), ImageInfo("free", ("a:1",), 1)
    store: Any = Store({"container": "used"}, used, free, ImageInfo("container", ("x:1",), 1, {STAND_IN_LABEL: "x"}))
    with pytest.raises(TutorError, match="conflict"):
        list(remove_images(store))
    assert free not in store.left
