"""Why a step isn't cached: what it is made of now, beside what its counterpart in the last build was made of."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tutor.builds.dockerfile import Instruction
from tutor.builds.forecast.content import LINKS, Content, compared
from tutor.builds.forecast.model import (
    BaseChanged,
    Cause,
    FilesChanged,
    InstructionChanged,
    InstructionNew,
    LastBuildEnded,
    MostlyRuns,
    NothingKnown,
    OrderChanged,
    Remote,
    SameBytes,
    Setting,
    SettingChanged,
    StageNotNeeded,
    StageRan,
    StepAbove,
    Untouched,
    ValueChanged,
    Verdict,
)
from tutor.builds.forecast.walk import Walk, Walked
from tutor.builds.forecast.work import CONTEXT
from tutor.builds.snapshot import Change, FileChange, differences
from tutor.builds.steps import Step
from tutor.builds.tree import Alike


def counterparts(now: Sequence[Step], then: Sequence[Step]) -> dict[int, int]:
    """For each step of this build the one of the last build that it came from, as far as the texts tell.

    Stages are paired by name, else by number; in them, equal instructions, then what stands in their place with the
    same keyword.
    """
    pairs: dict[int, int] = {}
    stages_then = {step.stage_label: step.stage for step in then} | {step.stage: step.stage for step in then}
    for label, number in dict.fromkeys((step.stage_label, step.stage) for step in now):
        stage = stages_then.get(label, stages_then.get(number))
        ours = [i for i, step in enumerate(now) if step.stage == number]
        theirs = [i for i, step in enumerate(then) if step.stage == stage]
        texts = [now[i].instruction.exact for i in ours], [then[i].instruction.exact for i in theirs]
        matcher = difflib.SequenceMatcher(None, texts[1], texts[0], autojunk=False)
        for tag, from_then, to_then, from_now, to_now in matcher.get_opcodes():
            if tag == "equal":
                pairs |= zip(ours[from_now:to_now], theirs[from_then:to_then], strict=True)
            elif tag == "replace":
                left = theirs[from_then:to_then]
                for i in ours[from_now:to_now]:
                    same = [j for j in left if then[j].instruction.keyword == now[i].instruction.keyword]
                    if same:
                        pairs[i] = same[0]
                        left = left[left.index(same[0]) + 1 :]
    return pairs | _moved(now, then, pairs)


def _moved(now: Sequence[Step], then: Sequence[Step], pairs: dict[int, int]) -> dict[int, int]:
    """Instructions that stand elsewhere now, word for word."""
    free = [j for j in range(len(then)) if j not in pairs.values()]
    moved: dict[int, int] = {}
    for i, step in enumerate(now):
        if i not in pairs:
            same = [j for j in free if then[j].instruction.exact == step.instruction.exact]
            if same:
                moved[i] = same[0]
                free.remove(same[0])
    return moved


class Causes:
    """Answers for one forecast: `now` beside `then`, the walk of the last build (None when there was none)."""

    def __init__(self, now: Walk, then: Walk | None, done: frozenset[int]) -> None:
        self._now = now
        self._then = then
        self._done = done
        pairs = counterparts([w.step for w in now.steps], [w.step for w in then.steps]) if then else {}
        self._pairs = pairs

    def of(self, index: int, walked: Walked) -> tuple[Cause, ...]:
        """Why a step gets its verdict."""
        if walked.work is None:
            return (StageNotNeeded(walked.step.stage_label),)
        if walked.verdict is Verdict.CACHED:
            return self._kept(walked)
        if self._then is None:
            return (NothingKnown(),)
        pair = self._pairs.get(index)
        then = self._then.steps[pair] if pair is not None else None
        causes: list[Cause] = []
        if then is None:
            causes.append(InstructionNew())
        elif then.work is not None:
            causes += self._own(walked, then)
        causes += [Remote(address) for address in walked.work.remote]
        if walked.missed is not None:
            causes.append(StepAbove(walked.missed))
        elif then is not None and then.work is not None and not causes and then.ground.chain != walked.ground.chain:
            causes.append(self._ground(walked, then))
        if not causes:
            ended = pair is not None and pair not in self._done
            causes.append(LastBuildEnded() if ended or (then and then.work is None) else MostlyRuns())
        return tuple(causes)

    def _kept(self, walked: Walked) -> tuple[Cause, ...]:
        assert walked.work is not None
        for take, missed in zip(walked.work.takes, walked.missed_in, strict=True):
            source = self._now.dockerfile.source_stage(take.origin, walked.step.stage)
            if source is not None and missed is not None:
                return (SameBytes(source.label, missed),)
        return (Untouched(),)

    def _own(self, now: Walked, then: Walked) -> list[Cause]:
        """What is different about the step itself."""
        assert now.work is not None
        assert then.work is not None
        causes: list[Cause] = []
        if _text(now.step.instruction) != _text(then.step.instruction):
            causes.append(InstructionChanged(str(then.step.instruction)))
        elif now.work.key != then.work.key:
            causes += self._settings(now, then)
        if [t.path for t in now.work.takes] == [t.path for t in then.work.takes]:
            taken = zip(now.work.takes, now.contents, then.contents, now.missed_in, strict=True)
            for take, content, old, missed in taken:
                causes += self._files(now, take.origin, content, old, missed)
        return causes

    def _settings(self, now: Walked, then: Walked) -> list[Cause]:
        """The same text, understood differently: variables and settings from above."""
        assert now.work is not None
        assert then.work is not None
        ours, theirs = dict(_parts(now)), dict(_parts(then))
        causes: list[Cause] = []
        for name in [n for n in {**theirs, **ours} if n.startswith("env ") and ours.get(n) != theirs.get(n)]:
            causes.append(ValueChanged(name.removeprefix("env "), theirs.get(name), ours.get(name)))
        values, old_values = now.scope.values, then.scope.values
        used = [
            n
            for n in {**old_values, **values}
            if f"${n}" in _text(now.step.instruction)[0] or f"${{{n}" in _text(now.step.instruction)[0]
        ]
        known = {cause.name for cause in causes if isinstance(cause, ValueChanged)}
        causes += [
            ValueChanged(n, old_values.get(n), values.get(n))
            for n in used
            if n not in known and values.get(n) != old_values.get(n)
        ]
        settings = (
            (Setting.WORKDIR, then.scope.workdir, now.scope.workdir),
            (Setting.USER, then.scope.user, now.scope.user),
            (Setting.SHELL, " ".join(then.scope.shell), " ".join(now.scope.shell)),
        )
        causes += [SettingChanged(setting, old, new) for setting, old, new in settings if old != new]
        if not causes:  # the same values in another order
            moved = [n for n, o in zip(ours, theirs, strict=False) if n != o and n.startswith("env ")]
            causes += [ValueChanged(n.removeprefix("env "), ours[n], ours[n]) for n in moved[:1]]
        return causes

    def _files(self, now: Walked, origin: str, content: Content, old: Content, missed: int | None) -> list[Cause]:
        if compared(content, old) is Alike.SAME:
            return []
        if origin == CONTEXT:
            assert now.work is not None
            changes = _changes(content, old, [take.path for take in now.work.takes if take.origin == CONTEXT])
            return [FilesChanged(tuple(changes))] if changes else []
        source = self._now.dockerfile.source_stage(origin, now.step.stage)
        if source is None:
            return [BaseChanged(origin, origin)]
        return [StageRan(source.label, missed)] if missed is not None else []

    def _ground(self, now: Walked, then: Walked) -> Cause:
        """Nothing about the step is different, nothing above it runs again: it stands on something else."""
        assert self._then is not None
        above_then = str(self._then.steps[then.on].step.instruction) if then.on is not None else ""
        above_now = str(self._now.steps[now.on].step.instruction) if now.on is not None else ""
        base_then = self._then.dockerfile.stages[then.step.stage].base
        base_now = self._now.dockerfile.stages[now.step.stage].base
        if now.on is None and then.on is None:
            return BaseChanged(base_then, base_now)
        return OrderChanged(above_then, above_now)


def _text(instruction: Instruction) -> tuple[str, tuple[str, ...]]:
    return instruction.exact, tuple(heredoc.body for heredoc in instruction.heredocs)


def _parts(walked: Walked) -> list[tuple[str, str]]:
    return [(part.name, part.value) for part in walked.work.parts] if walked.work else []


def _changes(content: Content, old: Content, paths: Sequence[str]) -> list[FileChange]:
    """The differences below what a step takes, with paths as they stand in the context."""
    named, before = dict(content), dict(old)
    top = paths[0].strip("/").removeprefix("./") if len(paths) == 1 else ""
    changes: list[FileChange] = []
    for name in dict.fromkeys([*before, *named]):
        start = name or ("" if top == "." else top)
        found = list(differences(before.get(name), named.get(name), start))
        # what the classic builder sees of links has no path of its own
        changes += [change for change in found if LINKS not in change.path] or [
            FileChange(start or ".", Change.CHANGED) for _ in found[:1]
        ]
    return changes
