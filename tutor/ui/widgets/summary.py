"""What a run came to, in a few rows: the command and its state above, the figures below."""

from __future__ import annotations

from textual.content import Content

from tutor.builds.events import BuildFailed, BuildSucceeded
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.build_view import BuildView, State
from tutor.ui.run_view import ActionState, RunView
from tutor.ui.text import MUTED, ends, fit_left, highlighted, join, styled, wrapped
from tutor.ui.widgets.blocks import ACTION_SIGNS
from tutor.ui.widgets.sheet import Sheet


class RunHead(Sheet):
    """The command that runs or ran, and where it stands."""

    def __init__(self) -> None:
        super().__init__(id="run-head")
        self._view: RunView | None = None
        self._words = Words()
        self._now = 0.0

    def show(self, view: RunView, words: Words, now: float) -> None:
        layout = view is not self._view
        self._view, self._words, self._now = view, words, now
        self.redraw(layout)

    def draw(self, width: int) -> list[Content]:
        view = self._view
        if view is None:
            return []
        sign, style = ACTION_SIGNS[view.state]
        state = styled(f"{sign} {self._words(f'ui.action.state.{view.state}')}", f"bold {style}")
        time = styled(figures.seconds(view.seconds(self._now)), MUTED)
        command = highlighted(view.action.command, "bash").stylize_before("bold")
        rows = wrapped(command, width, styled("$ ", "bold $success"), "    ")
        return [*rows, ends(state, time, width)]


class Pulls(Sheet):
    """Base images on their way: a bar each."""

    def __init__(self) -> None:
        super().__init__(id="pulls")
        self._view = BuildView()
        self._words = Words()

    def show(self, view: BuildView, words: Words) -> None:
        layout = len(view.pulls) != len(self._view.pulls) or view is not self._view
        self._view, self._words = view, words
        self.display = bool(view.pulls)
        self.redraw(layout)

    def draw(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for pull in self._view.pulls.values():
            name = join((self._words("ui.pull.image", image=pull.image), "bold"), (f"  {pull.status}", MUTED))
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
    """How it ended: for a build the image's size, its layers and what the cache gave; for a failure what to do."""

    def __init__(self) -> None:
        super().__init__(id="run-summary")
        self._view: RunView | None = None
        self._words = Words()

    def show(self, view: RunView, words: Words) -> None:
        self._view, self._words = view, words
        self.display = view.ended is not None
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        view = self._view
        if view is None or view.ended is None:
            return []
        rows: list[Content] = []
        if view.error is not None:
            rows += wrapped(styled(view.error.message, "$error"), width, styled("✗ ", "bold $error"), "  ")
            rows += wrapped(Content(view.error.hint), width, "  ", "  ") if view.error.hint else []
        if view.build is not None:
            rows += self._build_rows(view.build, width)
        elif view.exit_code is not None:
            style = "$success" if view.exit_code == 0 else "$error"
            rows.append(styled(self._words("ui.summary.exit", code=view.exit_code), style))
        if view.state is ActionState.CANCELLED:
            rows += wrapped(Content(self._words("ui.summary.cancelled")), width, styled("■ ", "$warning"), "  ")
        elif view.action.expected.fails and view.state is ActionState.DONE:
            rows += wrapped(Content(self._words("ui.summary.meant_to_fail")), width, styled("✓ ", "$success"), "  ")
        return rows

    def _build_rows(self, build: BuildView, width: int) -> list[Content]:
        words = self._words
        match build.ended:
            case BuildSucceeded(_, layers):
                adding = sum(1 for layer in layers if layer.size_bytes)
                counts = build.layer_counts
                image = join(
                    (f"{words('ui.summary.image')} ", MUTED),
                    (figures.size(build.size_bytes), "bold"),
                    (f"  {words('ui.summary.layers', count=adding)}", MUTED),
                )
                cache = join(
                    (f"≡ {words('ui.summary.cached', count=counts[State.CACHED])}", "$primary"),
                    "  ",
                    (f"✓ {words('ui.summary.rebuilt', count=counts[State.REBUILT])}", "$success"),
                )
                return [ends(image, cache, width)] if image.cell_length + cache.cell_length < width else [image, cache]
            case BuildFailed(message, _, _, line, code, hint):
                rows = wrapped(styled(message, "$error"), width, styled("✗ ", "bold $error"), "  ")
                where = [words("ui.summary.line", line=line)] if line else []
                where += [words("ui.summary.exit", code=code)] if code is not None else []
                rows += [styled("  " + ", ".join(where), MUTED)] if where else []
                return rows + (wrapped(Content(hint), width, "  ", "  ") if hint else [])
            case _:
                return []
