"""When the steps of a build ran: bars on one scale, side by side where stages are."""

from __future__ import annotations

from tests.fakes import started
from tests.ui.conftest import Stage, in_lesson, run_all
from tests.ui.test_lesson import plain
from tutor.builds.builder import Outcome
from tutor.builds.events import BuildEvent, BuildFailed, BuildSucceeded, FailureKind, StepFinished, StepStarted
from tutor.builds.layers import Layer
from tutor.language import Words
from tutor.ui.build_view import BuildView
from tutor.ui.desk import Desk
from tutor.ui.widgets.times import TimeSheet

TWO = """\
FROM diamol/golang AS one
RUN go build
FROM diamol/node AS two
RUN npm install
FROM diamol/base
WORKDIR /app
COPY --from=one /server .
COPY --from=two /app .
"""

SIDE_BY_SIDE = """\
                         0 s                   10.0 s
 one FROM diamol/golang ─────────────────────────────────────
 ✓ RUN go build          ━━━━━━━━━━━━━━━━━━━━━━         8.0 s
 two FROM diamol/node ───────────────────────────────────────
 ✓ RUN npm install         ━━━━━━━━━━━━━━━━━━━━         7.0 s
 stage-2 FROM diamol/base ───────────────────────────────────
 ≡ WORKDIR /app           ≡                            cached
 ✓ COPY --from=one /ser…                         ━      0.1 s
 ✓ COPY --from=two /app…                            ━   0.1 s

15.2 s of work in 10.0 s: stages that don't wait for each
other are built side by side.
━ ran   ≡ from the cache, which takes no time"""


def view_of(*events: tuple[float, BuildEvent]) -> BuildView:
    view = BuildView()
    view.see(started(TWO), 100.0)
    for at, event in events:
        view.see(event, 100.0 + at)
    return view


def drawn(view: BuildView, now: float = 0.0, width: int = 62) -> str:
    sheet = TimeSheet()
    sheet._view, sheet._now = view, 100.0 + now
    return "\n".join(line.rstrip() for line in plain(sheet, width).splitlines())


def test_stages_that_run_at_the_same_time_stand_beside_each_other() -> None:
    done = BuildSucceeded("sha256:1", (Layer(1, "base"),))
    view = view_of(
        (0.0, StepStarted(0)),
        (0.5, StepFinished(2, Outcome.CACHED, 0.0)),
        (1.0, StepStarted(1)),
        (8.0, StepFinished(0, Outcome.REBUILT, 8.0)),
        (8.0, StepFinished(1, Outcome.REBUILT, 7.0)),
        (9.0, StepFinished(3, Outcome.REBUILT, 0.1)),
        (10.0, StepFinished(4, Outcome.REBUILT, 0.1)),
        (10.2, done),
    )
    rows = drawn(view).splitlines()
    assert rows == SIDE_BY_SIDE.splitlines()


def test_news_of_a_quick_step_that_comes_all_at_once_still_has_its_length() -> None:
    view = view_of((5.0, StepStarted(0)), (5.0, StepFinished(0, Outcome.REBUILT, 3.0)))
    assert view.span(view.steps[0], 200.0) == (2.0, 5.0)


def test_a_running_step_grows_and_what_never_ran_has_no_bar() -> None:
    view = view_of((1.0, StepStarted(0)))
    assert "▶ RUN go build" in drawn(view, now=5.0)
    assert "4.0 s" in drawn(view, now=5.0)
    view.see(BuildFailed("no", FailureKind.STEP, 0), 106.0)
    told = drawn(view)
    assert next(row for row in told.splitlines() if "✗ RUN go build" in row).endswith("5.0 s")
    assert "not run" in next(row for row in told.splitlines() if "npm install" in row)


def test_a_panel_that_is_too_narrow_says_so() -> None:
    assert Words()("times.narrow").split()[0] in drawn(view_of((0.0, StepStarted(0))), width=30)


async def test_the_times_come_after_the_stages_and_the_table_after_them(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await in_lesson(pilot, step="three-stages")
        await run_all(pilot, screen)
        await pilot.press("b", "b")
        sheet = screen.query_one(TimeSheet)
        assert sheet.region
        assert "━ ran   ≡ from the cache" in plain(sheet)
        assert isinstance(screen.desk, Desk)
        await pilot.press("b")
        assert not sheet.region
