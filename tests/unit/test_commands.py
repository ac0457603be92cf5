"""The commands of lessons, parsed into Actions."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.course.actions import (
    Action,
    BuildImage,
    CallHttp,
    CreateNetwork,
    InspectImage,
    ListImages,
    RemoveContainer,
    RunContainer,
    ShowHistory,
)
from tutor.course.commands import CommandError, parse_command


def of(command: str, kind: type[Action], **fields: Any) -> tuple[str, Action]:
    return command, kind(command=command, **fields)


@pytest.mark.parametrize(
    ("command", "action"),
    [
        of("docker image build -t image-of-the-day .", BuildImage, tag="image-of-the-day"),
        of(
            "docker build --tag=a:1 --file v2/Dockerfile --target builder sub",
            BuildImage,
            tag="a:1",
            dockerfile="v2/Dockerfile",
            target="builder",
            context="sub",
        ),
        of("docker image build sub", BuildImage, context="sub", dockerfile="sub/Dockerfile"),
        of(
            "docker image build --no-cache --build-arg A=b=c --build-arg D= -t x .",
            BuildImage,
            no_cache=True,
            build_args={"A": "b=c", "D": ""},
            tag="x",
        ),
        of(
            "docker container run --name iotd -d -p 800:80 --network nat image-of-the-day",
            RunContainer,
            name="iotd",
            detach=True,
            ports={80: 800},
            network="nat",
            image="image-of-the-day",
        ),
        of(
            "docker run --rm -e USER=other image cat -n '/a file'",
            RunContainer,
            env={"USER": "other"},
            image="image",
            arguments=("cat", "-n", "/a file"),
        ),
        of("docker container rm -f iotd", RemoveContainer, name="iotd"),
        of("docker network create nat", CreateNetwork, name="nat"),
        of(
            "docker image ls -f reference=diamol/golang -f reference=image-gallery",
            ListImages,
            references=("diamol/golang", "image-gallery"),
        ),
        of("docker image history multi-stage", ShowHistory, image="multi-stage"),
        of("docker image inspect access-log", InspectImage, image="access-log"),
        of(
            "docker image inspect --format '{{json .Config.Cmd}} {{.Config.WorkingDir}}' access-log",
            InspectImage,
            image="access-log",
            fields=("Cmd", "WorkingDir"),
        ),
        of("curl localhost:800/image", CallHttp, address="http://localhost:800/image"),
        of(
            """curl -s -H 'Content-Type: application/json' -d '{"a": 1}' http://localhost:801/access-log""",
            CallHttp,
            address="http://localhost:801/access-log",
            method="POST",
            data='{"a": 1}',
            headers={"Content-Type": "application/json"},
        ),
        of("curl -X DELETE localhost", CallHttp, address="http://localhost", method="DELETE"),
    ],
)
def test_a_command_and_its_action(command: str, action: Action) -> None:
    assert parse_command(command) == action


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("docker ps", "lessons can't run `docker ps`"),
        ("make", "lessons can't run"),
        ("", "lessons can't run"),
        ("docker image build", "one build context"),
        ("docker image build . .", "nothing after it"),
        ("docker image build -t", "-t needs a value"),
        ("docker image build --pull .", "don't know the flag --pull"),
        ("docker image build --no-cache=1 .", "don't know the flag --no-cache"),
        ("docker image build --build-arg A .", "NAME=VALUE"),
        ("docker image build 'a", "a quote isn't closed"),
        ("docker image build . && ls", "without the shell's `&&`"),
        ("docker container run", "an image to run"),
        ("docker container run -p 80 x", "HOST_PORT:CONTAINER_PORT"),
        ("docker container run -p a:b x", "HOST_PORT:CONTAINER_PORT"),
        ("docker image ls -f dangling=true", "reference="),
        ("docker image inspect -f '{{.Id}}' x", "--format"),
        ("curl", "one address"),
        ("curl -H nonsense localhost", "NAME:VALUE"),
    ],
)
def test_what_lessons_do_not_know(command: str, part: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_command(command)
    assert part in str(caught.value)
