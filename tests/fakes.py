"""A fake engine for tests that need no Docker: it plays scripted builds, or simulates the layer cache.

engine = FakeEngine()
engine.script("multi-stage", started(text), StepStarted(0), …)   # the next build of that tag plays these events
engine.prints["multi-stage"] = ("Building...", "Testing...")     # what a container of that image prints
engine.hold.clear()                                              # builds and runs wait before their last event
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tutor.builds.builder import Builder, Outcome
from tutor.builds.contents import ImageContents, ImageRead
from tutor.builds.dockerfile import Dockerfile, Flag, Instruction, Stage
from tutor.builds.engine import (
    BuildRequest,
    Container,
    EngineFacts,
    Exited,
    FileEntry,
    ImageInfo,
    OutputLine,
    RunSpec,
)
from tutor.builds.events import (
    BuildCancelled,
    BuildEvent,
    BuildFailed,
    BuildStarted,
    BuildSucceeded,
    FailureKind,
    PullProgress,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.builds.layers import Layer
from tutor.builds.steps import Step, built_stages, plan
from tutor.errors import TutorError

HOLD_SECONDS = 30.0
"""A held build gives up after this long, so that a broken test ends."""


def dockerfile(text: str) -> Dockerfile:
    """A model of a plain Dockerfile: one instruction a line, no continuations, `--from` the only flag read."""
    stages: list[Stage] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        keyword, _, rest = line.strip().partition(" ")
        words = rest.split()
        flags = tuple(Flag(*w[2:].split("=", 1)) for w in words if w.startswith("--") and "=" in w)
        arguments = " ".join(words[len(flags) :])
        instruction = Instruction(keyword.upper(), arguments, number, number, line, flags)
        if keyword.upper() == "FROM":
            name = words[2].lower() if len(words) == 3 else ""
            stages.append(Stage(len(stages), name, words[0], instruction, ()))
        else:
            stages[-1] = replace(stages[-1], instructions=(*stages[-1].instructions, instruction))
    return Dockerfile(text, tuple(stages))


def started(text: str, build_id: str = "fake", builder: Builder = Builder.BUILDKIT) -> BuildStarted:
    """The first event of a build of this Dockerfile text."""
    model = dockerfile(text)
    return BuildStarted(build_id, builder, model, plan(model, builder))


@dataclass
class FakeEngine:
    """Implements `tutor.builds.engine.Engine` in memory. `calls` tells what was asked of it, in order."""

    version: str = "20.10.24"
    builder: Builder = Builder.BUILDKIT
    live: bool = True
    failing: tuple[str, ...] = ()
    """Texts of RUN instructions that fail in simulated builds."""
    prints: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exit_codes: dict[str, int] = field(default_factory=dict)
    image_files: dict[str, tuple[FileEntry, ...]] = field(default_factory=dict)
    image_contents: dict[str, ImageContents] = field(default_factory=dict)
    taken_ports: set[int] = field(default_factory=set)
    free_port: int = 49152
    """What a container gets in place of a taken port, or the next one that is free."""
    calls: list[tuple[str, object]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    _scripts: dict[str, deque[tuple[BuildEvent, ...] | TutorError]] = field(default_factory=lambda: defaultdict(deque))
    _cache: set[str] = field(default_factory=set)
    _cancelled: set[str] = field(default_factory=set)
    _images: dict[str, ImageInfo] = field(default_factory=dict)
    _layers: dict[str, tuple[Layer, ...]] = field(default_factory=dict)
    _containers: dict[str, Container] = field(default_factory=dict)
    _networks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hold.set()

    def script(self, tag: str, *events: BuildEvent | TutorError) -> None:
        """Queue one build of `tag`: its events, or one error that it raises. The last script is played for ever."""
        first = events[0]
        self._scripts[tag].append(
            first if isinstance(first, TutorError) else tuple(e for e in events if not isinstance(e, TutorError))
        )

    def facts(self) -> EngineFacts:
        return EngineFacts(self.version, self.builder, "overlay2", "unix:///fake.sock", self.live)

    def build(self, request: BuildRequest) -> Iterator[BuildEvent]:
        self.calls.append(("build", request))
        script = self._scripts.get(request.tag)
        if script:
            played = script.popleft() if len(script) > 1 else script[0]
            if isinstance(played, TutorError):
                raise played
            events: Iterator[BuildEvent] = iter(played)
        else:
            events = self._simulate(request)
        yield from self._played(request, events)

    def _played(self, request: BuildRequest, events: Iterator[BuildEvent]) -> Iterator[BuildEvent]:
        for event in events:
            if isinstance(event, BuildSucceeded | BuildFailed):
                self.hold.wait(HOLD_SECONDS)
            if request.build_id in self._cancelled:
                yield BuildCancelled()
                return
            if isinstance(event, BuildSucceeded) and request.tag:
                self._keep(request, event)
            yield event

    def _keep(self, request: BuildRequest, built: BuildSucceeded) -> None:
        size = sum(layer.size_bytes for layer in built.layers)
        tag = request.tag
        self._images[tag] = ImageInfo(built.image_id, (f"{tag}:latest",), size, request.labels)
        self._layers[tag] = built.layers

    def _simulate(self, request: BuildRequest) -> Iterator[BuildEvent]:
        path = request.context / request.dockerfile
        start = started(path.read_text("utf-8"), request.build_id, self.builder)
        yield start
        model = start.dockerfile
        wanted = built_stages(model, self.builder)
        keys: dict[int, str] = {}
        for index, step in enumerate(start.steps):
            if step.stage not in wanted:
                continue
            key = keys[step.stage] = self._key(step, model, keys, request.context)
            yield StepStarted(index)
            if any(text in step.instruction.arguments for text in self.failing):
                yield StepOutput(index, "the fake step failed")
                yield StepFinished(index, Outcome.FAILED, 0.1)
                yield BuildFailed(
                    f"{step.instruction} failed with exit code 1", FailureKind.STEP, index, step.instruction.line, 1
                )
                return
            hit = key in self._cache and not request.no_cache
            self._cache.add(key)
            if not hit and step.instruction.keyword == "RUN":
                yield StepOutput(index, f"running {step.instruction.arguments}")
            yield StepFinished(index, Outcome.CACHED if hit else Outcome.REBUILT, 0.0 if hit else 0.1)
        last = model.final_stage
        layers = tuple(Layer(1000 if i.makes_layer else 0, str(i), i.line) for i in last.instructions)
        digest = hashlib.sha256("".join(keys.values()).encode()).hexdigest()
        yield BuildSucceeded(f"sha256:{digest}", (Layer(2_000_000, f"base {last.base}"), *layers))

    def _key(self, step: Step, model: Dockerfile, keys: dict[int, str], context: Path) -> str:
        stage = model.stages[step.stage]
        below = model.base_stage(stage)
        parts = [keys.get(stage.index) or (keys.get(below.index, "") if below else stage.base), str(step.instruction)]
        source = step.instruction.flag("from")
        if source is not None:
            used = model.source_stage(source, stage.index)
            parts.append(keys.get(used.index, "") if used else source)
        elif step.instruction.keyword in {"COPY", "ADD"}:
            for pattern in step.instruction.arguments.split()[:-1]:
                found = context.rglob("*") if pattern == "." else context.glob(pattern)
                parts += [f"{file.name} {file.read_bytes()!r}" for file in sorted(found) if file.is_file()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def cancel(self, build_id: str) -> None:
        self.calls.append(("cancel", build_id))
        self._cancelled.add(build_id)
        self.hold.set()

    def pull(self, image: str) -> Iterator[PullProgress]:
        self.calls.append(("pull", image))
        self.add_image(image)
        yield PullProgress(image, "Pull complete", 2_000_000, 2_000_000)

    def add_image(self, tag: str, size_bytes: int = 2_000_000, **config: object) -> None:
        """Have an image without building it."""
        digest = hashlib.sha256(tag.encode()).hexdigest()
        self._images[tag] = ImageInfo(f"sha256:{digest}", (f"{tag}:latest",), size_bytes, config=config)
        self._layers[tag] = (Layer(size_bytes, "base"),)

    def image(self, reference: str) -> ImageInfo | None:
        by_id = {info.id: info for info in self._images.values()}
        return self._images.get(reference.removesuffix(":latest")) or by_id.get(reference)

    def images(self, references: tuple[str, ...] = ()) -> tuple[ImageInfo, ...]:
        return tuple(info for tag, info in self._images.items() if not references or tag in references)

    def layers(self, image: str) -> tuple[Layer, ...]:
        return self._layers[self._there(image)]

    def files(self, image: str) -> Iterator[FileEntry]:
        yield from self.image_files.get(self._there(image), ())

    def contents(self, image: str) -> Iterator[ImageRead | ImageContents]:
        self.calls.append(("contents", image))
        info = self.image(image)
        if info is None:
            raise TutorError(f"There is no image {image} here.", "Build it first.")
        yield ImageRead(0, info.size_bytes)
        yield ImageRead(info.size_bytes // 2, info.size_bytes)
        self.hold.wait(HOLD_SECONDS)
        yield self.image_contents.get(info.tags[0].removesuffix(":latest"), ImageContents(()))

    def _there(self, image: str) -> str:
        if self.image(image) is None:
            raise TutorError(f"There is no image {image} here.", "Build it first.")
        return image.removesuffix(":latest")

    def remove_image(self, reference: str) -> None:
        self.calls.append(("remove_image", reference))
        self._images.pop(reference, None)

    def run(self, spec: RunSpec) -> Iterator[OutputLine | Exited]:
        self.calls.append(("run", spec))
        image = self._there(spec.image)
        for text in self.prints.get(image, ()):
            yield OutputLine(text)
        self.hold.wait(HOLD_SECONDS)
        yield Exited(self.exit_codes.get(image, 0))

    def start(self, spec: RunSpec) -> Container:
        self.calls.append(("start", spec))
        name = spec.name or f"unnamed-{len(self._containers)}"
        ports = {inside: self._free(outside) for inside, outside in spec.ports.items()}
        container = Container(f"id-{name}", f"diamol-tutor-{name}", self._there(spec.image), "running", ports)
        self._containers[container.name] = container
        return container

    def _free(self, wanted: int) -> int:
        port = self.free_port if wanted in self.taken_ports or not wanted else wanted
        while port in self.taken_ports:
            port += 1
        self.taken_ports.add(port)
        return port

    def inspect(self, container: str) -> Container | None:
        found = (
            c for c in self._containers.values() if container in (c.id, c.name, c.name.removeprefix("diamol-tutor-"))
        )
        return next(found, None)

    def logs(self, container: str, tail: int = 100) -> tuple[str, ...]:
        found = self.inspect(container)
        return self.prints.get(found.image, ())[-tail:] if found else ()

    def containers(self) -> tuple[Container, ...]:
        return tuple(self._containers.values())

    def remove_container(self, container: str) -> None:
        self.calls.append(("remove_container", container))
        found = self.inspect(container)
        if found:
            del self._containers[found.name]
            self.taken_ports -= set(found.ports.values())

    def create_network(self, name: str) -> str:
        self.calls.append(("create_network", name))
        real = f"diamol-tutor-{name}"
        if real not in self._networks:
            self._networks.append(real)
        return real

    def networks(self) -> tuple[str, ...]:
        return tuple(self._networks)

    def remove_network(self, name: str) -> None:
        self._networks = [n for n in self._networks if n not in (name, f"diamol-tutor-{name}")]
