"""Whatever an action can tell comes back from JSON as it was; what isn't its JSON is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import started as by_hand
from tutor.builds.builder import Builder, Outcome
from tutor.builds.codec import CodecError, Json, from_json, to_json
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import EngineFacts, ImageInfo
from tutor.builds.events import BuildStarted, BuildSucceeded, StepFinished, StepOutput
from tutor.builds.layers import Layer
from tutor.builds.parser import parse
from tutor.builds.steps import plan
from tutor.course.seen import ActionEvent, ImagesListed
from tutor.places import exercises_folder

DOCKERFILES = sorted(exercises_folder().rglob("Dockerfile*"))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def builds_started(draw: st.DrawFn) -> BuildStarted:
    dockerfile = parse(draw(st.sampled_from(DOCKERFILES)).read_bytes())
    builder = draw(st.sampled_from(Builder))
    return BuildStarted(draw(st.text()), builder, dockerfile, plan(dockerfile, builder))


st.register_type_strategy(BuildStarted, builds_started())
st.register_type_strategy(float, finite)
st.register_type_strategy(Path, st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(Path))
st.register_type_strategy(
    ImageInfo,
    st.builds(ImageInfo, config=st.dictionaries(st.text(), json_values, max_size=3)),
)
events: st.SearchStrategy[Any] = st.one_of(*(st.from_type(kind) for kind in get_args(ActionEvent)))


def through_text(value: Any, kind: Any) -> Any:
    return from_json(json.loads(json.dumps(to_json(value, kind))), kind)


@given(events)
def test_every_event_comes_back(event: ActionEvent) -> None:
    assert through_text(event, ActionEvent) == event


@given(st.builds(EngineFacts, version=st.text(), store=st.text(), host=st.text(), live=st.booleans()))
def test_facts_come_back(facts: EngineFacts) -> None:
    assert through_text(facts, EngineFacts) == facts


def test_a_dockerfile_is_kept_as_its_source() -> None:
    dockerfile = parse("# syntax=x\nARG A=1\nFROM a AS one\nRUN <<EOF\necho\nEOF\nFROM one\nCOPY --from=one a \\\n b\n")
    assert to_json(dockerfile, Dockerfile) == dockerfile.source
    assert through_text(dockerfile, Dockerfile) == dockerfile


def test_defaults_are_left_out() -> None:
    event = BuildSucceeded("sha256:1", (Layer(3, "COPY", 4), Layer(0, "CMD")))
    assert to_json(event, ActionEvent) == {
        "BuildSucceeded": {
            "image_id": "sha256:1",
            "layers": [{"size_bytes": 3, "created_by": "COPY", "line": 4}, {"size_bytes": 0, "created_by": "CMD"}],
        }
    }


@given(json_values)
def test_other_json_is_refused(data: Json) -> None:
    with pytest.raises(CodecError):
        from_json(data, ActionEvent)


@pytest.mark.parametrize(
    "data",
    [
        {"StepOutput": {"step": 1}},
        {"StepOutput": {"step": 1, "text": "a", "more": 1}},
        {"StepOutput": {"step": True, "text": "a"}},
        {"StepOutput": {"step": 1.5, "text": "a"}},
        {"StepOutput": {"step": 1, "text": "a"}, "Exited": {"exit_code": 0}},
        {"StepFinished": {"step": 1, "outcome": "eaten", "seconds": 1}},
        {"StepFinished": {"step": 1, "outcome": "cached", "seconds": float("nan")}},
        {"BuildStarted": {"build_id": "", "builder": "buildkit", "dockerfile": "RUN x"}},
        {"ContainerStarted": {"container": {"id": "", "name": "", "image": "", "state": "", "ports": [[80]]}}},
        {"Layer": {"size_bytes": 1, "created_by": ""}},
    ],
)
def test_what_only_looks_like_an_event_is_refused(data: Json) -> None:
    with pytest.raises(CodecError):
        from_json(data, ActionEvent)


@pytest.mark.parametrize(
    "value",
    [
        StepOutput("one", "a"),  # type: ignore[arg-type]
        StepFinished(1, Outcome.CACHED, float("inf")),
        ImagesListed((ImageInfo("", (), 1, config={"a": object()}),)),
        by_hand("FROM a\nRUN b # a model that the parser wouldn't make\nRUN \\\n c"),
        BuildStarted("", Builder.BUILDKIT, parse("FROM a\nRUN b"), ()),
        Layer(1, "not an event"),
    ],
)
def test_what_would_not_come_back_is_not_kept(value: object) -> None:
    with pytest.raises(CodecError):
        to_json(value, ActionEvent)
