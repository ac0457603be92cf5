"""The doctor's findings on engine, images, disk, ports and terminal."""

from __future__ import annotations

import socket
import string
from pathlib import Path

import pytest

from tests.fake_store import BASES, FakeStore
from tutor.builds.builder import Builder
from tutor.builds.engine import EngineFacts
from tutor.engines.bases.images import list_bases
from tutor.engines.connect import Endpoint
from tutor.engines.setup import doctor, machine
from tutor.engines.setup.findings import Finding, Verdict
from tutor.engines.setup.machine import GIB, TerminalFacts
from tutor.errors import NoEngine
from tutor.language import Words, texts

WORDS = Words()


def facts(version: str) -> EngineFacts:
    return EngineFacts(version, Builder.BUILDKIT, "overlay2", "unix:///d.sock")


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ("20.10.24+dfsg1", Verdict.OK),
        ("28.5.1", Verdict.OK),
        ("dev", Verdict.OK),
        ("19.03.15", Verdict.WARN),
        ("18.9", Verdict.WARN),
    ],
)
def test_the_engine_s_age(version: str, verdict: Verdict) -> None:
    found = doctor.engine_found(facts(version), {"OperatingSystem": "Debian\x1b[31m 12"}, WORDS)
    assert found.verdict is verdict
    assert f"{version} on Debian 12" in found.sentence


def test_windows_containers_are_no_use() -> None:
    found = doctor.engine_found(facts("28.0"), {"OSType": "windows"}, WORDS)
    assert found.verdict is Verdict.BAD
    assert "Linux containers" in found.next_step


def test_slow_stores_are_named() -> None:
    assert doctor.store("overlay2", WORDS).verdict is Verdict.OK
    assert doctor.store("containerd", WORDS).verdict is Verdict.OK
    assert doctor.store("vfs", WORDS).verdict is Verdict.WARN


def test_base_images_from_missing_to_published() -> None:
    engine = FakeStore()
    assert _bases(engine).verdict is Verdict.BAD
    assert "diamol/golang" in _bases(engine).sentence
    for name in BASES:
        engine.have(name, "an old recipe")
    assert _bases(engine).verdict is Verdict.WARN
    assert "bases build" in _bases(engine).next_step
    engine.have_current_stand_ins()
    assert _bases(engine).verdict is Verdict.OK
    assert "Stand-ins" in _bases(engine).sentence
    for name in BASES:
        engine.have(name)
    assert _bases(engine) == Finding("bases", Verdict.OK, "All 5 are here, as published.")


def _bases(engine: FakeStore) -> Finding:
    return doctor.base_images(list_bases(engine), WORDS)


@pytest.mark.parametrize(("free", "verdict"), [(80, Verdict.OK), (3, Verdict.WARN), (0.5, Verdict.BAD)])
def test_disk_space(tmp_path: Path, free: float, verdict: Verdict) -> None:
    assert machine.disk(tmp_path, WORDS, int(free * GIB)).verdict is verdict


def test_disk_space_out_of_sight(tmp_path: Path) -> None:
    assert "virtual machine" in machine.disk(tmp_path / "nowhere", WORDS).sentence
    assert "GiB free" in machine.disk(tmp_path, WORDS).sentence


def test_a_port_in_use_is_seen() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.listen()
        assert machine.is_taken(port)
    assert not machine.is_taken(port)


def test_taken_ports_are_told_but_not_our_own() -> None:
    found = machine.ports(WORDS, ours=frozenset({800}), taken=lambda port: port in (800, 802))
    assert found.verdict is Verdict.WARN
    assert "802" in found.sentence
    assert "800" not in found.sentence
    assert machine.ports(WORDS, taken=lambda _: False).verdict is Verdict.OK


def test_a_rootless_engine_has_no_low_ports(tmp_path: Path) -> None:
    found = machine.ports(WORDS, lowest=801, taken=lambda _: False)
    assert found.verdict is Verdict.WARN
    assert "80, 800." in found.sentence
    setting = tmp_path / "start"
    assert machine.lowest_port(setting) == 1024
    setting.write_text("80\n")
    assert machine.lowest_port(setting) == 80


@pytest.mark.parametrize(
    ("terminal", "verdict", "word"),
    [
        (TerminalFacts(True, 120, 40, 1 << 24, "utf-8"), Verdict.OK, "120x40, 16,777,216 colours"),
        (TerminalFacts(True, 80, 24, 0, "UTF-8"), Verdict.OK, "without colours"),
        (TerminalFacts(True, 79, 24, 256, "utf-8"), Verdict.WARN, "small"),
        (TerminalFacts(True, 80, 23, 256, "utf-8"), Verdict.WARN, "small"),
        (TerminalFacts(True, 120, 40, 256, "ANSI_X3.4-1968"), Verdict.WARN, "ANSI_X3.4-1968"),
        (TerminalFacts(False, 0, 0, 0, "utf-8"), Verdict.WARN, "file or a pipe"),
    ],
)
def test_the_terminal(terminal: TerminalFacts, verdict: Verdict, word: str) -> None:
    found = machine.terminal(terminal, WORDS)
    assert found.verdict is verdict
    assert word in found.sentence
    assert bool(found.next_step) == (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    ("settings", "colours"),
    [
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 1 << 24),
        ({"TERM": "xterm"}, 16),
        ({"TERM": "dumb"}, 0),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0),
    ],
)
def test_colours(settings: dict[str, str], colours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert machine.look_at_terminal().colours == colours


def test_without_an_engine_the_rest_is_still_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    found = list(doctor.examine(WORDS))
    assert [finding.topic for finding in found] == ["context", "engine", "disk", "ports", "terminal"]
    assert found[1].verdict is Verdict.BAD
    assert "unset DOCKER_HOST" in found[1].next_step


def test_a_context_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Endpoint:
        raise NoEngine("There is no Docker context named 'x'.", "See which there are: docker context ls")

    monkeypatch.setattr(doctor, "endpoint", broken)
    found = next(iter(doctor.examine(WORDS)))
    assert found == Finding(
        "context", Verdict.BAD, "There is no Docker context named 'x'.", "See which there are: docker context ls"
    )


def test_both_languages_say_the_same_things() -> None:
    english = {key: text for key, text in texts("en").items() if key.startswith("doctor.")}
    korean = {key: text for key, text in texts("ko").items() if key.startswith("doctor.")}
    assert english.keys() == korean.keys()
    for key in english:
        assert _fields(english[key]) == _fields(korean[key]), key
    assert all(f"doctor.topic.{topic}" in english for topic in ("context", "engine", "builder", "store", "bases"))


def _fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}
