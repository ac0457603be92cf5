"""The learner's own copies of the exercises' folders. What the learner has written is never overwritten."""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import UsageError
from tutor.places import exercises_folder


class Workspace:
    """A folder with one folder an example or exercise, copied from the shipped ones when it is first needed."""

    def __init__(self, root: Path, exercises: Path | None = None) -> None:
        self.root = root
        self._exercises = exercises or exercises_folder()

    def folder(self, name: str) -> Path:
        """Where the learner's copy of `name` is, whether it is there or not; `name` may go on into it (`05-x/one`).

        What is within an exercise (`06-optimise/start`) is nobody's copy: it is the shipped folder, never to be edited.
        """
        return self._exercises / name if self.is_shipped(name) else self.root / name

    def is_shipped(self, name: str) -> bool:
        """Whether `name` is a folder within an exercise, such as its start files."""
        top, _, rest = name.partition("/")
        return bool(rest) and (self._exercises / top / "exercise.toml").is_file()

    def is_copy(self, name: str) -> bool:
        """Whether the learner has a copy of `name` with files in it."""
        folder = self.root / name
        return folder.is_dir() and any(folder.iterdir())

    def prepare(self, name: str) -> Path:
        """Make sure the learner has a copy, and give its folder. A copy that is there stays as it is.

        The copy appears whole or not at all. Raises UsageError when it can't be written.
        """
        if self.is_shipped(name):
            return self.folder(name)
        top = name.partition("/")[0]
        source, folder = self._source(top), self.root / top
        with self._told(folder):
            if not self.is_copy(top):
                self.root.mkdir(parents=True, exist_ok=True)
                half = self.root / f".{top}.{uuid.uuid4().hex[:8]}"
                try:
                    shutil.copytree(source, half, symlinks=True, copy_function=_copy)
                    half.chmod(half.stat().st_mode | stat.S_IRWXU)
                    half.rename(folder)  # also replaces an empty folder
                except OSError:
                    if not self.is_copy(top):  # else another tutor was first, and its copy is as good
                        raise
                finally:
                    shutil.rmtree(half, ignore_errors=True)
        return self.root / name

    def reset(self, name: str) -> tuple[Path, ...]:
        """Bring the shipped files back. A file that differs is kept beside the new one; these are given.

        Files that the learner added stay. Raises UsageError when it can't be written.
        """
        if not self.is_copy(name):
            self.prepare(name)
            return ()
        source, folder = self._source(name), self.folder(name)
        kept: list[Path] = []
        with self._told(folder):
            for shipped in sorted(file for file in source.rglob("*") if file.is_file()):
                file = folder / shipped.relative_to(source)
                if file.is_file() and not file.is_symlink() and file.read_bytes() == shipped.read_bytes():
                    continue
                if os.path.lexists(file):
                    kept.append(_free_name(file))
                    file.rename(kept[-1])
                file.parent.mkdir(parents=True, exist_ok=True)
                _copy(str(shipped), str(file))
        return tuple(kept)

    def _source(self, name: str) -> Path:
        """The shipped folder; of an exercise, its start files. Raises UsageError for an unknown name."""
        shipped = self._exercises / name
        if not shipped.is_dir() or shipped.resolve().parent != self._exercises.resolve():
            known = ", ".join(sorted(f.name for f in self._exercises.iterdir() if f.is_dir() and f.name != "bases"))
            raise UsageError(
                "There is no example or exercise {name}.", "Choose one of: {known}.", name=name, known=known
            )
        return shipped / "start" if (shipped / "exercise.toml").is_file() else shipped

    @contextmanager
    def _told(self, folder: Path) -> Iterator[None]:
        try:
            yield
        except (OSError, shutil.Error) as error:
            reason = error.strerror or str(error)
            raise UsageError(
                "The folder {folder} can't be written: {reason}.",
                "Check that it can be written and its disk isn't full, or choose another one with --workspace.",
                folder=folder,
                reason=reason,
            ) from error


def _copy(source: str, target: str) -> None:
    """Copy contents and mode; the copy is the learner's to write, even when the shipped file is read-only."""
    shutil.copyfile(source, target)
    Path(target).chmod(Path(source).stat().st_mode | stat.S_IWUSR)


def _free_name(file: Path) -> Path:
    number = 1
    while os.path.lexists(name := file.with_name(f"{file.name}.before-reset-{number}")):
        number += 1
    return name
