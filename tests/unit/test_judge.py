"""What a lesson promises, held against what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import FakeEngine, started
from tutor.builds.builder import Outcome
from tutor.builds.engine import Exited, FileEntry, OutputLine
from tutor.builds.events import (
    BuildCancelled,
    BuildFailed,
    BuildSucceeded,
    FailureKind,
    StepFinished,
    StepOutput,
)
from tutor.course.actions import BuildImage, CallHttp, Expected, LookInside, RunContainer
from tutor.course.judge import Judge, judge
from tutor.course.lesson import Lesson, Step
from tutor.course.rehearsal import rehearse
from tutor.course.seen import ActionEvent, FilesSeen, HttpAnswer, PatternFound
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.errors import NoEngine, TutorError
from tutor.language import LANGUAGES, Words, texts

DOCKERFILE = "FROM a AS one\nCOPY . .\nRUN make\nFROM b\nCOPY --from=one /x .\n"


def a_build(*outcomes: Outcome) -> list[ActionEvent]:
    finished = [StepFinished(n, outcome, 0.1) for n, outcome in enumerate(outcomes)]
    return [started(DOCKERFILE), StepOutput(1, "make: done"), *finished, BuildSucceeded("sha256:1", ())]


R, C = Outcome.REBUILT, Outcome.CACHED


def build(**expected: object) -> BuildImage:
    return BuildImage(command="", expected=Expected(**expected))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"cached": ("COPY . .",)},
        {"rebuilt": ("RUN make", "COPY --from=one")},
        {"rebuilt_layers": 2},
        {"output": ("done",), "absent": ("error",)},
    ],
)
def test_what_is_kept(expected: dict[str, object]) -> None:
    assert judge(build(**expected), a_build(C, R, R)) == ()


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        ({"cached": ("RUN make",)}, "The outcome of RUN make should be “cached”, but is “rebuilt”."),
        ({"rebuilt": ("COPY . .",)}, "The outcome of COPY . . should be “rebuilt”, but is “cached”."),
        ({"cached": ("RUN test",)}, "The build should have a step RUN test, but has none."),
        ({"rebuilt_layers": 1}, "Layers rebuilt: 2; the lesson says 1."),
        ({"output": ("tested",)}, "The output should contain “tested”, but doesn't."),
        ({"absent": ("make:",)}, "The output should not contain “make:”, but does."),
        ({"fails": True}, "It should have failed, but didn't."),
    ],
)
def test_what_is_missed(expected: dict[str, object], sentence: str) -> None:
    assert judge(build(**expected), a_build(C, R, R)) == (sentence,)


def test_a_failed_build() -> None:
    events: list[ActionEvent] = [
        started(DOCKERFILE),
        StepFinished(0, R, 0.1),
        StepFinished(1, Outcome.FAILED, 0.1),
        BuildFailed("make ended with exit code 2.", FailureKind.STEP, 1),
    ]
    assert judge(build(fails=True, failed=("RUN make",), output=("exit code 2",)), events) == ()
    assert judge(build(), events) == ("It should have worked, but failed: make ended with exit code 2.",)
    assert judge(build(fails=True, failed=("COPY . .",)), events) == (
        "The outcome of COPY . . should be “failed”, but is “rebuilt”.",
    )


def test_a_cancelled_build_is_not_judged() -> None:
    assert judge(build(cached=("RUN make",)), [started(DOCKERFILE), BuildCancelled()]) == (
        "It was stopped before it ended.",
    )


def test_a_container() -> None:
    action = RunContainer(command="", expected=Expected(output=("one",)))
    assert judge(action, [OutputLine("one"), Exited(0)]) == ()
    assert judge(action, [OutputLine("one"), Exited(3)]) == (
        "It should have ended with exit code 0, but ended with 3.",
    )
    failing = RunContainer(command="", expected=Expected(fails=True))
    assert judge(failing, [Exited(3)]) == ()
    assert judge(failing, [Exited(0)]) == ("It should have failed, but didn't.",)


def test_an_answer() -> None:
    action = CallHttp(command="", expected=Expected(output=("count",)))
    assert judge(action, [HttpAnswer("http://x", 200, ('{"count": 1}',))]) == ()
    assert judge(action, [HttpAnswer("http://x", 500, ("count",))]) == (
        "http://x should have answered with success, but gave status 500.",
    )


def test_a_look() -> None:
    action = LookInside(command="", patterns=("/a", "/b"), expected=Expected(output=("/a",), absent=("/b",)))
    a, b = (PatternFound(path, (FileEntry(path, "file", 1, 0),)) for path in ("/a", "/b"))
    assert judge(action, [FilesSeen("x", (a, PatternFound("/b", ())))]) == ()
    assert len(judge(action, [FilesSeen("x", (PatternFound("/a", ()), b))])) == 2


def test_an_error_is_a_failure() -> None:
    for fails in (True, False):
        court = Judge(RunContainer(command="", expected=Expected(fails=fails, output=("no image",))))
        court.see_error(TutorError("There is no image x."))
        assert court.missed() == (() if fails else ("It should have worked, but failed: There is no image x.",))


def test_every_sentence_is_there_in_every_language() -> None:
    english = {key for key in texts("en") if key.startswith("course.")}
    for language in LANGUAGES:
        assert {key for key in texts(language) if key.startswith("course.")} == english


def lesson(*actions: RunContainer) -> Lesson:
    return Lesson("01-x", 1, "", "", "en", tuple(Step(f"s{n}", "", (action,)) for n, action in enumerate(actions)), "")


def test_a_rehearsal_ends_at_the_first_action_that_does_not_do_what_it_should(tmp_path: Path) -> None:
    engine, session = FakeEngine(), LessonSession(Workspace(tmp_path))
    engine.add_image("x")
    good, bad = (RunContainer(command="", image=image) for image in ("x", "y"))
    results = list(rehearse(lesson(good, bad, good), session, engine, Words()))
    assert [result.step.id for result in results] == ["s0", "s1"]
    assert results[0].missed == ()
    assert "no image y" in results[1].missed[0]


def test_a_lost_engine_ends_a_rehearsal(tmp_path: Path) -> None:
    engine, session = FakeEngine(), LessonSession(Workspace(tmp_path / "mine", tmp_path))
    (tmp_path / "ex").mkdir()
    (tmp_path / "ex" / "Dockerfile").write_text("FROM a\n")
    engine.script("x", NoEngine("The engine is gone."))
    action = BuildImage(command="", folder="ex", tag="x")
    with pytest.raises(NoEngine):
        list(rehearse(Lesson("01-x", 1, "", "", "en", (Step("a", "", (action,)),), ""), session, engine, Words()))
