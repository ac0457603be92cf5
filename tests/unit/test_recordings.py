"""A lesson recorded on a (fake) engine and played without one: the same events, the same verdicts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeEngine
from tutor.builds.builder import Outcome
from tutor.builds.engine import BuildRequest, FileEntry
from tutor.builds.events import BuildCancelled, BuildStarted, BuildSucceeded, StepFinished
from tutor.course.actions import Action, BuildImage, EditFile
from tutor.course.lesson import Lesson
from tutor.course.lessons import read_lesson
from tutor.course.outline import Entry
from tutor.course.problems import ContentError
from tutor.course.recordings.engine import RecordedEngine
from tutor.course.recordings.player import Pace, Player
from tutor.course.recordings.recorder import record
from tutor.course.recordings.recording import NotRecorded, Recordings, read_recording, write_recording
from tutor.course.rehearsal import rehearse
from tutor.course.runner import run_action
from tutor.course.seen import ActionEvent, ContainerStarted, FileEdited
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.errors import NoEngine, TutorError
from tutor.language import Words

LESSON = """# T

S.

<!-- step: build -->
## A

```bash run in=ex predict
docker image build -t page .
```

```bash run in=ex predict rebuilt-layers=0
docker image build -t page .
```

```diff edit in=ex file=page.html
-old
+new {stamp}
```

```bash run in=ex cached="RUN true" rebuilt="COPY page.html" rebuilt-layers=1
docker image build -t page .
```

<!-- step: run -->
## B

```bash run output="hello"
docker container run page
```

```bash run
docker container run -d --name web -p 800:80 page
```

```text look image=page present=/page.html absent=/none
/page.html
/none
```

```bash run fails
docker container run nothing
```
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "01-x.md").write_text(LESSON)
    lesson, problems = read_lesson(tmp_path / "en" / "01-x.md", Entry("01-x"))
    assert problems == ()
    return lesson


@pytest.fixture
def live() -> FakeEngine:
    engine = FakeEngine()
    engine.prints["page"] = ("hello",)
    engine.image_files["page"] = (FileEntry("/page.html", "file", 3, 0o644),)
    engine.taken_ports = {800}
    return engine


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LessonSession]:
    shipped = tmp_path / "exercises" / "ex"
    shipped.mkdir(parents=True)
    (shipped / "Dockerfile").write_text("FROM diamol/base\nRUN true\nCOPY page.html .\n")
    (shipped / "page.html").write_text("<p>\nold\n</p>\n")
    with LessonSession(Workspace(tmp_path / "mine", tmp_path / "exercises")) as session:
        yield session


@pytest.fixture
def recorded(lesson: Lesson, live: FakeEngine, session: LessonSession, tmp_path: Path) -> RecordedEngine:
    write_recording(record(lesson, session, live), tmp_path / "recordings")
    return RecordedEngine(Recordings(tmp_path / "recordings"), Player(Pace.AT_ONCE))


def actions(lesson: Lesson) -> list[Action]:
    return [action for step in lesson.steps for action in step.actions]


def test_actions_have_ids_of_their_own(lesson: Lesson) -> None:
    ids = [action.id for action in actions(lesson)]
    assert ids[:2] == ["01-x/build/0", "01-x/build/1"]
    assert ids[4] == "01-x/run/0"
    assert len(set(ids)) == len(ids)


def test_a_lesson_goes_as_it_was_recorded(lesson: Lesson, recorded: RecordedEngine, session: LessonSession) -> None:
    results = list(rehearse(lesson, session, recorded, Words()))
    assert [result.missed for result in results if result.missed] == []
    assert [result.action for result in results] == actions(lesson)
    facts = recorded.facts()
    assert (facts.version, facts.live, facts.host, len(facts.recorded_on)) == ("20.10.24", False, "", 10)


def test_every_place_has_its_own_answer_in_any_order(
    lesson: Lesson, recorded: RecordedEngine, session: LessonSession
) -> None:
    """The same command stands three times in the lesson; the third is asked for first, without the edit before it."""

    def outcomes(place: int) -> list[Outcome]:
        events = run_action(session, actions(lesson)[place], recorded)
        return [event.outcome for event in events if isinstance(event, StepFinished)]

    assert outcomes(3) == [Outcome.CACHED, Outcome.REBUILT]
    assert outcomes(1) == [Outcome.CACHED, Outcome.CACHED]
    assert outcomes(0) == [Outcome.REBUILT, Outcome.REBUILT]


def test_edits_are_made_for_real(lesson: Lesson, recorded: RecordedEngine, session: LessonSession) -> None:
    edit = next(action for action in actions(lesson) if isinstance(action, EditFile))
    (event,) = run_action(session, edit, recorded)
    assert isinstance(event, FileEdited)
    assert event.replace in event.file.read_text()
    session.close()
    assert "new" not in event.file.read_text()


def test_a_failure_that_was_recorded_fails_again(
    lesson: Lesson, recorded: RecordedEngine, session: LessonSession
) -> None:
    with pytest.raises(TutorError, match="no image nothing"):
        list(run_action(session, actions(lesson)[-1], recorded))


def test_what_was_not_recorded_needs_an_engine(
    lesson: Lesson, recorded: RecordedEngine, session: LessonSession, tmp_path: Path
) -> None:
    build = actions(lesson)[0]
    for other in (replace(build, id="01-x/build/9"), replace(build, id=""), replace(build, command="docker build .")):
        with pytest.raises(NotRecorded) as caught:
            list(run_action(session, other, recorded))
        assert "doctor --fix" in caught.value.hint
    with pytest.raises(NoEngine):
        recorded.build(BuildRequest(tmp_path))
    assert recorded.containers() == ()


def test_without_recordings_the_missing_engine_is_told(tmp_path: Path) -> None:
    missing = NoEngine("No engine.", "Get one.")
    with pytest.raises(NoEngine, match=r"No engine\."):
        RecordedEngine(Recordings(tmp_path), missing=missing).facts()
    with pytest.raises(NotRecorded):
        RecordedEngine(Recordings(tmp_path)).facts()


def test_the_first_build_takes_nothing_from_the_cache(lesson: Lesson, live: FakeEngine, session: LessonSession) -> None:
    list(run_action(session, actions(lesson)[0], live))
    live.calls.clear()
    recording = record(lesson, session, live)
    first = [moment.event for moment in recording.actions[0].moments]
    assert {event.outcome for event in first if isinstance(event, StepFinished)} == {Outcome.REBUILT}
    assert [call.no_cache for _, call in live.calls if isinstance(call, BuildRequest)] == [True, False, False]


def test_nothing_is_left_running(lesson: Lesson, live: FakeEngine, session: LessonSession) -> None:
    record(lesson, session, live)
    assert live.containers() == ()


def test_a_lesson_that_fails_is_not_recorded(lesson: Lesson, live: FakeEngine, session: LessonSession) -> None:
    live.prints.clear()
    with pytest.raises(TutorError, match=r"can't be recorded.*“hello”"):
        record(lesson, session, live)
    assert live.containers() == ()


def test_nothing_of_this_machine_is_recorded(lesson: Lesson, recorded: RecordedEngine, session: LessonSession) -> None:
    def events(place: int) -> list[ActionEvent]:
        return list(run_action(session, actions(lesson)[place], recorded))

    (started,) = (event for event in events(5) if isinstance(event, ContainerStarted))
    assert (started.container.ports, started.moved, started.container.id) == ({80: 800}, {}, "")
    (build, *_) = events(0)
    assert isinstance(build, BuildStarted)
    assert build.build_id == ""


def test_playing_is_cancelled_as_a_build_is(lesson: Lesson, recorded: RecordedEngine, session: LessonSession) -> None:
    recorded.player.pace = Pace.REAL
    build = actions(lesson)[0]
    assert isinstance(build, BuildImage)
    events = run_action(session, build, recorded, "b1")
    assert isinstance(next(events), BuildStarted)
    session.cancel("b1")
    assert list(events) == [BuildCancelled()]
    recorded.player.pace = Pace.AT_ONCE
    assert isinstance(list(run_action(session, build, recorded, "b1"))[-1], BuildSucceeded)


# The files


def test_equal_recordings_are_equal_files(
    lesson: Lesson, live: FakeEngine, session: LessonSession, tmp_path: Path
) -> None:
    recording = record(lesson, session, live)
    one, two = (write_recording(recording, tmp_path / name) for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()
    assert read_recording(one) == recording
    heading = json.loads(gzip.decompress(one.read_bytes()).split(b"\n")[0])
    assert heading["content_hash"] == lesson.content_hash


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("damage", ["cut", "no gzip", "other schema", "other name", "extra field"])
def test_a_damaged_file_is_told_by_name(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "recordings" / "01-x.jsonl.gz"
    text = gzip.decompress(file.read_bytes()).decode()
    match damage:
        case "cut":
            file.write_bytes(file.read_bytes()[:-20])
        case "no gzip":
            file.write_text("hello")
        case "other schema":
            file.write_bytes(gzip.compress(text.replace("recording/1", "recording/2").encode()))
        case "other name":
            file = file.rename(file.with_name("02-y.jsonl.gz"))
        case "extra field":
            file.write_bytes(gzip.compress(text.replace('"moments"', '"hidden":1,"moments"', 1).encode()))
    with pytest.raises(ContentError, match=file.name):
        read_recording(file)
