"""The layers of an image: opened by a key after a build, read in a thread, a tree to walk in."""

from __future__ import annotations

from collections.abc import Iterator

from textual.pilot import Pilot

from tests.fakes import FakeEngine
from tests.ui.conftest import Stage, in_exercise, in_lesson, run_all, until
from tests.ui.test_lesson import plain
from tutor.builds.contents import Budget, ImageContents, ImageRead, Kind, LayerTree, contents
from tutor.builds.layers import Layer
from tutor.errors import NoEngine, TutorError
from tutor.ui.screens.layers import LayersScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets import layer_tree
from tutor.ui.widgets.sheet import Sheet

_FILES = (
    (("bin/busybox", Kind.FILE, 1_980_000), ("etc/passwd", Kind.FILE, 900), ("tmp/cache", Kind.FILE, 120_000)),
    (("build.txt", Kind.FILE, 23), ("etc/passwd", Kind.FILE, 950), ("tmp/cache", Kind.REMOVED, 0)),
)


def sample_image() -> ImageContents:
    """What the sample lesson's first build makes: a base layer and one COPY, and metadata after it."""
    history = (
        Layer(0, "COPY /root-of-base/ / # buildkit"),
        Layer(0, 'CMD ["sh"]'),
        Layer(0, "COPY /build.txt /build.txt # buildkit"),
        Layer(0, 'CMD ["/bin/sh" "-c" "cat /build.txt"]'),
    )
    trees = []
    for entries in _FILES:
        trees.append(LayerTree(Budget()))
        for path, kind, size in entries:
            trees[-1].add(path, kind, size)
    return contents([(history[0], trees[0]), (history[2], trees[1])], history)


async def in_layers(pilot: Pilot[int], stage: Stage) -> LayersScreen:
    """Build the sample lesson's image and open its layers."""
    stage.engine.image_contents["multi-stage"] = sample_image()
    await run_all(pilot, await in_lesson(pilot, step="three-stages"))
    await pilot.press("i")
    await until(pilot, lambda: isinstance(pilot.app.screen, LayersScreen) and pilot.app.screen.image is not None)
    screen = pilot.app.screen
    assert isinstance(screen, LayersScreen)
    await pilot.pause()
    return screen


def tree_rows(screen: LayersScreen, width: int = 78) -> list[str]:
    tree = screen.query_one(layer_tree.LayerTree)
    rows = (tree.row(y, width) for y in range(tree.virtual_size.height))
    return [row.plain.rstrip() for row in rows if row is not None]


async def test_a_key_shows_the_layers_with_what_made_them_and_the_largest_open(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_layers(pilot, stage)
        assert tree_rows(screen) == [
            "  2.10 MB  █████████████  ▾ base     COPY /root-of-base/ /",
            "  1.98 MB  ████████████▎  ▸   bin/",
            "   120 kB  ▊              ▸   tmp/",
            "    900 B  ▏              ▸   etc/",
            "    973 B  ▏              ▸ line 9   COPY --from=test-stage /b…  hides 121 kB",
        ]
        head = plain(screen.query_one("#layers-head", Sheet), 78)
        assert "multi-stage  2.10 MB  2 layers" in head
        assert "121 kB of it can't be seen in a container" in head


async def test_arrows_and_enter_open_folders_and_say_where_the_cursor_is(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_layers(pilot, stage)
        await pilot.press("end", "enter", "down", "enter", "down")
        opened = [row[26:45].rstrip() for row in tree_rows(screen)[5:]]
        assert opened == ["▾   etc/", "    ~ passwd", "  + build.txt", "▸   tmp/"]
        assert "/etc/passwd" in plain(screen.query_one("#layer-detail", Sheet))
        await pilot.press("left", "left")
        assert "▸   etc/" in tree_rows(screen)[5]
        await pilot.press("left")
        at = screen.query_one(layer_tree.LayerTree).at
        assert at is not None
        assert at.at == (1,)


async def test_a_removed_file_is_marked_and_says_what_stays(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_layers(pilot, stage)
        await pilot.press("end", "enter", "end", "enter")
        assert [row for row in tree_rows(screen) if "- cache" in row and "hides 120 kB" in row]
        assert "removed, but still in a layer below" in plain(screen.query_one("#layer-detail", Sheet))


async def test_reading_shows_how_far_it_is_and_escape_ends_it(stage: Stage) -> None:
    class Slow(FakeEngine):
        def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
            try:
                yield from super().contents(image)
            finally:
                self.calls.append(("hung up", image))

    stage.engine = Slow()
    async with stage.app().run_test(size=(80, 24)) as pilot:
        lesson = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, lesson)
        stage.engine.hold.clear()
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, LayersScreen))
        screen = pilot.app.screen
        head = screen.query_one("#layers-head", Sheet)
        await until(pilot, lambda: "Reading the image: 1.00 MB of about 2.00 MB" in plain(head))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        stage.engine.hold.set()
        await until(pilot, lambda: stage.engine.calls[-1][0] == "hung up")


async def test_an_image_that_is_gone_is_a_sentence_with_a_next_step(stage: Stage) -> None:
    class Gone(FakeEngine):
        def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
            raise TutorError(f"There is no image {image}.", "Build or pull it first.")

    stage.engine = Gone()
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await run_all(pilot, await in_lesson(pilot, step="three-stages"))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, LayersScreen))
        head = pilot.app.screen.query_one("#layers-head", Sheet)
        await until(pilot, lambda: "Build or pull it first." in plain(head))


async def test_without_a_built_image_or_an_engine_there_is_no_such_key(stage: Stage) -> None:
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        assert "i" not in [key[0] for key in screen.shown_keys()]
        await run_all(pilot, screen)
        assert "i" in [key[0] for key in screen.shown_keys()]
    stage.no_engine = NoEngine("No Docker engine answers.")
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        assert "i" not in [key[0] for key in screen.shown_keys()]


async def test_the_graded_image_shows_its_layers_too(stage: Stage) -> None:
    class Graded(FakeEngine):
        def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
            self.calls.append(("contents", image))
            yield sample_image()

    stage.engine = Graded()
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_exercise(pilot)
        await pilot.press("l")
        assert pilot.app.screen is screen  # nothing has been graded yet
        await pilot.press("g")
        await until(pilot, lambda: screen.asking)
        await pilot.press("s")
        await until(pilot, lambda: not screen.grading and stage.progress.attempts("06-optimise"))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LayersScreen) and pilot.app.screen.image is not None)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
