"""The learner's file beside the start file, one key away."""

from __future__ import annotations

import pytest

from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, until
from tests.ui.test_exercise import dockerfile, plain
from tutor.builds.cells import width_of
from tutor.language import LANGUAGES, Words
from tutor.ui.screens.chapter import ChapterScreen
from tutor.ui.widgets.diff import DiffSheet, DiffView

LONG = "# " + "a long comment, " * 20


async def test_a_key_shows_what_has_changed_also_what_is_not_saved(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        screen.editors[0].load_text(sample.SOLUTION)
        await pilot.press("d")
        await until(pilot, lambda: screen.query_one(DiffView).region)
        rows = plain(screen, "#diff-sheet").splitlines()
        assert "── Dockerfile: yours beside the start file" in rows[0]
        assert rows[2] == "- 7 lines of the start file are gone   + 6 lines are new"
        assert " 1    - FROM diamol/golang" in [row.rstrip() for row in rows]
        assert "    1 + FROM diamol/golang AS builder" in [row.rstrip() for row in rows]
        assert " 3  7   WORKDIR web" in [row.rstrip() for row in rows]
        assert dockerfile(stage).read_text("utf-8") != sample.SOLUTION
        assert "File" in [label for _, label, _ in screen.shown_keys()]


async def test_it_follows_the_tabs_and_the_files(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("3", "d")
        await until(pilot, lambda: "index.html" in plain(screen, "#diff-sheet"))
        assert "it is the start file" in plain(screen, "#diff-sheet")
        await pilot.press("2")
        await until(pilot, lambda: "Dockerfile" in plain(screen, "#diff-sheet"))
        await pilot.press("w")
        await until(pilot, lambda: not screen.grading and stage.progress.attempts("06-optimise"))
        dockerfile(stage).write_text(sample.SOLUTION, "utf-8")
        await until(pilot, lambda: "AS builder" in plain(screen, "#diff-sheet"))
        await pilot.press("1")
        await until(pilot, lambda: screen.query_one("#task").region)
        assert not screen.query_one(DiffView).region


async def test_the_key_again_or_escape_or_editing_goes_back_to_the_file(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        view, editor = screen.query_one(DiffView), screen.editors[0]
        for back in ("d", "escape", "enter"):
            await pilot.press("d")
            await until(pilot, lambda: view.region and not editor.region)
            await pilot.press(back)
            await until(pilot, lambda: editor.region and not view.region)
        assert screen.focused is editor
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChapterScreen))


async def test_a_long_diff_scrolls_by_the_arrows(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        screen.editors[0].load_text(sample.SOLUTION + LONG)
        await pilot.press("d")
        view = screen.query_one(DiffView)
        await until(pilot, lambda: view.max_scroll_y)
        await pilot.press("down", "down")
        await until(pilot, lambda: view.scroll_y == 2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [30, 53, 76, 190])
def test_no_row_is_wider_than_there_is_room_and_nothing_of_a_line_is_lost(language: str, width: int) -> None:
    sheet = DiffSheet()
    sheet.show("Dockerfile", sample.START, sample.SOLUTION + LONG, Words(language))
    rows = [row.plain for row in sheet.draw(width)]
    assert max(width_of(row) for row in rows) <= width
    assert " ".join(rows).count("comment,") == 20
