"""What a run came to, in a few rows: the command and its state above, the figures below."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tutor.builds.events import BuildFailed, BuildSucceeded, PullProgress
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.build_view import BuildView, State
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.text import MUTED, command, counted, ends, fit_left, join, styled, wrapped
from tutor.ui.widgets.blocks import state_label
from tutor.ui.widgets.sheet import Sheet
from tutor.ui.widgets.steps import SIGNS


class RunHead(Sheet):
    """The command that runs or ran, where it stands, and for a build how its steps were got.

    The rows are the same from beginning to end, so that nothing below jumps when a build is over.
    """

    def __init__(self) -> None:
        super().__init__(id="run-head")
        self._view: RunView | None = None
        self._words = Words()
        self._now = 0.0
        self._stopping = False
        self._looks: object = None

    def show(self, view: RunView, words: Words, now: float, stopping: bool) -> None:
        other = view is not self._view or words is not self._words
        self._view, self._words, self._now, self._stopping = view, words, now, stopping
        states = tuple(view.layer_states)
        looks = (view.state, figures.seconds(view.seconds(now)), stopping, states, view.exit_code)
        if other or looks != self._looks:
            self._looks = looks
            self.redraw(layout=other)

    def draw(self, width: int) -> list[Content]:
        view = self._view
        if view is None:
            return []
        state = state_label(view.state, view.failed_as_meant, self._words).stylize("bold")
        if self._stopping and view.ended is None:
            state = styled(f"■ {self._words('ui.action.state.stopping')}", "bold $warning")
        time = styled(f"  {figures.seconds(view.seconds(self._now))}", MUTED)
        if view.recorded:
            state = join((f"◇ {self._words('recordings.run.mark')}  ", "$warning"), state)
        rows = wrapped(command(view.action.command), width, styled("$ ", "bold $success"), "    ")
        quiet = self._quiet(view)
        if view.build is None:
            return [*rows, ends(join(state, time), quiet or self._exit_code(view), width)]
        return [*rows, ends(join(state, time), quiet or self._image(view.build), width), self._cache(view.build, width)]

    def _quiet(self, view: RunView) -> Content:
        """That nothing has been heard for a while, and the way out."""
        seconds = view.quiet_s(self._now)
        if not seconds or self._stopping:
            return Content()
        return styled(self._words("ui.summary.quiet", seconds=seconds), MUTED)

    def _exit_code(self, view: RunView) -> Content:
        """How the container's program ended."""
        if view.exit_code is None:
            return Content()
        return styled(self._words("ui.summary.exit", code=view.exit_code), MUTED if view.exit_code == 0 else "$error")

    def _image(self, build: BuildView) -> Content:
        """The image's size and layers, once it is there."""
        if not isinstance(build.ended, BuildSucceeded):
            return Content()
        count = sum(1 for layer in build.ended.layers if layer.size_bytes)
        layers = counted(self._words, "ui.summary.layers", count)
        size = figures.size(build.size_bytes)
        return join((f"{self._words('ui.summary.image')} ", MUTED), (size, "bold"), (f"  {layers}", MUTED))

    def _cache(self, build: BuildView, width: int) -> Content:
        """How many layer steps came from the cache and how many were built, in words and as a line in their order."""
        counts = build.layer_counts
        told = [
            (f"{SIGNS[state][0]} {self._words(f'ui.summary.{state}', count=counts[state])}", SIGNS[state][1])
            for state in (State.CACHED, State.REBUILT, State.FAILED)
            if counts[state]
        ]
        words = Content("  ").join(styled(*each) for each in told)
        steps = build.layer_states
        cells = max(0, width - words.cell_length - (2 if words else 0))
        return join(words, "  " if words else "", cache_line(steps, cells))


def cache_line(states: Sequence[State], cells: int) -> Content:
    """The steps of a build as one line: thick where they are done, in the colour of their outcome, thin to come."""
    if not states or cells < len(states):
        return Content()
    parts = []
    for i, state in enumerate(states):
        share = cells * (i + 1) // len(states) - cells * i // len(states)
        thick = state in (State.CACHED, State.REBUILT, State.FAILED)
        mark = "━" if thick else "╍" if state is State.RUNNING else "─"
        style = SIGNS[state][1].replace("bold ", "") if thick or state is State.RUNNING else "$foreground 30%"
        parts.append(styled(mark * max(1, share - 1) + (" " if share > 1 else ""), style))
    return join(*parts)


class Pulls(Sheet):
    """Base images on their way: a bar each."""

    def __init__(self) -> None:
        super().__init__(id="pulls")
        self._pulls: dict[str, PullProgress] = {}
        self._words = Words()

    def show(self, view: BuildView, words: Words) -> None:
        pulls = dict(view.pulls)
        if pulls != self._pulls or words is not self._words:
            layout = len(pulls) != len(self._pulls)
            self._pulls, self._words = pulls, words
            self.display = bool(pulls)
            self.redraw(layout)

    def draw(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for pull in self._pulls.values():
            status = self._words.told(pull.status)
            name = join((self._words("ui.pull.image", image=pull.image), "bold"), (f"  {status}", MUTED))
            if not pull.total_bytes:
                rows.append(ends(name, Content(), width))
                continue
            told = self._words(
                "ui.pull.bytes", done=figures.size(pull.done_bytes), total=figures.size(pull.total_bytes)
            )
            cells = max(10, width - 24)
            filled = figures.bar(min(1.0, pull.done_bytes / pull.total_bytes), cells)
            line = join((filled, "$primary"), ("░" * (cells - len(filled)), "$foreground 20%"))
            rows += [ends(name, Content(), width), line + fit_left(styled(told, MUTED), width - cells)]
        return rows


class RunSummary(Sheet):
    """What there is to say at the end: why it failed and what to do, or that it was stopped. Often nothing."""

    def __init__(self) -> None:
        super().__init__(id="run-summary")
        self._view: RunView | None = None
        self._words = Words()

    def show(self, view: RunView, words: Words) -> None:
        if view is self._view and words is self._words and view.ended is None:
            return
        self._view, self._words = view, words
        self.display = view.ended is not None and bool(self.draw(80))
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        view, words = self._view, self._words
        if view is None or view.ended is None:
            return []
        if view.state is ActionState.CANCELLED:
            return wrapped(Content(words("ui.summary.cancelled")), width, styled("■ ", "$warning"), "  ")
        rows = [*_score_rows(view, words, width), *_failure_rows(view, words, width)]
        if view.failed_as_meant:
            return [*rows, *wrapped(Content(words("ui.summary.meant_to_fail")), width, styled("✓ ", "$success"), "  ")]
        for sentence in view.missed:
            rows += wrapped(Content(sentence), width, styled("! ", "bold $warning"), "  ")
        return rows


def _score_rows(view: RunView, words: Words, width: int) -> list[Content]:
    """How the learner's prediction came out."""
    score, prediction = view.score, view.prediction
    if score is None or prediction is None:
        return []
    good = score.right == score.total
    mark = styled("✓ " if good else "≠ ", "$success" if good else "bold $warning")
    if prediction.count is not None:
        key = "ui.predict.count_right" if good else "ui.predict.count_wrong"
        told = counted(words, key, score.rerun, said=prediction.count)
    else:
        told = words("ui.predict.all_right" if good else "ui.predict.some_right", right=score.right, total=score.total)
    return wrapped(Content(told), width, mark, "  ")


def _failure_rows(view: RunView, words: Words, width: int) -> list[Content]:
    """Why a run failed, where, and what to do."""
    cross = styled("✗ ", "bold $error")
    build_end = view.build.ended if view.build else None
    if isinstance(build_end, BuildFailed):
        where = [words("ui.summary.line", line=build_end.line)] if build_end.line else []
        where += [words("ui.summary.exit", code=build_end.exit_code)] if build_end.exit_code is not None else []
        rows = wrapped(styled(words.told(build_end.message), "$error"), width, cross, "  ")
        rows += [styled("  " + ", ".join(where), MUTED)] if where else []
        return rows + _hint_rows(build_end.hint, words, width)
    if view.error is not None:
        rows = wrapped(styled(words.told(view.error.message), "$error"), width, cross, "  ")
        return rows + _hint_rows(view.error.hint, words, width)
    return []


def _hint_rows(hint: str, words: Words, width: int) -> list[Content]:
    return wrapped(Content(words.told(hint)), width, "  ", "  ") if hint else []
