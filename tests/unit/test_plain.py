"""Output to be read out: no colours, signs or columns; NO_COLOR; and what the shell completes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.ui import sample
from tutor.cli.commands import MODULES
from tutor.cli.grade_read import read_card, read_table
from tutor.cli.main import cli, main
from tutor.errors import TutorError
from tutor.grade.several import Entry
from tutor.language import Words


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    cli.main(["--lang", "en", *arguments], prog_name="diamol-tutor", standalone_mode=False)
    return capsys.readouterr().out.splitlines()


def is_a_sentence(line: str) -> bool:
    return line == line.strip() and "  " not in line and "->" not in line and not re.match(r"[+x!$✓✗] ", line)


@pytest.mark.parametrize(
    "arguments",
    [("list", "--plain"), ("--plain", "list"), ("progress", "--plain"), ("run", "1", "--recorded", "--plain")],
)
def test_each_line_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lines = told(capsys, "--workspace", str(tmp_path / "copies"), *arguments)
    assert len(lines) > 5
    assert [line for line in lines if not is_a_sentence(line)] == []


def test_a_grade_is_read_out_check_by_check(capsys: pytest.CaptureFixture[str]) -> None:
    report = sample.report(passed=False)
    read_card(report, Words("en"))
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not is_a_sentence(line)] == []
    assert sum(" of " in line and " points. " in line for line in lines) == len(report.checks)
    graded = Entry(Path("ada"), "ada", 1.0, 100, report)
    read_table((graded, Entry(Path("bob"), "bob", 1.0, 100, error=TutorError("No Dockerfile."))), Words("en"))
    first, second, last = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"ada: \d+ of 100 points\. .*\.", first)
    assert second == "bob: not graded. No Dockerfile."
    assert "2" in last


@pytest.mark.parametrize(
    ("no_color", "options", "coloured"),
    [(None, [], True), ("", [], True), ("1", [], False), (None, ["--plain"], False)],
)
def test_colours_go_with_no_color_and_with_plain(no_color: str | None, options: list[str], coloured: bool) -> None:
    arguments = ["--lang", "en", *options, "run", "1", "--recorded"]
    result = CliRunner().invoke(cli, arguments, env={"NO_COLOR": no_color}, color=True)
    assert ("\x1b[" in result.output) is coloured


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("diamol-tutor gr", ["grade"]),
        ("diamol-tutor run ", ["1", "2", "3", "4", "5", "6", "all"]),
        ("diamol-tutor run 05", ["05-multi-stage"]),
        ("diamol-tutor record 1", ["1"]),
        ("diamol-tutor reset 0", ["01-build-server", "02-java", "03-node", "04-go", "05-multi-stage", "06-optimise"]),
        ("diamol-tutor reset-exercise 02", ["02-java"]),
        ("diamol-tutor bases pull diamol/m", ["diamol/maven"]),
        ("diamol-tutor grade --of", ["--offline"]),
    ],
)
def test_the_shell_completes_commands_sections_folders_and_images(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, wanted: list[str]
) -> None:
    monkeypatch.setenv("_DIAMOL_TUTOR_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    with pytest.raises(SystemExit):
        main([])
    completed = [row.partition(",")[2] for row in capsys.readouterr().out.splitlines()]
    assert completed == wanted


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_to_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    monkeypatch.setenv("_DIAMOL_TUTOR_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert "diamol-tutor" in capsys.readouterr().out


def test_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["run"], ["grade"]):
        cli.main([*command, "--help"], prog_name="diamol-tutor", standalone_mode=False)
        text = capsys.readouterr().out
        examples = re.findall(r"^ +(diamol-tutor .*?)   ", text, re.MULTILINE)
        assert len(examples) >= 3, command
        named = [words[1] for example in examples if len(words := example.split()) > 1 and words[1][0] != "-"]
        assert set(named) <= set(MODULES)
