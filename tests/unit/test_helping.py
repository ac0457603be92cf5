"""The commands' help in every language, and what is said of a command line that can't be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from rich.cells import cell_len

from tutor.cli.helping import wrapped
from tutor.cli.main import cli, main
from tutor.language import LANGUAGES, Words, catalogue

OTHERS = [code for code in LANGUAGES if code != "en"]
ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")
"""Two words of English; names and commands may stand in a help in any language."""


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that name each command."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, (*path, name))


ALL = list(commands(cli))


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        main(arguments)
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_tells_all_help_and_nothing_else(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = set()
    helped = Words.helped

    def ask(words: Words, text: str) -> str:
        asked.add(text)
        return helped(words, text)

    monkeypatch.setattr(Words, "helped", ask)
    for path in ALL:
        said(["--lang", language, *path, "--help"], capsys)
    commands_of_examples = {text for text in asked if text.startswith("  ")}
    told = catalogue(language, "help")
    assert len(ALL) > 15
    assert {text for text in asked - commands_of_examples if helped(Words(language), text) == text} == set()
    assert set(told) - asked == set()


@pytest.mark.parametrize("width", [50, 80])
@pytest.mark.parametrize("path", ALL, ids="-".join)
def test_help_in_korean_is_korean_and_fits(
    path: tuple[str, ...], width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = said(["--lang", "ko", *path, "--help"], capsys).splitlines()
    assert lines[0].startswith("사용법: diamol-tutor")
    for line in lines[1:]:
        stands_as_it_is = "diamol-tutor" in line or "[" in line
        assert stands_as_it_is or cell_len(line) <= width
        assert stands_as_it_is or not ENGLISH.search(line)


def test_the_language_of_the_system_counts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert "사용법:" in said(["grade", "--help"], capsys)
    assert "Usage:" in said(["--lang", "en", "grade", "--help"], capsys)


@pytest.mark.parametrize(
    ("arguments", "english", "korean"),
    [
        (["grade", "--jos"], "There is no option --jos.\n  -> Did you mean --jobs?", "--jos 옵션은 없습니다."),
        (
            ["grad"],
            "There is no command grad.\n  -> Did you mean grade?",
            "grad 명령은 없습니다.\n  -> 혹시 grade인가요?",
        ),
        (["zzz"], "There is no command zzz.\n  -> See: diamol-tutor --help", "zzz 명령은 없습니다."),
        (["grade", "--jobs"], "--jobs needs a value.", "--jobs 옵션에 값이 필요합니다."),
        (["grade", "--json=3"], "--json takes no value.", "--json 옵션에는 값을 쓰지 않습니다."),
        (["grade", "--jobs", "0"], "--jobs must be a number from 1 to 64.", "1에서 64 사이의 수여야 합니다."),
        (["grade", "--jobs", "x"], "--jobs must be a number from 1 to 64.", "1에서 64 사이의 수여야 합니다."),
        (["grade", "--timeout", "0"], "--timeout must be a number, at least 1.", "1 이상의 수여야 합니다."),
        (
            ["--builder", "x", "list"],
            "--builder must be one of: buildkit, classic",
            "다음 중 하나여야 합니다: buildkit",
        ),
        (["run"], "SECTION is missing.\n  -> See: diamol-tutor run --help", "SECTION 값이 빠졌습니다."),
        (["list", "a", "b"], "This is too much here: a b\n", "필요 없는 인자가 있습니다: a b"),
    ],
)
def test_a_wrong_command_line_is_told_with_a_next_step(
    arguments: list[str], english: str, korean: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert english in said(["--lang", "en", *arguments], capsys)
    told = said(["--lang", "ko", *arguments], capsys)
    assert korean in told
    assert not ENGLISH.search(told.replace("diamol-tutor", ""))


def test_lines_are_wrapped_by_cells() -> None:
    assert list(wrapped("가나다 라마 a", 7)) == ["가나다", "라마 a"]
    assert list(wrapped("가나다라마바사", 5)) == ["가나다라마바사"]
    assert list(wrapped("", 5)) == []
