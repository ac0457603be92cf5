"""The sections on real applications, carried out from beginning to end: each builder, each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.builds.builder import Builder
from tutor.builds.engine import Engine
from tutor.course.actions import Action
from tutor.course.lesson import Step
from tutor.course.lessons import load_course
from tutor.course.rehearsal import rehearse
from tutor.course.seen import ActionEvent, ContainerStarted
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.engines.docker_engine import DockerEngine
from tutor.errors import TutorError
from tutor.language import Words

pytestmark = pytest.mark.engine

LANGUAGES = {Builder.BUILDKIT: "ko", Builder.CLASSIC: "en"}
"""The linter holds both languages to the same commands, so each is carried out with one builder only."""


@pytest.fixture
def started(buildkit: DockerEngine) -> Iterator[list[str]]:
    """The containers that a test's lesson has started; they and their network are removed in the end."""
    networks = buildkit.networks()
    containers: list[str] = []
    yield containers
    for container in containers:
        buildkit.remove_container(container)
    for network in set(buildkit.networks()) - set(networks):
        buildkit.remove_network(network)


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_a_section_does_what_it_says(number: int, engine: Engine, started: list[str], tmp_path: Path) -> None:
    language = LANGUAGES[engine.facts().builder]
    lesson = next(lesson for lesson in load_course(language).lessons if lesson.number == number)
    assert lesson.language == language

    def listen(_step: Step, _action: Action, event: ActionEvent | TutorError | None) -> None:
        if isinstance(event, ContainerStarted):
            started.append(event.container.id)

    with LessonSession(Workspace(tmp_path)) as session:
        results = list(rehearse(lesson, session, engine, Words(), listen))
    assert [(result.action.command, result.missed) for result in results if result.missed] == []
    assert [result.action for result in results] == [action for step in lesson.steps for action in step.actions]
