"""What fails is told in every language: each text of the code stands in the catalogues, with the same values in it."""

from __future__ import annotations

import ast
import copy
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import tutor
from tutor.builds.builder import Builder
from tutor.builds.codec import from_json, to_json
from tutor.builds.dockerfile import Dockerfile, DockerfileError
from tutor.builds.events import BuildFailed, FailureKind, command_ended
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport
from tutor.cli.main import main
from tutor.course.exercise import load_exercise
from tutor.errors import NoEngine, TutorError
from tutor.grade.checks import judge
from tutor.grade.measured import Measured
from tutor.language import LANGUAGES, Words, catalogue
from tutor.phrase import Phrase, with_lines
from tutor.places import exercises_folder
from tutor.sanitise import clean_line

CODE = Path(tutor.__file__).parent
OTHERS = [code for code in LANGUAGES if code != "en"]

ERRORS = {"TutorError", "NoEngine", "UsageError", "GradeStopped", "TimeIsUp", "DockerfileError", "PullRefused"}
"""What is raised with a text. A ContentError's text is for a course's author, and English."""

TAKERS = ERRORS | {"Phrase", "BadPattern", "error"}
"""What is called with an English text; `error` makes the parser's errors."""

TEXTS = {"hint", "message", "problem", "reason"}
"""The arguments that are texts where they are given by name."""

OF_THEIR_OWN = {"PullRefused": {"image", "said"}}
"""The values that a kind of error puts into its texts by itself."""


@dataclass(frozen=True)
class Said:
    """A text in the code: where it stands, and the names of the values that are put into it."""

    place: str
    template: str
    values: frozenset[str]


def name_of(call: ast.Call) -> str:
    match call.func:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return ""


def is_error_class(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and bool({getattr(base, "id", "") for base in node.bases} & ERRORS)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call that takes a text: its place, its name, itself."""
    for file in sorted(CODE.rglob("*.py")):
        module = ast.parse(file.read_text("utf-8"))
        inits = {
            id(call)
            for node in ast.walk(module)
            if is_error_class(node)
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and name_of(call) == "__init__"
        }
        for call in ast.walk(module):
            if isinstance(call, ast.Call):
                name = name_of(call)
                if name in TAKERS | {"BuildFailed"} or id(call) in inits:
                    yield f"{file.relative_to(CODE)}:{call.lineno}", name, call


def alternatives(argument: ast.expr) -> Iterator[ast.expr]:
    if isinstance(argument, ast.IfExp):
        yield from alternatives(argument.body)
        yield from alternatives(argument.orelse)
    else:
        yield argument


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    """What is, or may be, a text."""
    for argument in (*call.args, *(word.value for word in call.keywords if word.arg in TEXTS)):
        yield from alternatives(argument)


def said() -> list[Said]:
    """The texts that stand in the code as such. Those of a failed build are Phrases, as they are values elsewhere."""
    found = []
    for place, name, call in calls():
        values = frozenset(word.arg or "" for word in call.keywords) | OF_THEIR_OWN.get(name, set())
        for argument in arguments(call):
            match argument:
                case ast.Constant(str(text)) if text and name != "BuildFailed":
                    found.append(Said(place, text, values))
    return found


def is_put_together(argument: ast.expr) -> bool:
    """Whether a text is made by other means than a template."""
    match argument:
        case ast.JoinedStr() | ast.Call(ast.Attribute(_, "format" | "join")):
            return True
        case ast.BinOp(left, ast.Add() | ast.Mod(), right):
            return any(
                isinstance(side, ast.Constant | ast.JoinedStr) or is_put_together(side) for side in (left, right)
            )
        case _:
            return False


def fields(text: str) -> Counter[str]:
    """The values that a template asks for, each with how it is to be written."""
    parts = string.Formatter().parse(text)
    return Counter(f"{name}:{spec}" for _, name, spec, _ in parts if name is not None)


def names(text: str) -> set[str]:
    return {field.partition(":")[0] for field in fields(text)}


def has_words(template: str) -> bool:
    """Whether there is anything to translate, between the values."""
    return any(character.isalpha() for part, *_ in string.Formatter().parse(template) for character in part)


SAID = said()
TO_TELL = {text.template for text in SAID if has_words(text.template)}


def test_no_text_is_put_together_but_by_a_template() -> None:
    found = list(calls())
    assert len(found) > 200
    assert [place for place, _, call in found for argument in arguments(call) if is_put_together(argument)] == []
    ended = [(place, argument) for place, name, call in found if name == "BuildFailed" for argument in arguments(call)]
    assert ended
    assert [place for place, argument in ended if isinstance(argument, ast.Constant)] == []


def test_every_template_is_given_its_values() -> None:
    assert len(TO_TELL) > 200
    assert [text for text in SAID if not names(text.template) <= text.values] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_tells_all_that_can_fail_and_nothing_else(language: str) -> None:
    told = catalogue(language, "failures")
    assert sorted(TO_TELL - set(told)) == []
    assert sorted(set(told) - TO_TELL) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_puts_in_the_same_values(language: str) -> None:
    assert {
        english for english, text in catalogue(language, "failures").items() if fields(english) != fields(text)
    } == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_stands_in_two_tables(language: str) -> None:
    text = (CODE / "language" / language / "failures.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    assert len(catalogue(language, "failures")) == sum(map(len, tables.values())) > 200


# How a text is told

KO = Words("ko")


def test_an_error_is_english_until_it_is_told() -> None:
    error = NoEngine("There is no Docker context named '{name}'.", "See which there are: docker context ls", name="x")
    assert str(error) == error.message == "There is no Docker context named 'x'."
    assert Words().told(error.message) == str(error)
    assert KO.told(error.message) == "'x' 도커 컨텍스트가 없습니다."
    assert KO.told(error.hint) == "어떤 컨텍스트가 있는지 확인하세요: docker context ls"


def test_what_comes_from_outside_stands_there_as_it_is() -> None:
    error = TutorError("The Docker engine refused: {said}", "Mend what it names, then try again.", said="{said} {0} {")
    assert str(error) == "The Docker engine refused: {said} {0} {"
    assert KO.told(error.message) == "도커 엔진이 요청을 거절했습니다: {said} {0} {"
    assert KO.told("unknown: {no} such thing") == "unknown: {no} such thing"
    assert KO.told(TutorError("a {brace} of no value").message) == "a {brace} of no value"


def test_a_failure_within_a_failure_is_told_too() -> None:
    within = NoEngine("The Docker engine does not answer.")
    error = NoEngine(
        "{problem} (asked {host}, chosen by {chosen_by})", problem=within.message, host="unix:///a", chosen_by="default"
    )
    assert str(error) == "The Docker engine does not answer. (asked unix:///a, chosen by default)"
    assert KO.told(error.message) == "도커 엔진이 응답하지 않습니다. (주소: unix:///a, 선택한 설정: default)"
    assert KO("course.missed.failed", message=within.message).endswith("도커 엔진이 응답하지 않습니다.")


def test_lines_from_outside_follow_a_text() -> None:
    phrase = with_lines(Phrase("it was stopped."), ["{one}", "two"])
    assert phrase == "it was stopped.\n{one}\ntwo"
    assert KO.told(phrase) == "중지되었습니다.\n{one}\ntwo"


def test_a_phrase_stays_one_when_it_is_copied_or_clean() -> None:
    phrase = command_ended("RUN false", 1)
    for same in (copy.deepcopy(phrase), clean_line(phrase), Phrase(phrase, code=2)):
        assert same == "RUN false ended with exit code 1."
        assert KO.told(same) == "RUN false 명령이 실패했습니다(종료 코드 1)."


def test_a_dockerfiles_problem_is_told_with_its_place() -> None:
    with pytest.raises(DockerfileError) as caught:
        parse("FROM a\nRUM b")
    assert caught.value.message == "Dockerfile line 2, column 1: unknown instruction 'RUM'"
    assert KO.told(caught.value.message) == "Dockerfile 2번째 줄, 1번째 칸: 알 수 없는 인스트럭션: 'RUM'"
    assert KO.told(caught.value.problem) == "알 수 없는 인스트럭션: 'RUM'"
    assert KO.told(caught.value.hint) == "혹시 RUN인가요?"


def test_a_recorded_build_fails_in_english_and_is_told_in_any_language() -> None:
    hint = Phrase("Read the step's last lines: they say why.")
    failed = BuildFailed(command_ended("RUN {x}", 1), FailureKind.STEP, 2, 6, 1, hint)
    kept = to_json(failed, BuildFailed)
    assert kept == {
        "message": "RUN {x} ended with exit code 1.",
        "kind": "step",
        "step": 2,
        "line": 6,
        "exit_code": 1,
        "hint": "Read the step's last lines: they say why.",
    }
    assert {type(value) for value in kept.values()} == {str, int} if isinstance(kept, dict) else False
    played = from_json(kept, BuildFailed)
    assert played == failed
    assert KO.told(played.message) == "RUN {x} 명령이 실패했습니다(종료 코드 1)."
    assert KO.told(played.hint) == "이 단계의 마지막 출력을 읽어 보세요. 까닭이 거기에 있습니다."


# What the learner reads


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--lang", "ko", "run", "9", "--recorded"],
            "9절이 없습니다.\n  -> 있는 절: 1, 2, 3, 4, 5, 6. `all`을 쓰면 모두 실행합니다.\n",
        ),
        (["--lang=ko", "--plain", "reset", "9"], "9절이 없습니다.\n`diamol-tutor list`로 절을 볼 수 있습니다.\n"),
        (["--lang", "en", "reset", "9"], "There is no section 9.\n  -> `diamol-tutor list` shows the sections.\n"),
    ],
)
def test_the_command_line_complains_in_the_learners_language(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err == told


def test_a_grade_without_an_engine_says_so_in_korean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///none")
    with pytest.raises(SystemExit) as caught:
        main(["--lang", "ko", "grade"])
    assert caught.value.code == 3
    assert capsys.readouterr().err == (
        "채점하려면 연결된 도커 엔진이 필요합니다. 실행 중인 도커 엔진이 없습니다. "
        "(주소: unix:///none, 선택한 설정: DOCKER_HOST)\n  -> 실행하세요: diamol-tutor doctor --fix\n"
    )


def test_a_check_says_in_korean_why_the_build_failed() -> None:
    failure = BuildFailed(
        command_ended("RUN false", 1), FailureKind.STEP, line=3, exit_code=1, hint=Phrase("Run it again.")
    )
    report = BuildReport(Builder.BUILDKIT, Dockerfile("", ()), (), failure=failure)
    exercise = load_exercise(exercises_folder(), "06-optimise")
    check = judge(exercise, Measured(report))[0]
    assert check.sentence(KO) == "3번째 줄에서 빌드가 실패합니다: RUN false 명령이 실패했습니다(종료 코드 1)."
    assert [note.sentence(KO) for note in check.notes] == ["다시 실행하세요."]
    assert check.figures["message"] == "RUN false ended with exit code 1."
