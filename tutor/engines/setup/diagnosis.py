"""Why no Docker engine can be reached from here, and what to do about it."""

from __future__ import annotations

import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from tutor.engines.connect import DEFAULT_HOST, Endpoint
from tutor.engines.host import Host, has_tool
from tutor.language import Words
from tutor.sanitise import clean_line

SCHEMES = ("unix://", "tcp://", "http://", "https://", "ssh://", "npipe://", "fd://")

RUN_BY = {
    "desktop-linux": "desktop",
    "desktop-windows": "desktop",
    "colima": "colima",
    "orbstack": "orbstack",
    "rootless": "rootless",
}
"""Docker contexts that a product makes for itself, and which product has to be started for each."""


@dataclass(frozen=True)
class SocketFacts:
    """An engine's Unix socket. `listens`: something takes connections there.

    `in_group`: the user's account is in the socket's `group`, whether or not this login knows that yet.
    """

    exists: bool
    is_socket: bool = False
    may_use: bool = False
    listens: bool = False
    group: str = ""
    in_group: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a diagnosis needs to know. `socket` is None where the engine isn't behind a Unix socket."""

    where: Endpoint
    host: Host
    socket: SocketFacts | None
    engine_installed: bool
    has_systemd: bool

    @property
    def is_default(self) -> bool:
        """Whether the engine asked for is the plain one of this machine, that nobody has chosen."""
        return self.where.host == DEFAULT_HOST and self.where.chosen_by == "default"


@dataclass(frozen=True)
class Diagnosis:
    sentence: str
    next_step: str


def look_around(where: Endpoint, host: Host) -> Surroundings:
    path = Path(where.host.removeprefix("unix://"))
    return Surroundings(
        where=where,
        host=host,
        socket=look_at_socket(path) if where.host.startswith("unix://") else None,
        engine_installed=has_tool("dockerd") or (host.system != "Linux" and has_tool("docker")),
        has_systemd=Path("/run/systemd/system").is_dir(),
    )


def look_at_socket(path: Path) -> SocketFacts:
    try:
        found = path.stat()
    except PermissionError:
        return SocketFacts(exists=True, is_socket=True)
    except OSError:
        return SocketFacts(exists=False)
    group, in_group = _group(found.st_gid)
    return SocketFacts(
        exists=True,
        is_socket=stat.S_ISSOCK(found.st_mode),
        may_use=os.access(path, os.R_OK | os.W_OK),
        listens=_listens(path),
        group=group,
        in_group=in_group,
    )


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        return probe.connect_ex(str(path)) == 0


def _group(number: int) -> tuple[str, bool]:
    import grp  # neither is there on Windows, which has no such sockets
    import pwd

    try:
        group = grp.getgrgid(number)
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "", False
    return group.gr_name, user in group.gr_mem


def diagnose(around: Surroundings, said: str, words: Words) -> Diagnosis:
    """The reason as a sentence with its next step. `said` is what the attempt to connect came to."""
    host = clean_line(around.where.host)
    if not host.startswith(SCHEMES) and ("://" in host or ":" not in host):  # HOST:PORT means tcp://
        return _told("no_address", words, words("doctor.next.address"), host=host)
    match around.socket:
        case SocketFacts(exists=False):
            return _absent(around, words)
        case SocketFacts(is_socket=False):
            return _told("no_socket", words, words("doctor.next.unset"), host=host)
        case SocketFacts(may_use=False) as facts:
            return _forbidden(facts, host, words)
        case SocketFacts(listens=False):
            return _told("dead_socket", words, _how_to_start(around, words), host=host)
        case SocketFacts():
            next_step = words("doctor.next.stuck")
        case None:
            next_step = words("doctor.next.ssh" if host.startswith("ssh://") else "doctor.next.address", host=host)
    return _told("no_answer", words, next_step, host=host, chosen_by=around.where.chosen_by, said=clean_line(said))


def _absent(around: Surroundings, words: Words) -> Diagnosis:
    host, chosen_by = clean_line(around.where.host), around.where.chosen_by
    if chosen_by == "DOCKER_HOST":
        return _told("host_absent", words, words("doctor.next.unset"), host=host)
    if not around.is_default:
        return _told("context_absent", words, _how_to_start(around, words), host=host, chosen_by=chosen_by)
    if around.engine_installed:
        return _told("not_running", words, _how_to_start(around, words))
    return _told("not_installed", words, how_to_install(around.host, words))


def _forbidden(facts: SocketFacts, host: str, words: Words) -> Diagnosis:
    if facts.in_group:
        return _told("forbidden", words, words("doctor.next.newgrp", group=facts.group), host=host)
    if facts.group and facts.group != "root":
        return _told("forbidden", words, words("doctor.next.group", group=facts.group), host=host)
    return _told("forbidden", words, words("doctor.next.sudo"), host=host)


def _how_to_start(around: Surroundings, words: Words) -> str:
    product = RUN_BY.get(around.where.chosen_by.removeprefix("context "))
    if product:
        return words(f"doctor.next.start_{product}")
    if around.where.chosen_by == "DOCKER_HOST":
        return words("doctor.next.unset")
    if not around.is_default:
        return words("doctor.next.use_default")
    if around.host.system != "Linux" or around.host.is_wsl:
        return words("doctor.next.start_desktop")
    if around.has_systemd:
        return words("doctor.next.systemctl")
    return words("doctor.next.fix" if around.host.is_root else "doctor.next.fix_as_root")


def how_to_install(host: Host, words: Words) -> str:
    """What to install on this machine, as exact as it can be said."""
    match host:
        case Host(system="Darwin"):
            return words("doctor.install.macos")
        case Host(system="Windows") | Host(is_wsl=True):
            return words("doctor.install.windows")
        case Host(has_apt=True):
            return words("doctor.install.apt_root" if host.is_root else "doctor.install.apt")
        case Host(families=families) if "fedora" in families:
            return words("doctor.install.dnf")
        case Host(families=families) if "arch" in families:
            return words("doctor.install.pacman")
        case Host(families=families) if "suse" in families or "opensuse" in families:
            return words("doctor.install.zypper")
        case Host(families=families) if "alpine" in families:
            return words("doctor.install.apk")
        case _:
            return words("doctor.install.other")


def _told(key: str, words: Words, next_step: str, **values: str) -> Diagnosis:
    return Diagnosis(words(f"doctor.engine.{key}", **values), next_step)
