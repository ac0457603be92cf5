"""What an action showed besides a build: answers, lists, layers, files, made readable."""

from __future__ import annotations

from textual.content import Content

from tutor.language import Words
from tutor.ui.run_view import RunView
from tutor.ui.widgets.sheet import Sheet


class ResultSheet(Sheet):
    """The results of a run, one below the other."""

    def __init__(self) -> None:
        super().__init__(id="result")
        self._view: RunView | None = None
        self._words = Words()
        self._count = -1

    def show(self, view: RunView, words: Words) -> None:
        if view is not self._view or len(view.results) != self._count or words is not self._words:
            self._view, self._words, self._count = view, words, len(view.results)
            self.redraw()

    def draw(self, width: int) -> list[Content]:  # noqa: ARG002
        return [Content(str(result)) for result in (self._view.results if self._view else ())]
