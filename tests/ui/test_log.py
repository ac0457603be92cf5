"""The log widget: many lines cost little, keys are answered, and what was dropped is told."""

from __future__ import annotations

from textual.app import App, ComposeResult

from tutor.language import Words
from tutor.ui.build_view import LINES_KEPT, Output
from tutor.ui.widgets.log import OutputLog


class LogApp(App[None]):
    def compose(self) -> ComposeResult:
        yield OutputLog()


async def test_it_follows_the_end_until_the_learner_scrolls_up() -> None:
    words, output = Words(), Output()
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        log = app.query_one(OutputLog)
        log.styles.height = 10
        for i in range(50):
            output.add(f"line {i}")
        log.show(output, words)
        await pilot.pause()
        assert log.is_vertical_scroll_end
        log.focus()
        await pilot.press("pageup")
        await pilot.pause()
        at = log.scroll_y
        for i in range(50, 80):
            output.add(f"line {i}")
        log.show(output, words)
        await pilot.pause()
        assert log.scroll_y == at
        await pilot.press("end")
        await pilot.pause()
        output.add("the last")
        log.show(output, words)
        await pilot.pause()
        assert log.is_vertical_scroll_end


async def test_dropped_lines_are_told_and_widths_are_cells() -> None:
    words, output = Words(), Output()
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        log = app.query_one(OutputLog)
        for i in range(LINES_KEPT + 5):
            output.add(f"{i} 한글 [red]not markup[/]")
        log.show(output, words)
        await pilot.pause()
        first, second = log.row(0, 60), log.row(1, 60)
        assert first is not None
        assert "5 earlier lines" in first.plain
        assert second is not None
        assert second.plain == "5 한글 [red]not markup[/]"
        assert log.virtual_size.width == len("2004  [red]not markup[/]") + 4 + 1


async def test_text_can_be_scrolled_sideways_through_wide_characters() -> None:
    output = Output()
    output.add("가나다라마바사" * 20)
    app = LogApp()
    async with app.run_test(size=(40, 5)) as pilot:
        log = app.query_one(OutputLog)
        log.show(output, Words())
        await pilot.pause()
        log.scroll_to(x=3, animate=False)
        await pilot.pause()
        strip = log.render_line(0)
        assert strip.cell_length == log.scrollable_content_region.width
