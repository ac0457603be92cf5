"""The lessons prove themselves: every action of the shipped lessons, held to what its lesson says, on both builders."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tutor.builds.engine import Engine, Exited, OutputLine
from tutor.course.actions import Action
from tutor.course.commands import parse_command
from tutor.course.lesson import Lesson, Step
from tutor.course.lessons import load_course, read_lesson
from tutor.course.outline import Entry
from tutor.course.rehearsal import rehearse
from tutor.course.runner import run_action
from tutor.course.seen import ActionEvent, ContainerStarted, HttpAnswer
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.errors import TutorError
from tutor.language import Words
from tutor.places import exercises_folder

pytestmark = pytest.mark.engine


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LessonSession]:
    with LessonSession(Workspace(tmp_path / "mine")) as session:
        yield session


def rehearsed(lesson: Lesson, session: LessonSession, engine: Engine) -> list[tuple[str, tuple[str, ...]]]:
    return [(result.action.command, result.missed) for result in rehearse(lesson, session, engine, Words())]


@pytest.mark.parametrize("number", [1, 6])
def test_a_lesson_does_what_it_says(number: int, engine: Engine, session: LessonSession) -> None:
    lesson = next(lesson for lesson in load_course("en").lessons if lesson.number == number)
    results = rehearsed(lesson, session, engine)
    assert [missed for _, missed in results if missed] == []
    assert [command for command, _ in results] == [a.command for step in lesson.steps for a in step.actions]


def test_a_lesson_that_promises_too_much_is_caught(engine: Engine, session: LessonSession) -> None:
    lesson = load_course("en").lessons[0]
    step = next(step for step in lesson.steps if step.id == "failing-stage")
    build = step.actions[0]
    hopeful = type(build)(**{**vars(build), "expected": type(build.expected)(cached=("RUN grep",))})
    promised = Lesson("01-x", 1, "", "", "en", (Step("a", "", (hopeful,)),), "")
    ((_, missed),) = rehearsed(promised, session, engine)
    assert missed == (
        "It should have worked, but failed: RUN grep 'Ready to ship' /build.txt ended with exit code 1.",
        "The outcome of RUN grep should be “cached”, but is “failed”.",
    )


@pytest.mark.parametrize("way", ["cancel", "close"])
def test_a_container_that_never_ends_is_stopped(way: str, engine: Engine, session: LessonSession) -> None:
    run_id = uuid4().hex
    action = parse_command("docker container run diamol/base sh -c 'echo begun; sleep 600'")
    events = run_action(session, action, engine, run_id)
    assert next(events) == OutputLine("begun")
    if way == "cancel":
        threading.Timer(0.1, session.cancel, (run_id,)).start()
        assert isinstance(list(events)[-1], Exited)
    else:
        events.close()
    end = time.monotonic() + 20  # its removal may be under way from two sides
    while left := [container.state for container in engine.containers() if run_id in container.name]:
        assert time.monotonic() < end, left


LESSON = """# T

S.

<!-- step: a -->
## A

```bash run in=pages
docker image build -t TAG .
```

```bash run
docker network create NAME
```

```bash run
docker container run -d --name NAME -p PORT:80 --network NAME TAG
```

```bash run output="by sixeyed"
curl localhost:PORT
```

```diff edit in=pages file=index.html
-  <h1>Packed and served by {{.User}}</h1>
+  <h1>Packed and served by {{.User}} at {stamp}</h1>
```

```bash run in=pages cached="RUN go build" rebuilt="COPY index.html" rebuilt-layers=1
docker image build -t TAG .
```

```bash run
docker container run -d --name NAME -p PORT:80 -e USER=another TAG
```

```bash run output="by another at 2"
curl localhost:PORT
```

```bash run
docker container rm -f NAME
```
"""


def test_an_application_is_built_run_edited_and_visited(engine: Engine, tmp_path: Path, tag: str) -> None:
    shutil.copytree(exercises_folder() / "06-optimise" / "solution", tmp_path / "exercises" / "pages")
    session = LessonSession(Workspace(tmp_path / "mine", tmp_path / "exercises"))
    name = f"lesson-{tag[-12:]}"
    (tmp_path / "en").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = LESSON.replace("TAG", tag).replace("NAME", name).replace("PORT", str(port))
        (tmp_path / "en" / "01-x.md").write_text(text)
        lesson, problems = read_lesson(tmp_path / "en" / "01-x.md", Entry("01-x"))
        assert problems == ()
        events: list[object] = []

        def listen(_step: Step, _action: Action, event: ActionEvent | TutorError | None) -> None:
            events.append(event)

        try:
            results = list(rehearse(lesson, session, engine, Words(), listen))
        finally:
            engine.remove_network(name)
    assert [result.missed for result in results if result.missed] == []
    assert len(results) == len(lesson.steps[0].actions)
    first = next(event for event in events if isinstance(event, ContainerStarted))
    answer = next(event for event in events if isinstance(event, HttpAnswer))
    assert first.moved == {port: first.container.ports[80]}
    assert answer.address == f"http://127.0.0.1:{first.container.ports[80]}"
    assert "{stamp}" not in (session.workspace.root / "pages" / "index.html").read_text()
    assert " at " not in (session.workspace.root / "pages" / "index.html").read_text()
    assert not [container for container in engine.containers() if container.name.endswith(name)]
