"""What is shipped of a recording: bounded, and silent about the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.builds.builder import Outcome
from tutor.builds.engine import STAND_IN_LABEL, Container, Exited, ImageInfo, OutputLine
from tutor.builds.events import BuildFailed, FailureKind, PullProgress, StepFinished, StepOutput
from tutor.builds.layers import Layer
from tutor.course.actions import Action, EditFile
from tutor.course.commands import parse_command
from tutor.course.recordings.publishable import LINES_KEPT, Publisher
from tutor.course.recordings.recording import Moment
from tutor.course.seen import ActionEvent, ContainerStarted, FileEdited, HttpAnswer, ImagesListed, LayersListed

BUILD = parse_command("docker image build -t page .")
RUN = parse_command("docker container run page")


def shipped(action: Action, *events: ActionEvent) -> list[ActionEvent]:
    moments = [Moment(n, event) for n, event in enumerate(events)]
    return [moment.event for moment in Publisher(Path("/some/workspace")).publishable(action, moments)]


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        (
            "Downloading from x: https://user:pass@packages.example.com:8081/a/b.jar (3 kB)",
            "Downloading from x: https://…/a/b.jar (3 kB)",
        ),
        ("fetch http://10.1.2.3/x", "fetch http://…/x"),
        ("ENV A=http://iotd/image B=http://localhost:80/x", "ENV A=http://iotd/image B=http://localhost:80/x"),
        ("listening on 0.0.0.0, 127.0.0.1 and 172.17.0.2.", "listening on 0.0.0.0, 127.0.0.1 and …."),
        ("gson 2.10.1 of 1.2.3.4.5, v1.2.3.400", "gson 2.10.1 of 1.2.3.4.5, v1.2.3.400"),
        ("in /some/workspace/02-java/pom.xml", "in …/02-java/pom.xml"),
    ],
)
def test_addresses_and_folders_are_hidden(printed: str, kept: str) -> None:
    failed = BuildFailed(printed, FailureKind.STEP)
    events = shipped(BUILD, StepOutput(1, printed), failed, LayersListed("page", (Layer(0, printed),)))
    assert events == [
        StepOutput(1, kept),
        BuildFailed(kept, FailureKind.STEP),
        LayersListed("page", (Layer(0, kept),)),
    ]


def test_what_an_application_says_keeps_its_links() -> None:
    call = parse_command("curl localhost:800")
    answer = HttpAnswer("http://127.0.0.1:49152/", 200, ('"https://pictures.example.com/1"', "from 192.168.0.7"))
    assert shipped(call, answer) == [
        HttpAnswer("http://localhost:800", 200, ('"https://pictures.example.com/1"', "from …"))
    ]
    assert shipped(RUN, OutputLine("see https://example.com")) == [OutputLine("see https://example.com")]


def test_images_go_by_the_names_asked_for() -> None:
    labels = {STAND_IN_LABEL: "diamol/base", "other": "x"}
    image = ImageInfo("sha256:1", ("mirror:5000/page:1", "page:latest"), 5, labels, {"Env": ["PRIVATE=1"]})
    (listed,) = shipped(parse_command("docker image ls -f reference=page"), ImagesListed((image,)))
    assert listed == ImagesListed((ImageInfo("sha256:1", ("page:latest",), 5, {STAND_IN_LABEL: "diamol/base"}),))


def test_ports_are_those_of_the_lesson() -> None:
    started = ContainerStarted(Container("id", "web", "page", "running", {80: 49152}, owner="me"), {800: 49152})
    start = parse_command("docker container run -d -p 800:80 page")
    assert shipped(start, started) == [ContainerStarted(Container("", "web", "page", "running", {80: 800}))]


def test_pulls_are_left_out_and_times_are_round() -> None:
    events = shipped(BUILD, PullProgress("diamol/base", "Pulling"), StepFinished(0, Outcome.CACHED, 0.00002))
    assert events == [StepFinished(0, Outcome.CACHED, 0.0)]


def test_an_edit_is_not_recorded() -> None:
    assert shipped(EditFile(command="", file="a"), FileEdited(Path("/some/workspace/a"), 1, "a", "b")) == []


def test_long_output_keeps_its_beginning_and_its_end() -> None:
    other = StepOutput(2, "short")
    long = [StepOutput(1, str(n)) for n in range(LINES_KEPT + 50)]
    events = shipped(BUILD, *long, other)
    texts = [event.text for event in events if isinstance(event, StepOutput)]
    half = LINES_KEPT // 2
    assert texts[:half] == [str(n) for n in range(half)]
    assert texts[half] == "[… 50 lines are left out of this recording …]"
    assert texts[half + 1 :] == [*(str(n) for n in range(half + 50, LINES_KEPT + 50)), "short"]
    assert shipped(BUILD, *long[:LINES_KEPT]) == long[:LINES_KEPT]


def test_a_containers_output_is_bounded_too() -> None:
    events = shipped(RUN, *(OutputLine("x", "stderr") for _ in range(LINES_KEPT * 3)), Exited(0))
    assert len(events) == LINES_KEPT + 2
    assert events[-1] == Exited(0)
    assert OutputLine(f"[… {LINES_KEPT * 2} lines are left out of this recording …]", "stderr") in events
