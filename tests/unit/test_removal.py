"""Removing an image leaves the steps that others stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import docker
import pytest
from docker import errors as docker_errors

from tutor.engines import removal
from tutor.errors import TutorError


@dataclass
class Store:
    """Images by id, with the one below and their names. Like the containerd store it removes whatever it is told to."""

    below: dict[str, str]
    names: dict[str, list[str]]
    in_use: set[str] = field(default_factory=set)

    def _id(self, reference: str) -> str:
        named = (id for id, names in self.names.items() if reference in names)
        id = next(named, reference)
        if id not in self.below:
            raise docker_errors.ImageNotFound(reference)
        return id

    def inspect_image(self, reference: str) -> dict[str, Any]:
        return {"Id": self._id(reference), "Parent": self.below[self._id(reference)]}

    def images(self, all: bool) -> list[dict[str, Any]]:
        assert all
        return [{"Id": id, "ParentId": below, "RepoTags": self.names.get(id)} for id, below in self.below.items()]

    def remove_image(self, reference: str, force: bool, noprune: bool) -> list[dict[str, str]]:
        assert not force
        assert noprune
        id = self._id(reference)
        if id in self.in_use:
            raise docker_errors.APIError("conflict")
        names = self.names.get(id, [])
        if len(names) > 1:
            names.remove(reference)
            return [{"Untagged": reference}]
        del self.below[id]
        return [{"Untagged": reference}, {"Deleted": id}]


def store(*in_use: str) -> Store:
    """Two solutions on two shared steps of a base, the second with a step of its own."""
    below = {"base": "", "1": "base", "2": "1", "mine": "2", "3": "2", "other": "3"}
    return Store(below, {"base": ["base"], "mine": ["mine"], "other": ["other"], "3": ["<none>:<none>"]}, set(in_use))


def remove(engine: Store, reference: str) -> set[str]:
    """What goes with it."""
    before = set(engine.below)
    removal.remove(cast(docker.APIClient, engine), reference)
    return before - set(engine.below)


def test_steps_that_others_stand_on_stay() -> None:
    engine = store()
    assert remove(engine, "other") == {"other", "3"}
    assert remove(engine, "mine") == {"mine", "1", "2"}
    assert set(engine.below) == {"base"}


def test_an_image_that_keeps_another_name_keeps_its_steps() -> None:
    engine = store()
    engine.names["other"].append("more")
    assert remove(engine, "other") == set()
    assert remove(engine, "more") == {"other", "3"}


def test_a_step_in_use_stays_with_all_below_it() -> None:
    assert remove(store("3"), "other") == {"other"}


def test_an_image_in_use_is_refused_whole() -> None:
    engine = store("other")
    with pytest.raises(TutorError):
        remove(engine, "other")
    assert "3" in engine.below


def test_one_that_is_not_there_is_no_error() -> None:
    assert remove(store(), "nobody") == set()
