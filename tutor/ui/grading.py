"""Grades an exercise, one grade at a time, in threads, and keeps what the last one showed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.grade.stop import Stop
from tutor.language import Words
from tutor.ui.exercise_files import Opened
from tutor.ui.grade_view import GradeView
from tutor.ui.hints_told import HintsTold, NextHint
from tutor.ui.jobs import Feed, Job
from tutor.ui.page_prediction import compare
from tutor.ui.parts import Parts, Progress

if TYPE_CHECKING:
    from tutor.builds.engine import Engine
    from tutor.grade.report import Check, GradeReport
    from tutor.progress.store import Attempt


class Grading:
    """The grades of one open exercise. All but the threads it starts is called on the loop."""

    def __init__(self) -> None:
        self.view: GradeView | None = None
        """The grade going on, or the last one; None before the first."""
        self.attempts: tuple[Attempt, ...] = ()
        """All grades that were recorded, oldest first."""
        self._feed: Feed[object] | None = None
        self._page = ""
        """The file that an edit of the page is made in."""
        self._hints = HintsTold()

    @property
    def going_on(self) -> bool:
        return self._feed is not None

    @property
    def report(self) -> GradeReport | None:
        """What the last grade came to; None while one is going on."""
        return self.view.report if self.view is not None and self._feed is None else None

    def start(
        self,
        opened: Opened,
        engine: Engine,
        parts: Parts,
        store: Progress,
        words: Words,
        begins: Callable[[], object],
        said: int | None = None,
    ) -> Job:
        """Grade the learner's files as they are on disk, and record it; `begins` is called first, in the thread.

        `said`: how many layers the learner expects an edit of the page to run again.
        """
        stop = Stop()
        feed: Feed[object] = Feed("grade", stop.ask)

        def work(put: Callable[[object], None]) -> None:
            from tutor.grade.as_json import report_as_json

            begins()
            report = parts.grade(opened.exercise, opened.folder, engine, put, stop)
            figures = report_as_json(report, words, str(opened.folder))
            store.record_attempt(opened.exercise.id, report.passed, report.points, figures)
            put(store.attempts(opened.exercise.id))
            put(report)

        self.view, self._feed = GradeView(time.monotonic(), said=said), feed
        self._page = opened.exercise.html_edit.file
        feed.start(work)
        return feed.job

    def take(self) -> GradeView | None:
        """Bring the view up to date with what the grade has told; None when none is going on.

        When the view has `ended`, none is going on any more.
        """
        feed, view = self._feed, self.view
        if feed is None or view is None:
            return None
        ended, now = feed.ended, time.monotonic()  # asked first: what comes between is taken below or next time
        for event in feed.take():
            if isinstance(event, tuple):
                self.attempts = event
            else:
                view.see(event, now)
        if ended and feed.ended:
            view.end(now, feed.error, feed.job.stopping)
            if view.report is not None:
                view.hints = self._hints.counts(view.report)
                view.compared = compare(view.said, self._page, view.report) if view.said is not None else None
            self._feed = None
        return view

    def stop(self) -> None:
        """Ask the grade going on to end."""
        if self._feed is not None:
            self._feed.job.stop()

    # Hints

    def next_hint(self, words: Words) -> NextHint | None:
        return self._hints.next(self.report, words) if self.report is not None else None

    def tell_hint(self, check: Check) -> None:
        """Show one more hint under this check."""
        self._hints.tell(check)
        if self.view is not None and self.report is not None:
            self.view.hints = self._hints.counts(self.report)

    def decline_answer(self, check: Check) -> None:
        self._hints.decline(check)
