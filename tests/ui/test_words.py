"""Both languages say everything, with the same figures in it, and every key of a screen has a name."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from textual.binding import Binding

import tutor.ui
from tutor.language import LANGUAGES, Words, texts
from tutor.ui.app import TutorApp
from tutor.ui.screens.chapter import ChapterScreen
from tutor.ui.screens.exercise import ExerciseScreen
from tutor.ui.screens.layers import LayersScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.layer_tree import LayerTree
from tutor.ui.widgets.quiz import QuizBlock
from tutor.ui.widgets.sections import SectionList
from tutor.ui.widgets.steps import StepTable

_UI_FOLDER = Path(tutor.ui.__file__).parent


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_a_language_says_all_that_english_says(language: str) -> None:
    english, other = texts("en"), texts(language)
    plurals = {key for key in english if key.endswith("_one")}
    assert set(english) - plurals == {key for key in other if not key.endswith("_one")}
    assert {key: fields(other[key]) for key in other} == {key: fields(english[key]) for key in other}


def test_every_text_that_the_screens_ask_for_is_there() -> None:
    words = Words("en")
    asked = set()
    for file in _UI_FOLDER.rglob("*.py"):
        asked |= set(re.findall(r'"((?:ui|layers)\.(?!tcss)[a-z_.]+[a-z_])"', file.read_text("utf-8")))
    assert len(asked) > 60
    assert sorted(key for key in asked if key not in words) == []


def test_every_key_has_a_name() -> None:
    words = Words("en")
    screens = (TutorApp, ChapterScreen, LessonScreen, LayersScreen, ExerciseScreen)
    nodes = (*screens, QuizBlock, SectionList, StepTable, LayerTree)
    bindings = [b for node in nodes for b in node.BINDINGS if isinstance(b, Binding)]
    assert len(bindings) > 30
    assert [b.description for b in bindings if b.description not in words] == []
