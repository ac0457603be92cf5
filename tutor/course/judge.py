"""Whether an action showed what its lesson says. Folds events as they come, so memory is bounded."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.builds.builder import Outcome
from tutor.builds.engine import Exited
from tutor.builds.events import BUILD_EVENTS, BuildCancelled, BuildFailed
from tutor.builds.report import BuildRecorder, BuildReport
from tutor.course.actions import Action, LookInside
from tutor.course.seen import ActionEvent, FilesSeen, HttpAnswer, lines
from tutor.errors import TutorError
from tutor.language import Words

_ENGLISH = Words()
"""A lesson's texts to be seen are the same in every language, so they are looked for in what English says."""


class Judge:
    """Holds one action to what its lesson says must be seen."""

    def __init__(self, action: Action, words: Words | None = None) -> None:
        self._action = action
        self._words = words or Words()
        self._found: set[str] = set()
        self._build = BuildRecorder()
        self._cancelled = False
        self._failures: list[str] = []

    def see(self, event: ActionEvent) -> None:
        if isinstance(event, BUILD_EVENTS):
            self._build.see(event)
        match event:
            case BuildFailed(message=message):
                self._failures.append(self._words("course.missed.failed", message=self._words.told(message)))
            case BuildCancelled():
                self._cancelled = True
            case Exited(code) if code:
                self._failures.append(self._words("course.missed.exit_code", code=code))
            case HttpAnswer(address, status) if not 200 <= status < 400:
                self._failures.append(self._words("course.missed.status", address=address, status=status))
            case FilesSeen(_, found):
                self._found |= {pattern.pattern for pattern in found if pattern.files}
            case _:
                pass
        if not isinstance(self._action, LookInside):
            for line in lines(event, _ENGLISH):
                self._search(line)

    def see_error(self, error: TutorError) -> None:
        """The action couldn't be carried out; where the lesson wants a failure, that is one."""
        self._failures.append(self._words("course.missed.failed", message=error.message))
        self._search(error.message)

    def _search(self, line: str) -> None:
        expected = self._action.expected
        self._found |= {text for text in (*expected.output, *expected.absent) if text in line}

    def missed(self) -> tuple[str, ...]:
        """A sentence for each thing that the lesson says and that didn't come; nothing when all is as it says."""
        expected, words = self._action.expected, self._words
        if self._cancelled:
            return (words("course.missed.cancelled"),)
        said: list[str] = []
        if expected.fails and not self._failures:
            said.append(words("course.missed.should_fail"))
        elif not expected.fails:
            said += self._failures
        said += [words("course.missed.output", text=text) for text in expected.output if text not in self._found]
        said += [words("course.missed.absent", text=text) for text in expected.absent if text in self._found]
        if self._build.started:
            said += self._steps_missed(self._build.report())
        return tuple(said)

    def _steps_missed(self, report: BuildReport) -> list[str]:
        expected, words = self._action.expected, self._words
        said: list[str] = []
        for wanted, texts in (
            (Outcome.CACHED, expected.cached),
            (Outcome.REBUILT, expected.rebuilt),
            (Outcome.FAILED, expected.failed),
        ):
            for text in texts:
                outcomes = [s.outcome for s in report.steps if str(s.step.instruction).startswith(text)]
                if not outcomes:
                    said.append(words("course.missed.no_step", text=text))
                elif wanted not in outcomes:
                    was = self._outcome(outcomes[0])
                    said.append(words("course.missed.outcome", text=text, wanted=self._outcome(wanted), was=was))
        count = len(report.rebuilt)
        if expected.rebuilt_layers not in (None, count):
            said.append(words("course.missed.rebuilt_layers", wanted=expected.rebuilt_layers, count=count))
        return said

    def _outcome(self, outcome: Outcome) -> str:
        return self._words(f"course.outcome.{outcome.replace(' ', '_')}")


def judge(action: Action, seen: Iterable[ActionEvent], words: Words | None = None) -> tuple[str, ...]:
    """What the lesson says and these events don't show, a sentence each."""
    court = Judge(action, words)
    for event in seen:
        court.see(event)
    return court.missed()
