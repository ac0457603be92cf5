"""Whether a lesson's commands can follow one another: images are built, containers started, before they are used."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from tutor.course.actions import (
    Action,
    BuildImage,
    CallHttp,
    CreateNetwork,
    InspectImage,
    ListImages,
    LookInside,
    RemoveContainer,
    RunContainer,
    ShowHistory,
)
from tutor.course.lesson import Lesson
from tutor.course.problems import Problem

_PORT_OF_HTTP = 80


class Story:
    """What is there after the lessons so far: images of any section, containers and networks likewise."""

    def __init__(self, exercises: Path) -> None:
        bases = exercises / "bases"
        self._images = {f"diamol/{folder.name}" for folder in bases.glob("*") if (folder / "Dockerfile").is_file()}
        self._containers: set[str] = set()
        self._networks: set[str] = set()
        self._ports: set[int] = set()

    def follow(self, file: Path, lesson: Lesson) -> list[Problem]:
        """Go through a lesson; gives what its commands need and nothing before has made."""
        problems = []
        for step in lesson.steps:
            for action in step.actions:
                missing = [] if action.expected.fails else self._missing(action)
                problems += [Problem(file, action.line, sentence) for sentence in missing]
                self._happen(action)
        return problems

    def _missing(self, action: Action) -> list[str]:
        images: tuple[str, ...] = ()
        match action:
            case RunContainer(image=image, network=network):
                if network and network not in self._networks:
                    return [f"no step before this creates the network {network}"]
                images = (image,)
            case ShowHistory(image=image) | InspectImage(image=image) | LookInside(image=image):
                images = (image,)
            case ListImages(references=references, expected=expected):
                images = tuple(image for image in references if image not in expected.absent)
            case RemoveContainer(name=name) if name not in self._containers:
                return [f"no step before this starts a container {name}"]
            case CallHttp(address=address):
                port = urlsplit(address).port or _PORT_OF_HTTP
                if port not in self._ports:
                    return [f"no step before this publishes the port {port}"]
            case _:
                pass
        return [f"no step before this builds the image {image}" for image in images if image not in self._images]

    def _happen(self, action: Action) -> None:
        match action:
            case BuildImage(tag=tag, expected=expected) if tag and not expected.fails:
                self._images.add(tag)
            case RunContainer(detach=True, name=name, ports=ports):
                self._containers.add(name)
                self._ports |= set(ports.values())
            case CreateNetwork(name=name):
                self._networks.add(name)
            case RemoveContainer(name=name):
                self._containers.discard(name)
            case _:
                pass
