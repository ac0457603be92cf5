"""Walk a Dockerfile step by step with a memory of earlier builds, and say of each step what becomes of it.

Where only the engine can tell what a stage holds (a RUN ran again), two worlds are walked: in the `sure` one it holds
something new, in the `hoped` one the same as before. A step that is cached in one and not in the other depends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from tutor.builds.builder import Builder
from tutor.builds.dockerfile import Instruction, Stage
from tutor.builds.forecast import buildkit, classic
from tutor.builds.forecast.content import Content, compared, content_of, key_of, names_of
from tutor.builds.forecast.effects import files_after
from tutor.builds.forecast.model import BaseImage, Inputs, Verdict
from tutor.builds.forecast.scope import Scope, after, clean_path, scope_on
from tutor.builds.forecast.work import CONTEXT, Work
from tutor.builds.resolve import escape_of, global_values, resolved
from tutor.builds.steps import Step, needed_stages, plan, sources
from tutor.builds.tree import Alike, Folder, digest_of, unknown_root

SCRATCH = "scratch"


@dataclass(frozen=True)
class Ground:
    """What a step stands on: `chain` is the key of all that was done, `files` what it left, as far as known."""

    chain: str
    files: Folder


@dataclass(frozen=True)
class Walked:
    """One step as it was walked. `on` is the step right under it, `missed` the first one under it that runs again.

    `work` is None for a step that isn't built. `key`, `contents` and `ground` are those of the sure world; `vertex`
    tells steps apart that BuildKit takes for different ones though they come to the same key.
    """

    step: Step
    verdict: Verdict
    scope: Scope
    work: Work | None = None
    ground: Ground = Ground("", Folder())
    contents: tuple[Content, ...] = ()
    key: str = ""
    vertex: str = ""
    on: int | None = None
    missed: int | None = None
    missed_in: tuple[int | None, ...] = ()
    """For each of the work's takes, the first step of the stage it comes from that runs again."""


@dataclass
class Memory:
    """What earlier builds have left in the engine's cache."""

    keys: set[str] = field(default_factory=set)
    made: dict[str, list[tuple[tuple[Content, ...], str]]] = field(default_factory=dict)
    """For a ground and a work, what was taken and which key came of it, the latest build last."""

    def remember(self, walked: Walked) -> None:
        if walked.work is not None:
            self.keys.add(walked.key)
            self.made.setdefault(_place_of(walked.ground, walked.work), []).append((walked.contents, walked.key))


class _Found(Enum):
    HIT = auto()
    MISS = auto()
    MAYBE = auto()


@dataclass(frozen=True)
class _World:
    """A step in one world: what it found in the memory, and the ground that it leaves."""

    found: _Found
    contents: tuple[Content, ...]
    key: str
    left: Ground


@dataclass(frozen=True)
class _State:
    """A stage at one point."""

    scope: Scope
    sure: Ground
    hoped: Ground
    vertex: str
    on: int | None = None
    missed: int | None = None


def image_key(name: str, images: Mapping[str, BaseImage]) -> str:
    """What stands for an image: its id where it is known, else its name without what Docker adds to it."""
    known = images.get(name)
    if known and known.id:
        return known.id
    return name.removeprefix("docker.io/").removeprefix("library/").removesuffix(":latest")


class Walk:
    """One walk over all stages; `steps` has an entry for each step of the plan when it is done."""

    def __init__(self, inputs: Inputs, memory: Memory) -> None:
        self.inputs = inputs
        self.memory = memory
        self.dockerfile = resolved(inputs.dockerfile, inputs.build_args)
        self._globals = global_values(inputs.dockerfile, inputs.build_args)
        self._plan = plan(self.dockerfile, inputs.builder)
        self._index = {(step.stage, step.position): i for i, step in enumerate(self._plan)}
        self._ends: dict[int, _State] = {}
        self._walked: dict[int, Walked] = {}
        self._read = self._stages_read()
        needed = self._needed()
        for stage in self.dockerfile.stages:
            if stage.index in needed:
                self._ends[stage.index] = self._stage(stage)
        nothing = Scope()
        self.steps = tuple(
            self._walked.get(i, Walked(step, Verdict.NOT_NEEDED, nothing)) for i, step in enumerate(self._plan)
        )

    def _needed(self) -> frozenset[int]:
        """BuildKit builds what the target needs, the classic builder all down to the target."""
        target = self.inputs.target
        if self.inputs.builder is Builder.BUILDKIT:
            return needed_stages(self.dockerfile, target)
        last = self.dockerfile.source_stage(target, len(self.dockerfile.stages)) if target else None
        return frozenset(range((last or self.dockerfile.final_stage).index + 1))

    def _stages_read(self) -> frozenset[int]:
        """The stages whose files matter, because a step takes some of them, or a stage stands on one that is read."""
        read: set[int] = set()
        for stage in reversed(self.dockerfile.stages):
            below = self.dockerfile.base_stage(stage)
            if below is not None and stage.index in read:
                read.add(below.index)
            named = [name for instruction in stage.instructions for name in sources(instruction)]
            read |= {s.index for s in (self.dockerfile.source_stage(name, stage.index) for name in named) if s}
        return frozenset(read)

    def _stage(self, stage: Stage) -> _State:
        below = self.dockerfile.base_stage(stage)
        if below is not None:
            end = self._ends[below.index]
            state = replace(end, scope=replace(end.scope, args={}))
        else:
            state = self._start(stage.base)
        for position, instruction in enumerate(stage.instructions):
            state = self._instruction(stage, position, instruction, state)
        return state

    def _start(self, base: str) -> _State:
        image = self.inputs.images.get(base, BaseImage())
        scope = scope_on(image if base != SCRATCH else BaseImage(), escape_of(self.dockerfile))
        chain = SCRATCH if base == SCRATCH else f"image {image_key(base, self.inputs.images)}"
        ground = Ground(chain, Folder() if base == SCRATCH else unknown_root(chain))
        return _State(scope, ground, ground, chain)

    def _instruction(self, stage: Stage, position: int, instruction: Instruction, state: _State) -> _State:
        scope = after(state.scope, instruction, self.inputs.build_args, self._globals)
        index = self._index.get((stage.index, position))
        if self.inputs.builder is Builder.CLASSIC:
            work: Work | None = classic.work_of(instruction, state.scope, self.inputs.build_args)
        else:
            work = buildkit.work_of(instruction, state.scope)
        if index is None or work is None:
            return replace(state, scope=scope)
        return self._step(index, stage, work, state, scope)

    def _step(self, index: int, stage: Stage, work: Work, state: _State, scope: Scope) -> _State:
        sure = self._world(stage, work, state.sure, hoped=False)
        hoped = sure
        if state.hoped is not state.sure or sure.found is _Found.MAYBE or self._takes_from_hope(stage, work):
            hoped = self._world(stage, work, state.hoped, hoped=True)
        verdict = _verdict(sure, hoped)
        if verdict is Verdict.CACHED and self._mostly_runs(work, state.sure):
            verdict = Verdict.DEPENDS
        origins = [self.dockerfile.source_stage(take.origin, stage.index) for take in work.takes]
        taken_from = [
            (self._ends[origin.index].vertex if origin else take.origin, clean_path(take.path))
            for origin, take in zip(origins, work.takes, strict=True)
        ]
        vertex = digest_of(state.vertex, work.key, taken_from)
        self._walked[index] = Walked(
            step=self._plan[index],
            verdict=verdict,
            scope=state.scope,
            work=work,
            ground=state.sure,
            contents=sure.contents,
            key=sure.key,
            vertex=vertex,
            on=state.on,
            missed=state.missed,
            missed_in=tuple(self._ends[o.index].missed if o else None for o in origins),
        )
        if self.inputs.builder is Builder.CLASSIC:  # it works one step after the other, and finds its own images too
            self.memory.remember(self._walked[index])
        missed = state.missed if state.missed is not None or sure.found is _Found.HIT else index
        return _State(scope, sure.left, sure.left if hoped is sure else hoped.left, vertex, index, missed)

    def _mostly_runs(self, work: Work, ground: Ground) -> bool:
        return self.inputs.builder is Builder.BUILDKIT and work.kind == "folder" and ground.chain == SCRATCH

    def _takes_from_hope(self, stage: Stage, work: Work) -> bool:
        origins = (self.dockerfile.source_stage(take.origin, stage.index) for take in work.takes)
        return any(o and self._ends[o.index].sure is not self._ends[o.index].hoped for o in origins)

    def _world(self, stage: Stage, work: Work, ground: Ground, hoped: bool) -> _World:
        roots = [self._root(take.origin, stage, hoped) for take in work.takes]
        contents = tuple(
            content_of(take, root, self.inputs.builder) for take, root in zip(work.takes, roots, strict=True)
        )
        where = _place_of(ground, work)
        key = digest_of(where, [key_of(content) for content in contents])
        found = _Found.HIT if key in self.memory.keys else _Found.MISS
        if work.remote and found is _Found.HIT and not hoped:  # what is fetched may be something else now
            found, key = _Found.MAYBE, digest_of(key, "fetched again")
        if found is _Found.MISS:
            for earlier, its_key in reversed(self.memory.made.get(where, ())):
                if _all_alike(contents, earlier) is Alike.UNSURE:
                    found = _Found.MAYBE
                    if hoped:
                        contents, key = earlier, its_key
                    break
        chain = digest_of(ground.chain, key) if work.alone else key
        files = ground.files
        if stage.index in self._read:
            names = [names_of(take, root) for take, root in zip(work.takes, roots, strict=True)]
            files = files_after(work, files, contents, names, key)
        return _World(found, contents, key, Ground(chain, files))

    def _root(self, origin: str, stage: Stage, hoped: bool) -> Folder:
        if origin == CONTEXT:
            return self.inputs.snapshot.root
        source = self.dockerfile.source_stage(origin, stage.index)
        if source is None:
            return unknown_root(f"image {image_key(origin, self.inputs.images)}")
        end = self._ends[source.index]
        return (end.hoped if hoped else end.sure).files


def _place_of(ground: Ground, work: Work) -> str:
    return digest_of("" if work.alone else ground.chain, work.key)


def _verdict(sure: _World, hoped: _World) -> Verdict:
    if sure.found is _Found.HIT:
        return Verdict.CACHED
    if sure.found is _Found.MISS and hoped.found is _Found.MISS:
        return Verdict.RERUNS
    return Verdict.DEPENDS


def _all_alike(some: tuple[Content, ...], others: tuple[Content, ...]) -> Alike:
    found = {compared(one, other) for one, other in zip(some, others, strict=True)}
    if Alike.DIFFERENT in found:
        return Alike.DIFFERENT
    return Alike.UNSURE if Alike.UNSURE in found else Alike.SAME
