"""What the learner says a build will do, and how that compares with what it did."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.ui.build_view import BuildView, State


@dataclass(frozen=True)
class Prediction:
    """Said step by step (`reruns`: indexes of the layer steps that run again), or as a number (`count`)."""

    reruns: frozenset[int] = frozenset()
    count: int | None = None

    def said(self, step: int) -> State | None:
        """What was said of one step; None where only a number was."""
        if self.count is not None:
            return None
        return State.REBUILT if step in self.reruns else State.CACHED


@dataclass(frozen=True)
class Score:
    """`right` of `total`; `missed` are the indexes of the steps that came otherwise. `rerun` layers ran again."""

    right: int
    total: int
    missed: tuple[int, ...]
    rerun: int


def score(prediction: Prediction, view: BuildView) -> Score:
    """Compare with a finished build. Only layer steps count, and of them those that the build got to."""
    ended = {
        i: step.state
        for i, step in enumerate(view.steps)
        if step.step.makes_layer and step.state in (State.CACHED, State.REBUILT, State.FAILED)
    }
    rerun = sum(state is not State.CACHED for state in ended.values())
    if prediction.count is not None:
        right = int(prediction.count == rerun)
        return Score(right, 1, (), rerun)
    missed = tuple(i for i, state in ended.items() if (state is not State.CACHED) != (i in prediction.reruns))
    return Score(len(ended) - len(missed), len(ended), missed, rerun)
