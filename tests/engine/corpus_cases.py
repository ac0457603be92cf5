"""The corpus: Dockerfiles as people write them, each with what the grader must say of it (`corpus/cases.toml`)."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.builds.builder import Builder
from tutor.builds.engine import EngineFacts
from tutor.course.exercise import Exercise

FOLDER = Path(__file__).parent / "corpus"

UNREADABLE = {"builds": "unsupported"}
"""The checks that fail where a builder is older than the syntax."""


@dataclass(frozen=True, eq=False)
class Case:
    """See the head of `cases.toml`."""

    name: str
    says: str
    fails: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)
    passes: Mapping[str, str] = field(default_factory=dict)
    layers: int = 1
    notes: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    classic: Mapping[str, int | str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    value: str = ""
    frontend: bool = False

    def write(self, exercise: Exercise, folder: Path) -> Path:
        """The whole build context: the start folder with what this case has otherwise."""
        made = folder / self.name
        shutil.copytree(exercise.start, made)
        for name in self.remove:
            (made / name).unlink()
        shutil.copytree(FOLDER / self.name, made, dirs_exist_ok=True)
        return made

    def readable(self, facts: EngineFacts) -> bool:
        """Whether this engine's builder knows the syntax used."""
        wanted = self.needs.get(facts.builder, "0")
        return wanted != "none" and _version(facts.version) >= _version(wanted)

    def expected(self, exercise: Exercise, facts: EngineFacts) -> dict[str, tuple[str, str]]:
        """Each check's verdict and reason."""
        fails = dict(self.fails) if self.readable(facts) else UNREADABLE
        if facts.builder is Builder.CLASSIC:
            fails = {check: str(self.classic.get(check, reason)) for check, reason in fails.items()}
        return {check: self._outcome(check, fails) for check in exercise.points}

    def _outcome(self, check: str, fails: Mapping[str, str]) -> tuple[str, str]:
        if check in fails:
            return "fail", fails[check]
        if "builds" in fails:
            return "not judged", "not_judged"
        if check in self.open:
            return "not judged", self.open[check]
        return "pass", self.passes.get(check, "pass")


def _version(text: str) -> tuple[int, int]:
    found = re.match(r"(\d+)\.?(\d*)", text)
    assert found, text
    return int(found[1]), int(found[2] or 0)


def load_cases() -> tuple[Case, ...]:
    table: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "cases.toml").read_text("utf-8"))
    return tuple(Case(name, **{**entry, "remove": tuple(entry.get("remove", ()))}) for name, entry in table.items())
