"""What is known of the machine the tutor runs on, as far as getting an engine depends on it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT
from typing import IO, cast

from tutor.sanitise import clean_line, decode

Run = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]
"""Runs a command to its end and gives its output; a command that isn't there gives exit status 127."""


@dataclass(frozen=True)
class Host:
    """`system` is `Linux`, `Darwin` or `Windows`; `families` the distribution's id and those it is like.

    Source of `families` and `codename`: ID, ID_LIKE and VERSION_CODENAME of os-release(5).
    """

    system: str
    families: tuple[str, ...] = ()
    codename: str = ""
    is_root: bool = False
    is_wsl: bool = False

    @property
    def has_apt(self) -> bool:
        """Debian, Ubuntu and what stems from them."""
        return "debian" in self.families or "ubuntu" in self.families


def this_host() -> Host:
    system = platform.system()
    if system != "Linux":
        return Host(system)
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    return Host(
        system=system,
        families=(release.get("ID", ""), *release.get("ID_LIKE", "").split()),
        codename=release.get("VERSION_CODENAME", ""),
        is_root=os.geteuid() == 0,
        is_wsl="microsoft" in platform.release().lower(),
    )


def has_tool(name: str) -> bool:
    """Whether a program of this name is installed, or the file is there if it is a path."""
    if "/" in name:
        return Path(name).is_file()
    return shutil.which(name, path=_search_path()) is not None


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """The ordinary `Run`."""
    try:
        return subprocess.run(
            command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, text=True, errors="replace", env=environment()
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, stdout=str(error))


@dataclass
class Spoken:
    """A command whose output is read line by line; `status` is its exit status once they are all read."""

    command: Sequence[str]
    status: int = -1

    def lines(self, said: str = "") -> Iterator[str]:
        """Its output, free of control sequences. `said` is what it reads. Closing the iterator ends the command."""
        process = subprocess.Popen(self.command, stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=environment())
        try:
            cast(IO[bytes], process.stdin).write(said.encode())
            cast(IO[bytes], process.stdin).close()
            for line in cast(IO[bytes], process.stdout):
                if text := clean_line(decode(line)).strip():
                    yield text
            self.status = process.wait()
        finally:
            _end(process)


def environment() -> dict[str, str]:
    """This process's own, with the system tools' folders, which a user's PATH may lack, and no questions from apt."""
    return os.environ | {"PATH": _search_path(), "DEBIAN_FRONTEND": "noninteractive"}


def _search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=20)  # mmdebstrap takes a moment to remove its folder
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()
