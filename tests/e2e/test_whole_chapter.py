"""Every section stepped through in a real terminal, every command run, as a learner with one finger on Enter would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tutor.course.lesson import Lesson, Quiz
from tutor.course.lessons import load_course
from tutor.language import Words

pytestmark = pytest.mark.engine

COMMAND = str(Path(sysconfig.get_path("scripts")) / "diamol-tutor")
COMMAND_DEADLINE_S = 300
"""For one command: a Maven build with nothing cached takes a minute or two."""


def footer(screen: str) -> str:
    return screen.rstrip("\n").splitlines()[-1]


def enter_means(screen: str) -> str:
    """What the footer says Enter does now."""
    found = re.search(r"Enter (\S+(?: \S+)*?)(?:  |$)", footer(screen))
    return found[1] if found else ""


def right_answers(lesson: Lesson, step: int) -> Iterator[str]:
    """The keys that answer the questions of a step (counted from 1), in their order."""
    for block in lesson.steps[step - 1].blocks:
        if isinstance(block, Quiz):
            yield str(next(number for number, choice in enumerate(block.choices, 1) if choice.right))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_section_from_its_first_step_to_its_last(tmp_path: Path, language: str) -> None:
    words = Words(language)
    course = load_course(language)
    env = {
        "DIAMOL_TUTOR_WORKSPACE": str(tmp_path / "workspace"),
        "DIAMOL_TUTOR_STATE": str(tmp_path / "state"),
        "LC_ALL": "C.UTF-8",
    }
    with Terminal(160, 50, env) as terminal:
        terminal.run(COMMAND, "--lang", language)
        terminal.wait_for(course.lessons[0].title, "● Docker")
        for lesson in course.lessons:
            terminal.keys(str(lesson.number))
            terminal.wait_for(words("ui.lesson.step", at=1, total=len(lesson.steps)))
            go_through(terminal, words, lesson)
            terminal.keys("Escape")
            terminal.wait_for(words("ui.engine.title"))
        terminal.keys("q")
        terminal.wait_for("done:0")
    shown = subprocess.run(
        [COMMAND, "progress", "--json"], env=dict(os.environ) | env, check=True, capture_output=True, text=True
    )
    for section in json.loads(shown.stdout)["sections"]:
        # the last step counts as done when one goes on from it; this learner goes back to the chapter instead
        assert section["steps_done"] >= section["steps"] - 1, section


def go_through(terminal: Terminal, words: Words, lesson: Lesson) -> None:
    """Press Enter for whatever the footer says it does, until the last step has nothing more to do."""
    step, steps = 1, len(lesson.steps)
    answers = right_answers(lesson, step)
    running = ("", words("ui.key.running"))
    while True:
        terminal.wait_until(lambda screen: enter_means(screen) not in running, "an end", COMMAND_DEADLINE_S)
        screen = terminal.wait_settled()
        assert words("ui.action.state.failed") not in screen, screen
        meaning = enter_means(screen)
        if meaning == words("ui.key.next_step"):
            if enter_means(terminal.wait_settled()) != meaning:
                continue  # on a busy machine the next command's turn comes a little later
            step += 1
            answers = right_answers(lesson, step)
            terminal.keys("n")
            terminal.wait_for(words("ui.lesson.step", at=step, total=steps))
        elif meaning == words("ui.key.run"):
            terminal.keys("Enter")  # an edit is done at once: the next command may wait by the time one looks
            terminal.wait_until(screen.__ne__, "the command's beginning")
        elif meaning == words("ui.key.answer"):
            terminal.keys("Enter")
            terminal.wait_until(lambda screen: enter_means(screen) == words("ui.key.pick"), "the keys at the question")
            terminal.keys(next(answers))
            terminal.wait_for(words("ui.quiz.right"))
            for at, key in ((step - 1, "p"), (step, "n")) if step > 1 else ((step + 1, "n"), (step, "p")):
                terminal.keys(key)  # away and back: the question no longer has the keys
                terminal.wait_for(words("ui.lesson.step", at=at, total=steps))
        elif meaning == words("ui.key.build"):  # the lesson asks for a prediction first: all steps as they are proposed
            terminal.keys("Enter")
            terminal.wait_until(screen.__ne__, "the build's beginning")
        else:
            assert step == steps, f"Enter means {meaning!r} on step {step} of {steps}\n{screen}"
            return
