"""What the app knows of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.errors import NoEngine, TutorError
from tutor.language import Words
from tutor.ui.text import MUTED, join

if TYPE_CHECKING:  # the first screen needn't wait for these
    from tutor.builds.engine import Engine, EngineFacts
    from tutor.course.recordings.player import Player


LOOK_AGAIN_S = 1.0
"""How often a lost engine is looked for."""


@dataclass(frozen=True)
class Connecting:
    """Not known yet."""


@dataclass(frozen=True)
class Connected:
    engine: Engine
    facts: EngineFacts


@dataclass(frozen=True)
class Unreachable:
    """No engine; `error` says why and what to do."""

    error: TutorError


EngineState = Connecting | Connected | Unreachable


def engine_label(state: EngineState, words: Words, short: bool) -> Content:
    """The engine's state as a sign with words, for the top row."""
    match state:
        case Connecting():
            return join(("○ ", MUTED), (words("ui.engine.connecting"), MUTED))
        case Connected(_, facts):
            sign, style = ("●", "$success") if facts.live else ("◇", "$warning")
            name = "Docker" if facts.live else words("ui.engine.recorded")
            rest = f" {facts.version} {words(f'ui.builder.{facts.builder}')}" + ("" if short else f" {facts.store}")
            return join((f"{sign} ", style), name, rest)
        case Unreachable():
            return join(("✗ ", "$error"), (words("ui.engine.none"), "$error"))


def live_engine(state: EngineState) -> Engine | None:
    """The engine where examples really run, or None."""
    match state:
        case Connected(engine, facts) if facts.live:
            return engine
        case _:
            return None


def looked_for(connect: Callable[[], Engine], stop: Event) -> Iterator[Connected]:
    """Look for a live engine again and again, and yield it once it is there. Blocks, until `stop` is set."""
    while not stop.wait(LOOK_AGAIN_S):
        try:
            engine = connect()
            facts = engine.facts()
        except NoEngine:
            continue
        if facts.live:
            yield Connected(engine, facts)
            return


def player(state: EngineState) -> Player | None:
    """What plays recordings in place of a live engine, or None."""
    from tutor.course.recordings.engine import RecordedEngine

    match state:
        case Connected(RecordedEngine() as engine):
            return engine.player
        case _:
            return None
