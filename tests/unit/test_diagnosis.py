"""Why no engine answers, and the next step for each reason."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tutor.engines.connect import DEFAULT_HOST, Endpoint
from tutor.engines.host import Host
from tutor.engines.setup.diagnosis import SocketFacts, Surroundings, diagnose, how_to_install, look_at_socket
from tutor.language import LANGUAGES, Words

DEBIAN = Host("Linux", ("debian",), "bookworm")
DEBIAN_ROOT = Host("Linux", ("debian",), "bookworm", is_root=True)
MAC = Host("Darwin")
WSL = Host("Linux", ("ubuntu", "debian"), "noble", is_wsl=True)

ABSENT = SocketFacts(exists=False)
DEAD = SocketFacts(exists=True, is_socket=True, may_use=True)
GOOD = SocketFacts(exists=True, is_socket=True, may_use=True, listens=True)
FORBIDDEN = SocketFacts(exists=True, is_socket=True, group="docker")
DEFAULT = Endpoint(DEFAULT_HOST, "default")
CHOSEN = Endpoint("unix:///run/other.sock", "DOCKER_HOST")


def told(
    where: Endpoint,
    facts: SocketFacts | None,
    host: Host = DEBIAN,
    installed: bool = True,
    systemd: bool = False,
    language: str = "en",
) -> tuple[str, str]:
    found = diagnose(Surroundings(where, host, facts, installed, systemd), "it said\x1b[2J so", Words(language))
    return found.sentence, found.next_step


@pytest.mark.parametrize(
    ("where", "facts", "host", "installed", "sentence", "next_step"),
    [
        (DEFAULT, ABSENT, DEBIAN, False, "No Docker engine is installed", "sudo apt-get install -y docker.io"),
        (DEFAULT, ABSENT, DEBIAN_ROOT, False, "No Docker engine is installed", "doctor --fix"),
        (DEFAULT, ABSENT, DEBIAN_ROOT, True, "isn't running", "diamol-tutor doctor --fix"),
        (DEFAULT, ABSENT, DEBIAN, True, "isn't running", 'sudo "$(command -v diamol-tutor)" doctor --fix'),
        (DEFAULT, ABSENT, MAC, True, "isn't running", "Start Docker Desktop"),
        (DEFAULT, ABSENT, MAC, False, "No Docker engine is installed", "colima"),
        (DEFAULT, ABSENT, WSL, False, "No Docker engine is installed", "WSL integration"),
        (DEFAULT, DEAD, DEBIAN_ROOT, True, "no engine listens", "diamol-tutor doctor --fix"),
        (DEFAULT, FORBIDDEN, DEBIAN, True, "You may not use", "sudo usermod -aG docker $USER"),
        (CHOSEN, ABSENT, DEBIAN, True, "DOCKER_HOST points to unix:///run/other.sock", "unset DOCKER_HOST"),
        (CHOSEN, DEAD, DEBIAN, True, "no engine listens", "unset DOCKER_HOST"),
        (CHOSEN, SocketFacts(exists=True), DEBIAN, True, "no engine's socket", "unset DOCKER_HOST"),
        (CHOSEN, GOOD, DEBIAN, True, "can't be used: it said so", "docker info"),
        (
            Endpoint("tcp://gone:2375", "DOCKER_HOST"),
            None,
            DEBIAN,
            True,
            "can't be used: it said so",
            "tcp://HOST:PORT",
        ),
        (Endpoint("ssh://me@gone", "context far"), None, DEBIAN, True, "can't be used", "DOCKER_HOST=ssh://me@gone"),
        (Endpoint("host:2375", "DOCKER_HOST"), None, DEBIAN, True, "can't be used", "tcp://HOST:PORT"),
        (Endpoint("nonsense", "DOCKER_HOST"), None, DEBIAN, True, "is not the address", "unix:///PATH"),
        (Endpoint("bar://x", "DOCKER_HOST"), None, DEBIAN, True, "is not the address", "unix:///PATH"),
        (Endpoint("unix:///d.sock", "context desktop-linux"), ABSENT, MAC, True, "desktop-linux", "Docker Desktop"),
        (Endpoint("unix:///c.sock", "context colima"), DEAD, MAC, True, "no engine listens", "colima start"),
        (Endpoint("unix:///r.sock", "context rootless"), ABSENT, DEBIAN, True, "rootless", "systemctl --user"),
        (
            Endpoint("unix:///x.sock", "context mine"),
            ABSENT,
            DEBIAN,
            True,
            "context mine",
            "docker context use default",
        ),
    ],
)
def test_each_reason_has_its_next_step(
    where: Endpoint, facts: SocketFacts | None, host: Host, installed: bool, sentence: str, next_step: str
) -> None:
    said, step = told(where, facts, host, installed)
    assert sentence in said
    assert next_step in step


def test_a_service_is_started_with_systemctl() -> None:
    assert "sudo systemctl start docker" in told(DEFAULT, DEAD, systemd=True)[1]


def test_a_login_that_does_not_know_its_group_yet() -> None:
    facts = SocketFacts(exists=True, is_socket=True, group="docker", in_group=True)
    assert "newgrp docker" in told(DEFAULT, facts)[1]
    assert "root" in told(DEFAULT, SocketFacts(exists=True, is_socket=True, group="root"))[1]


@pytest.mark.parametrize(
    ("families", "command"),
    [
        (("fedora",), "dnf install"),
        (("rhel", "fedora"), "dnf install"),
        (("manjaro", "arch"), "pacman -S docker"),
        (("opensuse-leap", "suse", "opensuse"), "zypper install"),
        (("alpine",), "apk add docker"),
        (("ubuntu", "debian"), "apt-get install"),
        (("nixos",), "distribution's packages"),
    ],
)
def test_what_to_install_is_said_for_each_system(families: tuple[str, ...], command: str) -> None:
    assert command in how_to_install(Host("Linux", families), Words())
    assert "WSL 2" in how_to_install(Host("Windows"), Words())


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_reason_can_be_told_in_every_language(language: str) -> None:
    for where in (DEFAULT, CHOSEN, Endpoint("unix:///c.sock", "context colima")):
        for facts in (ABSENT, DEAD, GOOD, FORBIDDEN, SocketFacts(exists=True), None):
            for host in (DEBIAN, DEBIAN_ROOT, MAC, WSL, Host("Windows")):
                sentence, next_step = told(where, facts, host, language=language)
                assert sentence
                assert next_step
                assert "{" not in sentence + next_step


def test_a_real_socket_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "s"
    assert look_at_socket(path) == SocketFacts(exists=False)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        dead = look_at_socket(path)
        assert (dead.is_socket, dead.may_use, dead.listens) == (True, True, False)
        server.listen()
        assert look_at_socket(path).listens
    (tmp_path / "file").touch()
    assert not look_at_socket(tmp_path / "file").is_socket
