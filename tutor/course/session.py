"""A lesson being carried out: what its commands have started, moved and edited so far.

Later commands build on earlier ones: `curl localhost:800` has to reach the port a container really got, and an edit is
undone when the lesson is left.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tutor.builds.engine import Container, Engine
from tutor.course import edits
from tutor.course.actions import EditFile
from tutor.course.lesson import Lesson
from tutor.course.workspace import Workspace
from tutor.errors import TutorError, UsageError


class LessonSession:
    """What `run_action` keeps between actions, which run one at a time. `close()` undoes the edits.

    Containers go on running when it is closed: the learner may want to look at them.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.moved_ports: dict[int, int] = {}
        """Ports as lessons know them, with those that containers got instead."""
        self._edited: list[EditFile] = []
        self._running: dict[str, Engine] = {}
        self._cancelled: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def running(self, build_id: str, engine: Engine) -> Iterator[None]:
        """While an action runs, `cancel` can find it."""
        with self._lock:
            self._running[build_id] = engine
            self._cancelled.discard(build_id)
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(build_id, None)

    def cancel(self, build_id: str = "") -> None:
        """End the run with this id, from any thread: its build, its container, its waiting for an answer."""
        with self._lock:
            engine = self._running.get(build_id)
            self._cancelled.add(build_id)
        if engine is not None:
            engine.cancel(build_id)
            for container in engine.containers():
                if build_id and container.name.endswith(f"-{build_id}"):
                    engine.remove_container(container.id)

    def is_cancelled(self, build_id: str) -> bool:
        return build_id in self._cancelled

    def containers_of(self, engine: Engine, image: str, ports: set[int]) -> tuple[Container, ...]:
        """The tutor's containers of an image that hold any of these ports, asked for or got instead."""
        held = ports | {self.moved_ports[port] for port in ports & self.moved_ports.keys()}
        return tuple(c for c in engine.containers() if c.image == image and held & set(c.ports.values()))

    def file_of(self, action: EditFile) -> Path:
        """The learner's copy of the file an edit is about. Raises UsageError where there can't be one."""
        folder = self.workspace.prepare(action.folder)
        file = folder / action.file
        if self.workspace.is_shipped(action.folder) or not file.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                "{file} can't be edited: it is not one of your own copies.",
                "The lesson itself is wrong here: please report it, and go on with the next step.",
                file=f"{action.folder}/{action.file}",
            )
        return file

    def remember(self, edit: EditFile) -> None:
        if edit not in self._edited:
            self._edited.append(edit)

    def restore(self, lesson: Lesson | None = None) -> None:
        """Undo the edits of a lesson, those of an earlier and broken run as well; without a lesson all made here."""
        made = [a for step in lesson.steps for a in step.actions if isinstance(a, EditFile)] if lesson else self._edited
        for edit in reversed(made):
            if self.workspace.is_copy(edit.folder):
                # a file that is gone, or changed by the learner in that place, is the learner's business
                with suppress(OSError, UnicodeDecodeError, TutorError):
                    file = self.file_of(edit)
                    text = file.read_text("utf-8")
                    if edits.is_made(text, edit):
                        file.write_text(edits.undo(text, edit), "utf-8")
        self._edited = [edit for edit in self._edited if edit not in made]

    def close(self) -> None:
        self.restore()

    def __enter__(self) -> LessonSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
