"""exercise.toml read, edits made, tasks shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.course.document import ListBlock, Paragraph
from tutor.course.exercise import ScriptedEdit, load_exercise, read_task
from tutor.course.problems import ContentError
from tutor.errors import UsageError
from tutor.places import exercises_folder

SHIPPED = (exercises_folder() / "06-optimise" / "exercise.toml").read_text("utf-8")


def exercises(folder: Path, toml: str) -> Path:
    (folder / "ex").mkdir()
    (folder / "ex" / "exercise.toml").write_text(toml, "utf-8")
    return folder


def test_what_the_file_says_is_what_is_asked(tmp_path: Path) -> None:
    toml = SHIPPED.replace("size_share = 0.15", "size_share = 0.2").replace("port = 80", "port = 81")
    exercise = load_exercise(exercises(tmp_path, toml), "ex")
    assert (exercise.id, exercise.size_share, exercise.html_layers, exercise.serve.port) == ("ex", 0.2, 1, 81)
    assert list(exercise.points) == ["builds", "serves", "size", "html-edit", "code-edit", "toolchain"]
    assert exercise.title("ko") != exercise.title("en") == exercise.title("fr")
    assert exercise.start == tmp_path / "ex" / "start"


def test_points_add_up_to_a_hundred(tmp_path: Path) -> None:
    folder = exercises(tmp_path, SHIPPED.replace("size = 20", "size = 21"))
    with pytest.raises(ContentError, match="add up to 101"):
        load_exercise(folder, "ex")


@pytest.mark.parametrize("wrong", ["", "files = 3", SHIPPED.replace("[serve]", "[served]"), "not toml"])
def test_a_file_that_is_not_right(tmp_path: Path, wrong: str) -> None:
    folder = exercises(tmp_path, wrong)
    with pytest.raises(ContentError, match=r"exercise\.toml:1: "):
        load_exercise(folder, "ex")


def test_an_unknown_exercise_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_exercise(exercises(tmp_path, SHIPPED), "other")
    assert "ex" in caught.value.hint


def test_an_edit_replaces_once_and_carries_the_stamp(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_bytes(b"one\r\ntwo one")
    assert ScriptedEdit("a.go", "<{stamp}>", "one").apply(tmp_path, "x1") == ""
    assert (tmp_path / "a.go").read_bytes() == b"<x1>\r\ntwo one"


def test_an_edit_without_a_place_goes_to_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>1</p>\n\n")
    assert ScriptedEdit("a.html", "<p>{stamp}</p>\n").apply(tmp_path, "2") == ""
    assert (tmp_path / "a.html").read_text() == "<p>1</p>\n<p>2</p>\n"


def test_an_edit_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("one")
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "link.txt").symlink_to(outside)
    (folder / "other.txt").write_text("two")
    assert "no longer has" in ScriptedEdit("other.txt", "x", "one").apply(folder, "1")
    assert "can't be edited" in ScriptedEdit("none.txt", "x", "one").apply(folder, "1")
    assert "leads out" in ScriptedEdit("link.txt", "x", "one").apply(folder, "1")
    assert outside.read_text() == "one"


def test_a_task_is_text_to_show() -> None:
    blocks = read_task(load_exercise(exercises_folder(), "06-optimise"), "en")
    assert isinstance(blocks[0], Paragraph)
    assert any(isinstance(block, ListBlock) for block in blocks)


def test_a_task_without_its_file(tmp_path: Path) -> None:
    exercise = load_exercise(exercises(tmp_path, SHIPPED), "ex")
    with pytest.raises(ContentError, match=r"task\.en\.md"):
        read_task(exercise, "en")


def test_an_edit_keeps_the_mode_of_a_read_only_file(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>1</p>\n")
    (tmp_path / "a.html").chmod(0o440)
    assert ScriptedEdit("a.html", "<p>{stamp}</p>\n").apply(tmp_path, "2") == ""
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o440
    assert (tmp_path / "a.html").read_text() == "<p>1</p>\n<p>2</p>\n"
