"""Why: a step that ran again tells what pulled it along, from the builds before it."""

from __future__ import annotations

from pathlib import Path

from tests.fakes import dockerfile
from tests.ui.conftest import Stage, in_lesson, run_all
from tests.ui.test_lesson import plain
from tutor.builds.engine import BuildRequest, Engine
from tutor.builds.forecast import Inputs
from tutor.errors import TutorError
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.steps import StepTable


def inputs(request: BuildRequest, _engine: Engine) -> Inputs:
    text = (Path(request.context) / request.dockerfile).read_text("utf-8")
    return Inputs(dockerfile(text))


async def test_the_first_build_of_a_folder_tells_no_reasons(stage: Stage) -> None:
    stage.inputs = inputs
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        assert "Why" not in plain(screen.query_one("#log-title", Sheet))


async def test_a_later_build_tells_what_changed_and_what_it_pulled_along(stage: Stage) -> None:
    stage.inputs = inputs
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        file = stage.folder / "01-multi-stage" / "Dockerfile"
        file.write_text(file.read_text("utf-8").replace("'Testing...'", "'Tested'"), "utf-8")
        screen.page.actions[0].focus()
        await run_all(pilot, screen)
        screen.query_one(StepTable).cursor = 2
        await pilot.pause()
        told = " ".join(plain(screen.query_one("#log-title", Sheet), 200).split())
        assert "Why the instruction is another one; it was: RUN echo 'Testing...' >> /build.txt" in told
        screen.query_one(StepTable).cursor = 3
        await pilot.pause()
        told = " ".join(plain(screen.query_one("#log-title", Sheet), 300).split())
        assert "→ COPY --from=test-stage /build.txt /build.txt" in told


async def test_a_build_goes_on_when_nothing_can_be_told_of_it(stage: Stage) -> None:
    def broken(_request: BuildRequest, _engine: Engine) -> Inputs:
        raise TutorError("The context can't be read.")

    stage.inputs = broken
    async with stage.app().run_test(size=(120, 40)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        assert screen.page.actions[0].state == "done"
