"""What of the tutor's stands on the engine, and how it is stopped. All of it blocks: call it in a thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tutor.builds.engine import NAME_PREFIX, Container, Engine
from tutor.errors import TutorError


@dataclass(frozen=True)
class Network:
    """A network of the tutor's, by its real name."""

    name: str


Standing = Container | Network


@dataclass(frozen=True)
class Running:
    """The containers of lessons, running or not, and the tutor's networks."""

    containers: tuple[Container, ...] = ()
    networks: tuple[Network, ...] = ()

    @property
    def all(self) -> tuple[Standing, ...]:
        return (*self.containers, *self.networks)

    @property
    def count(self) -> int:
        """How many containers run."""
        return sum(container.state == "running" for container in self.containers)


def look(engine: Engine) -> Running:
    """What stands on the engine now, those that run first. Raises TutorError.

    The containers of a grade are left out: they live for a moment, and the grade ends them, perhaps another tutor's.
    """
    from tutor.grade.leftovers import OF_GRADES

    lessons = (container for container in engine.containers() if not container.name.startswith(OF_GRADES))
    containers = sorted(lessons, key=lambda c: (c.state != "running", c.name))
    return Running(tuple(containers), tuple(Network(name) for name in sorted(engine.networks())))


def stop(engine: Engine, things: Iterable[Standing]) -> None:
    """Stop and remove these; networks last, as the engine keeps one while a container is on it. Raises TutorError.

    What can't be removed keeps nothing else from it: the first failure is raised at the end.
    """
    failures = []
    for thing in sorted(things, key=lambda each: isinstance(each, Network)):
        try:
            match thing:
                case Container(id=container):
                    engine.remove_container(container)
                case Network(name):
                    engine.remove_network(name)
        except TutorError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def key_of(thing: Standing) -> str:
    """What tells it from all others on one engine, also from one of the same name that was there before."""
    match thing:
        case Container(id=container):
            return container
        case Network(name):
            return name


def short_name(thing: Standing) -> str:
    """The name as lessons know it."""
    return thing.name.removeprefix(NAME_PREFIX)
