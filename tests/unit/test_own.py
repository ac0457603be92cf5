"""The commands about the learner's own files do what hints tell a learner to do with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.cli.main import cli
from tutor.errors import UsageError
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
