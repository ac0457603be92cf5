"""A section recorded on the live engine plays back to the same reports."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.builds.builder import Outcome
from tutor.builds.engine import Engine
from tutor.builds.report import BuildRecorder, BuildReport
from tutor.course.actions import Action, BuildImage
from tutor.course.lesson import Lesson, Step
from tutor.course.lessons import load_course
from tutor.course.recordings.engine import RecordedEngine
from tutor.course.recordings.player import Pace, Player
from tutor.course.recordings.recorder import record
from tutor.course.recordings.recording import Recordings, write_recording
from tutor.course.rehearsal import rehearse
from tutor.course.seen import ActionEvent, lines
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.errors import TutorError
from tutor.language import Words

pytestmark = pytest.mark.engine


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LessonSession]:
    with LessonSession(Workspace(tmp_path / "mine")) as session:
        yield session


class Heard:
    """What a rehearsal told: a report a build, and all other lines of text."""

    def __init__(self, lesson: Lesson, session: LessonSession, engine: Engine) -> None:
        self.reports: list[BuildReport] = []
        self.texts: list[str] = []
        self._recorder = BuildRecorder()
        self.missed = [done.missed for done in rehearse(lesson, session, engine, Words(), self._hear) if done.missed]
        self._keep()

    def _hear(self, _step: Step, action: Action, event: ActionEvent | TutorError | None) -> None:
        assert not isinstance(event, TutorError), event.message
        if event is None:
            self._keep()
        elif isinstance(action, BuildImage):
            self._recorder.see(event)  # type: ignore[arg-type]  # a build tells nothing but build events
        else:
            self.texts += lines(event, Words())

    def _keep(self) -> None:
        if self._recorder.started:
            self.reports.append(self._recorder.report())
        self._recorder = BuildRecorder()


def outcomes(report: BuildReport) -> list[tuple[str, Outcome]]:
    return [(str(step.step.instruction), step.outcome) for step in report.steps]


def test_section_one_plays_as_it_was_recorded(engine: Engine, session: LessonSession, tmp_path: Path) -> None:
    lesson = load_course("en").lessons[0]
    recording = record(lesson, session, engine)
    file = write_recording(recording, tmp_path / "recordings")
    played = RecordedEngine(Recordings(tmp_path / "recordings"), Player(Pace.AT_ONCE))

    live = Heard(lesson, session, engine)
    replayed = Heard(load_course("ko").lessons[0], session, played)
    again = Heard(lesson, session, played)

    assert (live.missed, replayed.missed) == ([], [])
    assert replayed.reports == again.reports
    assert replayed.texts == live.texts
    first, target, failing = replayed.reports
    # the live run came after the recording, which had taken nothing from the cache for a Dockerfile's first build
    assert {outcome for _, outcome in outcomes(first)} == {Outcome.REBUILT}
    assert outcomes(target) == outcomes(live.reports[1])
    assert failing.failure is not None
    assert live.reports[2].failure is not None
    assert first.size_bytes == live.reports[0].size_bytes

    facts = played.facts()
    assert (facts.version, facts.builder, facts.live) == (engine.facts().version, engine.facts().builder, False)
    text = gzip.decompress(file.read_bytes()).decode()
    assert file.stat().st_size < 20_000
    assert str(tmp_path) not in text
    assert not re.search(r"unix://|\b(?!127\.0\.0\.1)\d+\.\d+\.\d+\.\d+\b", text)
