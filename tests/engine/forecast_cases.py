"""Dockerfiles, contexts and edits made up at random, for holding forecasts against the engine.

`@` stands for a token of each run's own wherever text could meet an earlier run's cache: contents, paths, commands. A
label with it heads every stage, for instructions without it.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tutor.builds.builder import Builder

MODES = (0o644, 0o755, 0o600)
FOLDER_MODES = (0o755, 0o700)


@dataclass(frozen=True)
class State:
    """What one build is made of. `files`: path to content and mode; a path with `/` at its end is an empty folder.

    Contents that begin with `->` are links. `stages` hold the instructions below each FROM.
    """

    froms: tuple[str, ...]
    stages: tuple[tuple[str, ...], ...]
    files: dict[str, tuple[str, int]]
    head: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    build_args: dict[str, str] = field(default_factory=dict)
    target: str = ""

    def dockerfile(self, token: str) -> str:
        lines = [*self.head]
        for start, stage in zip(self.froms, self.stages, strict=True):
            lines += [start, "LABEL chain=@", *stage]
        return "\n".join(lines).replace("@", token) + "\n"

    def lay(self, folder: Path, token: str) -> None:
        """Write the context into `folder`, in place of what is there."""
        for old in folder.iterdir():
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink()
        for path, (content, mode) in sorted(self.files.items()):
            there = folder / path
            there.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                there.mkdir(exist_ok=True)
                there.chmod(mode)
            elif content.startswith("->"):
                there.symlink_to(content[2:])
            else:
                there.write_text(content.replace("@", token))
                there.chmod(mode)
        (folder / "Dockerfile").write_text(self.dockerfile(token))
        if self.ignored:
            (folder / ".dockerignore").write_text("\n".join(self.ignored) + "\n")


FILES = {
    "a.txt": ("a @", 0o644),
    "b.txt": ("b @", 0o644),
    "notes.md": ("n @", 0o644),
    "src/": ("", 0o755),
    "src/main.go": ("main @", 0o644),
    "src/util.go": ("util @", 0o644),
    "src/sub/": ("", 0o755),
    "src/sub/x.txt": ("x @", 0o644),
    "web/index.html": ("<p>@", 0o644),
    "web/style.css": ("css @", 0o644),
    "empty/": ("", 0o755),
    "to-a": ("->a.txt", 0o777),
    "src/to-a": ("->../a.txt", 0o777),
}
SINGLE = ("a.txt", "b.txt", "src/main.go", "web/index.html", "to-a", "./notes.md")
FOLDERS = ("src", "src/", "web", "./web/", "src/sub", ".", "empty")
WILD = ("*.txt", "*.md", "src/*.go", "we?/*", "[ab].txt", "src/*", "w*")


class Maker:
    """Makes one chain of states from a seed."""

    def __init__(self, seed: int, builder: Builder) -> None:
        self.random = random.Random(f"{builder} {seed}")
        self.builder = builder
        self.count = 0

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def new(self) -> int:
        self.count += 1
        return self.count

    def start(self) -> State:
        state = self.dice()
        while not is_whole(state):
            state = self.dice()
        return state

    def dice(self) -> State:
        files = {path: entry for path, entry in FILES.items() if self.chance(92) or path in SINGLE}
        files |= {path: FILES[path] for path in ("src/main.go", "a.txt", "notes.md", "src/sub/x.txt", "src/util.go")}
        head = ("ARG BASE=diamol/base", "ARG G=1@")
        froms: list[str] = []
        stages: list[tuple[str, ...]] = []
        outputs: list[list[str]] = []
        shells: list[bool] = []
        for i in range(self.random.choice((1, 2, 2, 3, 3, 4))):
            names = [f"s{j}" for j in range(i)]
            kind = self.random.randrange(10)
            if kind < 2:
                base, shell, has = "scratch", False, []
            elif kind < 4 and names:
                j = self.random.randrange(i)
                base, shell, has = names[j], shells[j], [*outputs[j]]
            else:
                base, shell, has = self.random.choice(("diamol/base", "diamol/base", "$BASE")), True, []
            froms.append(f"FROM {base} AS s{i}")
            instructions, made = self.stage(shell, outputs, has)
            stages.append(instructions)
            outputs.append(made)
            shells.append(shell)
        build_args = {"V": "given@"} if self.chance(20) else {}
        ignored = ("Dockerfile", ".dockerignore") if self.chance(60) else ()
        return State(tuple(froms), tuple(stages), files, head, ignored, build_args)

    def stage(self, shell: bool, above: list[list[str]], has: list[str]) -> tuple[tuple[str, ...], list[str]]:
        """Instructions, and the paths that later stages may take from this one."""
        made = [*has]
        lines: list[str] = []
        wanted = self.random.randrange(3, 8)
        for i, paths in enumerate(above):
            if self.chance(50):  # else most stages would stand there for nothing
                lines.append(self.copy_from((i, self.random.choice(paths)), made))
        while len(lines) < wanted or not made:
            lines.insert(self.random.randrange(len(lines) + 1), self.instruction(shell, above, made))
        return tuple(lines), made

    def instruction(self, shell: bool, above: list[list[str]], made: list[str]) -> str:
        kinds: list[tuple[int, Callable[[], str]]] = [
            (5, lambda: self.copy_one(made)),
            (3, lambda: self.copy_folder(made)),
            (3, lambda: self.copy_wild(made)),
            (2, lambda: f"COPY a.txt notes.md {self.folder()}"),
            (2, self.workdir),
            (4, self.metadata),
            (1, lambda: f"COPY --from=diamol/base /bin/busybox /@/i{self.new()}"),
            (2, lambda: f"COPY --chown={self.random.choice(('1:2', '7'))} a.txt {self.folder()}"),
        ]
        sources = [(i, path) for i, paths in enumerate(above) for path in paths]
        if sources:
            kinds.append((6, lambda: self.copy_from(self.random.choice(sources), made)))
        if shell:
            kinds.append((4, lambda: self.run(made)))
        (_, chosen), *_ = [self.random.choices(kinds, [weight for weight, _ in kinds])[0]]
        return chosen()

    def folder(self) -> str:
        return self.random.choice(("/@/", "/@/in/", "./", f"/@/d{self.random.randrange(3)}/"))

    def copy_one(self, made: list[str]) -> str:
        keyword = "ADD" if self.chance(10) else "COPY"
        source = self.random.choice(SINGLE)
        path = f"/@/f{self.new()}"
        made.append(path)
        return f"{keyword} {source} {path}"

    def copy_folder(self, made: list[str]) -> str:
        path = f"/@/d{self.random.randrange(3)}"
        made.append(path)
        return f"COPY {self.random.choice(FOLDERS)} {path}{self.random.choice(('', '/'))}"

    def copy_wild(self, made: list[str]) -> str:
        path = f"/@/w{self.new()}"
        made.append(path)
        return f"COPY {self.random.choice(WILD)} {path}/"

    def copy_from(self, source: tuple[int, str], made: list[str]) -> str:
        stage, path = source
        to = f"/@/t{self.new()}"
        made.append(to)
        return f"COPY --from={self.random.choice((f's{stage}', str(stage)))} {path} {to}{self.random.choice(('', '/'))}"

    def workdir(self) -> str:
        return f"WORKDIR {self.random.choice(('/@/app', '/@/app', '/@/$A', f'/@/w{self.random.randrange(2)}'))}"

    def run(self, made: list[str]) -> str:
        n = self.new()
        kind = self.random.randrange(6)
        if kind == 0 and self.builder is Builder.BUILDKIT:
            source = self.random.choice(("src", "a.txt", "web"))
            return self.random.choice(
                (
                    f"RUN --mount=type=bind,source={source},target=/mnt/{n} : @{n}",
                    f"RUN --mount=target=/mnt/{n},source={source} : @{n}",
                    f"RUN --mount=type=cache,target=/c@{n} : @{n}",
                    f"RUN --mount=type=tmpfs,target=/t{n} : @{n}",
                    f"RUN --mount=from=diamol/base,source=/bin,target=/mnt/{n} : @{n}",
                )
            )
        if kind <= 2:
            read = [path for path in made if path.startswith(("/@/f", "/@/o"))]
            made.append(f"/@/o{n}")
            if read and self.chance(50):
                return f"RUN cat {self.random.choice(read)} > /@/o{n}"
            # the second is more than the forecast reads
            how = self.random.choice(("mkdir -p /@", "mkdir -p /@ && test -d /@", "mkdir -p /@/ch && chmod 700 /@/ch"))
            return f"RUN {how} && echo @ $V > /@/o{n}"
        return self.random.choice((f"RUN : @ {n}", f"RUN : $A @ {n}", f'RUN ["/bin/sh", "-c", ": @ {n}"]'))

    def metadata(self) -> str:
        n = self.new()
        return self.random.choice(
            (
                f"ENV A=e{n}@",
                f"ENV B={n}@ C=${{A:-none@}}",
                f"ENV D='$A @' E=${{B:+{n}}}@",
                f"ARG V=v{n}@",
                "ARG G",
                f"LABEL l{n}=@",
                f"EXPOSE {8000 + n % 50}",
                f'CMD ["run", "{n}@"]',
                "USER 0",
                'SHELL ["/bin/sh", "-ec"]',
                f"# {n}",
            )
        )

    def edited(self, state: State, earlier: list[State]) -> State:
        """Another state, one small edit away. Now and then nothing changes, or an earlier state comes back."""
        for _ in range(50):
            edit = self.random.choices(*zip(*self.edits(state, earlier), strict=True))[0]
            changed: State = edit()
            if is_whole(changed):
                return changed
        return state

    def edits(self, state: State, earlier: list[State]) -> list[tuple[Callable[[], State], int]]:
        return [
            (lambda: self.change_file(state), 12),
            (lambda: self.mode(state), 3),
            (lambda: self.add_file(state), 3),
            (lambda: self.remove_file(state), 2),
            (lambda: self.rename_file(state), 2),
            (lambda: replace(state, ignored=self.toggled(state.ignored)), 2),
            (lambda: self.change_line(state), 8),
            (lambda: self.remove_line(state), 3),
            (lambda: self.add_line(state), 3),
            (lambda: self.move_line(state), 4),
            (lambda: replace(state, build_args={"V": f"given{self.new()}@"}), 2),
            (lambda: replace(state, head=(state.head[0], f"ARG G={self.new()}@")), 1),
            (lambda: replace(state, target=self.random.choice(("", "s0", f"s{len(state.froms) - 1}"))), 2),
            (lambda: self.random.choice(earlier) if earlier else state, 3),
            (lambda: state, 1),
        ]

    def some_file(self, state: State) -> str:
        return self.random.choice(sorted(path for path in state.files if not path.endswith("/")))

    def change_file(self, state: State) -> State:
        path = self.some_file(state)
        content, mode = state.files[path]
        new = "->b.txt" if content.startswith("->") and "/" not in path else f"{path} {self.new()} @"
        return replace(state, files={**state.files, path: (new, 0o777 if new.startswith("->") else mode)})

    def mode(self, state: State) -> State:
        path = self.random.choice(sorted(p for p, (content, _) in state.files.items() if not content.startswith("->")))
        modes = FOLDER_MODES if path.endswith("/") else MODES
        return replace(state, files={**state.files, path: (state.files[path][0], self.random.choice(modes))})

    def add_file(self, state: State) -> State:
        name = self.random.choice(("new.txt", "src/new.go", "web/new.js", "src/sub/deep/new", "later/"))
        return replace(
            state, files={**state.files, name: (f"new {self.new()} @", 0o755 if name.endswith("/") else 0o644)}
        )

    def remove_file(self, state: State) -> State:
        gone = self.some_file(state)
        return replace(state, files={path: entry for path, entry in state.files.items() if path != gone})

    def rename_file(self, state: State) -> State:
        old = self.some_file(state)
        files = dict(state.files)
        folder, slash, name = old.rpartition("/")
        files[f"{folder}{slash}z-{name}"] = files.pop(old)
        return replace(state, files=files)

    def toggled(self, ignored: tuple[str, ...]) -> tuple[str, ...]:
        line = self.random.choice(
            ("web/style.css", "**/*.md", "Dockerfile", "src/sub", "*.txt\n!a.txt", ".dockerignore")
        )
        return tuple(x for x in ignored if x != line) if line in ignored else (*ignored, line)

    def at(self, state: State) -> tuple[int, int]:
        places = [(i, j) for i, stage in enumerate(state.stages) for j in range(len(stage))]
        return self.random.choice(places)

    def with_stage(self, state: State, index: int, lines: list[str]) -> State:
        stages = tuple(tuple(lines) if i == index else stage for i, stage in enumerate(state.stages))
        return replace(state, stages=stages)

    def change_line(self, state: State) -> State:
        i, j = self.at(state)
        lines = list(state.stages[i])
        old = lines[j]
        if old.startswith("RUN ") and not old.startswith("RUN ["):
            lines[j] = f"{old} && : {self.new()}"
        elif old.startswith(("ENV", "LABEL", "CMD", "ARG V", "EXPOSE", "#")):
            lines[j] = self.metadata()
        elif old.startswith("COPY") and "--" not in old and self.chance(50):
            lines[j] = old.replace("COPY ", "COPY ./", 1)
        elif old.startswith("COPY"):
            lines[j] = old.rstrip("/") if old.endswith("/") and len(old.split()) == 3 and "*" not in old else f"{old}/"
        elif old.startswith("WORKDIR"):
            lines[j] = self.workdir()
        return self.with_stage(state, i, lines)

    def remove_line(self, state: State) -> State:
        i, j = self.at(state)
        return self.with_stage(state, i, [line for k, line in enumerate(state.stages[i]) if k != j])

    def add_line(self, state: State) -> State:
        i, j = self.at(state)
        lines = list(state.stages[i])
        lines.insert(j, self.instruction(False, [], []))
        return self.with_stage(state, i, lines)

    def move_line(self, state: State) -> State:
        i, j = self.at(state)
        lines = list(state.stages[i])
        line = lines.pop(j)
        lines.insert(self.random.randrange(len(lines) + 1), line)
        return self.with_stage(state, i, lines)


def is_whole(state: State) -> bool:
    """Whether the engine is going to find all that the Dockerfile names; every stage has something in it."""
    kept = {path for path in state.files if not any(is_ignored(path, line) for line in state.ignored)}
    taken: list[set[str]] = []
    for start, stage in zip(state.froms, state.stages, strict=True):
        base = start.split()[1]
        has = set(taken[int(base[1:])]) if base.startswith("s") and base[1:].isdigit() else set()
        for line in stage:
            words = line.split()
            if words[0] in ("COPY", "ADD"):
                has.add(words[-1].rstrip("/"))
                if words[1].startswith("--from=diamol"):
                    continue
                if words[1].startswith("--from="):
                    source = words[1].removeprefix("--from=").removeprefix("s")
                    if words[2].rstrip("/") not in taken[int(source)]:
                        return False
                elif not all(_is_there(kept, source) for source in words[1:-1] if not source.startswith("--")):
                    return False
            elif words[0] == "RUN":
                if words[1] == "cat" and words[2] not in has:
                    return False
                has.add(words[-1] if "> " not in line else line.split("> ")[1].split()[0])
                mounted = re.search(r"source=([^ ,]+)", line)
                if mounted and "from=" not in line and not _is_there(kept, mounted[1]):
                    return False
        if not has:
            return False
        taken.append(has)
    return True


def is_ignored(path: str, lines: str) -> bool:
    """Roughly: what of the files these tests use a line of the ignore file takes away."""
    plain = path.rstrip("/")
    return (
        plain == lines
        or (lines == "**/*.md" and plain.endswith(".md"))
        or (lines == "src/sub" and plain.startswith("src/sub"))
        or (lines == "*.txt\n!a.txt" and plain.endswith(".txt") and "/" not in plain and plain != "a.txt")
    )


def _is_there(kept: set[str], source: str) -> bool:
    names = {path.rstrip("/") for path in kept}
    source = source.removeprefix("./").removeprefix("./").rstrip("/")
    if source in (".", ""):
        return True
    match source:
        case "*.txt":
            return any(n.endswith(".txt") and "/" not in n for n in names)
        case "*.md":
            return any(n.endswith(".md") and "/" not in n for n in names)
        case "src/*.go":
            return any(n.startswith("src/") and n.endswith(".go") and n.count("/") == 1 for n in names)
        case "[ab].txt":
            return "a.txt" in names or "b.txt" in names
        case "we?/*" | "w*":
            return any(n.startswith("web/") for n in names)
        case "src/*":
            return any(n.startswith("src/") for n in names)
        case "to-a":
            return source in names and "a.txt" in names and "b.txt" in names
        case _:
            return source in names or any(n.startswith(f"{source}/") for n in names)
