"""The exercise screen: read, edit, grade, start over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui import sample
from tests.ui.conftest import Stage, in_exercise, until
from tutor.errors import NoEngine
from tutor.ui.screens.chapter import ChapterScreen
from tutor.ui.screens.confirm import ConfirmScreen
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.tabs import TabRow


def plain(screen: ExerciseScreen, selector: str, width: int = 80) -> str:
    return "\n".join(row.plain for row in screen.query_one(selector, Sheet).draw(width))


def dockerfile(stage: Stage) -> Path:
    return stage.folder / "06-optimise" / "Dockerfile"


async def test_tabs_show_the_task_and_the_learners_own_files(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        assert screen.query_one(TabRow).names == ("Task", "Dockerfile", "index.html", "main.go")
        assert dockerfile(stage).is_file()
        await pilot.press("2")
        await pilot.pause()
        shown = [editor.file for editor in screen.query(Editor) if editor.display]
        assert shown == ["Dockerfile"]
        assert [editor.read_only for editor in screen.editors] == [False, True, True]


async def test_an_edit_is_marked_saved_and_undone(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        before = dockerfile(stage).read_text("utf-8")
        await pilot.press("enter", "home", *"# q", "enter")
        await pilot.pause()
        assert screen.query_one(TabRow).marked == {1}
        assert dockerfile(stage).read_text("utf-8") == before
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dockerfile(stage).read_text("utf-8") == "# q\n" + before)
        await until(pilot, lambda: not screen.query_one(TabRow).marked)
        await pilot.press("ctrl+z", "escape")
        await until(pilot, lambda: screen.query_one(TabRow).marked == {1})
        assert screen.focused is None


async def test_going_back_saves(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await in_exercise(pilot)
        await pilot.press("enter", "home", "#", "escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChapterScreen))
        assert dockerfile(stage).read_text("utf-8").startswith("#FROM")


async def test_the_start_file_is_graded_with_numbers(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading)
        card = plain(screen, "#card")
        assert "✗ Not passed yet" in card
        assert "45 of 100 points" in card
        assert "re-ran 4 layers; 1 is enough" in card
        assert "· Line 5, “COPY main.go .”: it stands below line 4" in card
        assert "✗ Image size  fail" in card
        board = plain(screen, "#board")
        assert "4 layers rebuilt" in board
        assert [(a.passed, a.points) for a in stage.progress.attempts("06-optimise")] == [(False, 45)]


async def test_a_solution_typed_into_the_editor_passes_and_is_the_best_attempt(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading)
        screen.editors[0].load_text(sample.SOLUTION)
        await pilot.press("g", "s")
        await until(pilot, lambda: len(stage.progress.attempts("06-optimise")) == 2 and not screen.grading)
        assert dockerfile(stage).read_text("utf-8") == sample.SOLUTION
        assert "✓ Passed" in plain(screen, "#card")
        assert "1 layer rebuilt" in plain(screen, "#board")
        history = plain(screen, "#history").splitlines()
        assert "★ best" in history[2]
        assert "best" not in history[3]


async def test_escape_stops_a_grade_and_nothing_is_recorded(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        screen.editors[0].load_text("# slow\n" + sample.START)
        await pilot.press("g", "s")
        await until(pilot, lambda: screen.grading)
        await pilot.press("escape")
        await until(pilot, lambda: not screen.grading)
        assert "Stopped. Nothing was recorded" in plain(screen, "#told")
        assert stage.progress.attempts("06-optimise") == ()
        assert isinstance(pilot.app.screen, ExerciseScreen)


async def test_a_grade_needs_an_engine_and_says_so(stage: Stage) -> None:
    stage.no_engine = NoEngine("No Docker engine answers.", "Run `diamol-tutor doctor --fix`.")
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("g")
        await until(pilot, lambda: any("No Docker engine" in str(n.title) for n in app._notifications))
        assert not screen.grading


async def test_a_small_terminal_has_the_grade_in_a_tab_of_its_own(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        assert screen.query_one(TabRow).names[-1] == "Grade"
        await pilot.press("g", "s")
        await until(pilot, lambda: not screen.grading and screen.query_one("#card").region)
        assert screen.query_one(TabRow).at == 4


async def test_starting_over_asks_first_and_keeps_the_learners_file(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        start = dockerfile(stage).read_text("utf-8")
        dockerfile(stage).write_text("FROM scratch\n", "utf-8")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert dockerfile(stage).read_text("utf-8") == "FROM scratch\n"
        await pilot.press("r", "y")
        await until(pilot, lambda: dockerfile(stage).read_text("utf-8") == start)
        kept = [f for f in dockerfile(stage).parent.iterdir() if f.name.startswith("Dockerfile.before-reset")]
        assert [f.read_text("utf-8") for f in kept] == ["FROM scratch\n"]


async def test_without_an_editor_it_says_how_to_go_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await in_exercise(pilot)
        await pilot.press("e")
        await until(pilot, lambda: any("No editor is chosen" in str(n.title) for n in app._notifications))


async def test_a_file_with_control_characters_is_shown_safely_and_never_saved(stage: Stage) -> None:
    folder = stage.folder / "06-optimise"
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await in_exercise(pilot)
    hostile = b"FROM a\n# \x1b]52;c;aGk=\x07 \xff\n"
    (folder / "Dockerfile").write_bytes(hostile)
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        assert screen.editors[0].read_only
        assert "\x1b" not in screen.editors[0].text
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChapterScreen))
        assert (folder / "Dockerfile").read_bytes() == hostile


async def test_while_typing_only_keys_that_are_no_text_are_offered(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("enter", "#")
        await until(pilot, lambda: screen.query_one(TabRow).marked)
        keys = dict(screen.help_rows())
        assert keys == {
            "Ctrl+Z": "Undo",
            "Ctrl+Y": "Redo",
            "Ctrl+S": "Save",
            "Esc": "Done editing",
            "Ctrl+Q": "Quit",
            "Ctrl+P": "All commands",
        }


async def test_the_way_back_stands_first_in_the_bottom_row(stage: Stage) -> None:
    def first() -> tuple[str, str]:
        return screen.shown_keys()[0][:2]

    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        assert first() == ("g", "Grade")
        await pilot.press("a")
        assert first() == ("a", "Report")
        await pilot.press("a", "2", "d")
        assert first() == ("d", "File")
        await pilot.press("enter")
        await until(pilot, lambda: first() == ("Esc", "Done editing"))
        await pilot.press("escape")
        screen.editors[0].load_text("# slow\n" + sample.START)
        await pilot.press("g", "s")
        await until(pilot, lambda: screen.grading)
        assert first() == ("Esc", "Stop")
        assert "All grades" not in [label for _, label, _ in screen.shown_keys()]
        await pilot.press("escape")
        await until(pilot, lambda: not screen.grading)


async def test_arrows_scroll_a_file_where_nothing_else_goes_on(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("4")
        await until(pilot, lambda: screen.editors[2].max_scroll_y)
        await pilot.press("down", "pagedown")
        await until(pilot, lambda: screen.editors[2].scroll_y > 10)
