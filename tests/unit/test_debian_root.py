"""The Debian root: the host's package sources and settings, and what keeps it from being made."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tutor.engines.bases import debian_root
from tutor.engines.bases.debian_root import KEYRING, make_root, missing_packages, package_sources, why_not_here
from tutor.engines.host import Host, Run, has_tool, run
from tutor.errors import TutorError

DEBIAN_ROOT = Host("Linux", ("debian",), "bookworm", is_root=True)

INDEXES = """\
http://mirror.example/debian/ bookworm main
http://mirror.example/debian/ bookworm contrib
http://mirror.example/debian/ bookworm-updates main
http://mirror.example/debian/ bookworm-backports main
http://mirror.example/debian-security/ bookworm-security main
http://mirror.example/debian/ sid main
"""


def said(text: str, status: int = 0) -> Run:
    def ask(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, status, stdout=text)

    return ask


def test_the_sources_are_those_of_the_host() -> None:
    assert package_sources(DEBIAN_ROOT, "bookworm", said(INDEXES)).splitlines() == [
        f"deb [signed-by={KEYRING}] http://mirror.example/debian-security/ bookworm-security main",
        f"deb [signed-by={KEYRING}] http://mirror.example/debian/ bookworm main",
        f"deb [signed-by={KEYRING}] http://mirror.example/debian/ bookworm-updates main",
    ]


def test_a_newer_debian_gives_its_mirrors_for_the_wanted_release() -> None:
    trixie = Host("Linux", ("debian",), "trixie", is_root=True)
    sources = package_sources(trixie, "bookworm", said("http://mirror.example/debian/ trixie-updates main\n"))
    assert sources == f"deb [signed-by={KEYRING}] http://mirror.example/debian/ bookworm-updates main\n"


@pytest.mark.parametrize("ask", [said(""), said("E: no apt", 100)])
def test_no_sources_of_debian(ask: Run) -> None:
    assert package_sources(Host("Linux", ("ubuntu", "debian"), "noble"), "bookworm", ask) == ""


def test_apt_settings_that_decide_about_fetching_are_handed_on() -> None:
    dump = (
        'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "";\n'
        'Acquire::http::Proxy "http://p:3142";\nAcquire::http::Proxy-Auto-Detect "/bin/x";\n'
    )
    assert debian_root.settings_to_hand_on(said(dump)) == (
        'Acquire::Check-Valid-Until "false";',
        'Acquire::http::Proxy "http://p:3142";',
    )


@pytest.mark.parametrize(
    ("host", "installed", "word", "next_step"),
    [
        (Host("Darwin"), True, "Debian or Ubuntu", "bases pull"),
        (Host("Linux", ("fedora",)), True, "Debian or Ubuntu", "bases load"),
        (Host("Linux", ("ubuntu", "debian")), True, "root", 'sudo "$(command -v diamol-tutor)" bases build'),
        (DEBIAN_ROOT, False, "mmdebstrap", "apt-get install mmdebstrap debian-archive-keyring"),
    ],
)
def test_why_it_cannot_be_made_here(host: Host, installed: bool, word: str, next_step: str) -> None:
    problem = why_not_here(host, lambda _: installed)
    assert problem is not None
    assert word in problem.message
    assert next_step in problem.hint


def test_it_can_be_made_as_root_on_debian() -> None:
    assert why_not_here(DEBIAN_ROOT, lambda _: True) is None
    assert missing_packages(lambda name: name != KEYRING) == ("debian-archive-keyring",)


def test_mmdebstrap_s_last_words_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "mmdebstrap"
    fake.write_text('#!/bin/sh\necho "I: fetching"; echo "E: \033[31mno space left"; exit 25\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(debian_root, "why_not_here", lambda _host: None)
    told: list[str] = []
    with pytest.raises(TutorError) as caught:
        told.extend(make_root(tmp_path, "bookworm", tmp_path / "root.tar", DEBIAN_ROOT, said("")))
    assert told == ["I: fetching", "E: no space left"]
    assert caught.value.message.splitlines() == [
        "Making the Debian root failed: mmdebstrap ended with 25.",
        "I: fetching",
        "E: no space left",
    ]


def test_a_stopped_build_ends_mmdebstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "mmdebstrap"
    fake.write_text(f"#!/bin/sh\ntrap 'echo ended > {tmp_path}/trace; exit 1' TERM\necho $$\nsleep 60 & wait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(debian_root, "why_not_here", lambda _host: None)
    lines = make_root(tmp_path, "bookworm", tmp_path / "root.tar", DEBIAN_ROOT, said(""))
    pid = int(next(lines))
    lines.close()  # type: ignore[attr-defined]
    assert (tmp_path / "trace").read_text() == "ended\n"
    assert not Path(f"/proc/{pid}").exists()


def test_commands_of_the_host() -> None:
    assert run(["sh", "-c", "echo out; echo err >&2; exit 3"]).returncode == 3
    assert run(["sh", "-c", "echo out; echo err >&2"]).stdout == "out\nerr\n"
    assert run(["no-such-command-here"]).returncode == 127
    assert has_tool("sh")
    assert not has_tool("no-such-command-here")
    assert has_tool("/etc/passwd")
