"""What `doctor --fix` does to a machine, with hands that only write down what they would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from tests.fake_store import BASES, FakeStore
from tutor.engines.bases.debian_root import KEYRING
from tutor.engines.connect import DEFAULT_HOST, Endpoint
from tutor.engines.host import Host
from tutor.engines.setup import install
from tutor.engines.setup.diagnosis import SocketFacts, Surroundings
from tutor.engines.setup.install import Hands, command_lines, fix_bases, fix_engine
from tutor.errors import NoEngine, TutorError
from tutor.language import Words

WORDS = Words()
DEBIAN_ROOT = Host("Linux", ("debian",), "bookworm", is_root=True)
DEBIAN = Host("Linux", ("debian",), "bookworm")
DEFAULT = Endpoint(DEFAULT_HOST, "default")


@dataclass
class Machine:
    """A pretended machine. `done` is what was done to it, `asked` what its user was asked."""

    host: Host = DEBIAN_ROOT
    where: Endpoint = DEFAULT
    tools: set[str] = field(default_factory=lambda: {"update-ca-certificates"})
    running: bool = False
    systemd: bool = False
    starts_on_install: bool = False
    agrees: bool = True
    done: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def hands(self) -> Hands:
        return Hands(
            lines_of=self._run,
            has=lambda tool: tool in self.tools,
            answers=lambda: self.running,
            start=self._start,
            look=lambda where, host: Surroundings(
                where, host, SocketFacts(exists=False), "dockerd" in self.tools, self.systemd
            ),
            where=lambda: self.where,
            host=self.host,
        )

    def confirm(self, question: str) -> bool:
        self.asked.append(question)
        return self.agrees

    def _run(self, command: Sequence[str]) -> Iterator[str]:
        self.done.append(" ".join(command))
        if "install" in command:
            self.tools |= {"dockerd", "iptables", "mmdebstrap", KEYRING}
            self.running |= self.starts_on_install
        if command[0] == "systemctl":
            self.running = True
        yield f"output of {command[0]}"

    def _start(self) -> None:
        self.done.append("start dockerd")
        self.running = True


def fix(machine: Machine) -> list[str]:
    return list(fix_engine(WORDS, machine.confirm, machine.hands()))


def test_a_running_engine_is_left_alone() -> None:
    machine = Machine(running=True)
    assert fix(machine) == []
    assert machine.done == []


def test_on_a_bare_debian_an_engine_is_installed_and_started() -> None:
    machine = Machine()
    lines = fix(machine)
    assert machine.asked == ["Install docker.io, iptables with apt-get, and start the Docker engine?"]
    assert machine.done == [
        "apt-get update -q",
        "apt-get install -y -q --no-install-recommends docker.io iptables",
        "start dockerd",
    ]
    assert "output of apt-get" in lines
    assert lines[-1] == "The Docker engine answers."


def test_nothing_is_installed_without_a_yes() -> None:
    machine = Machine(agrees=False)
    with pytest.raises(NoEngine, match="Nothing was installed"):
        fix(machine)
    assert machine.done == []


def test_an_installed_engine_is_started_without_a_question() -> None:
    machine = Machine(tools={"dockerd", "iptables", "update-ca-certificates"})
    fix(machine)
    assert machine.asked == []
    assert machine.done == ["start dockerd"]


def test_where_services_are_managed_the_service_is_started() -> None:
    machine = Machine(tools={"dockerd", "iptables", "update-ca-certificates"}, systemd=True)
    fix(machine)
    assert machine.done == ["systemctl start docker"]


def test_an_engine_that_its_package_has_started_is_not_started_twice() -> None:
    machine = Machine(starts_on_install=True)
    fix(machine)
    assert "start dockerd" not in machine.done


@pytest.mark.parametrize(
    ("machine", "sentence", "next_step"),
    [
        (Machine(host=DEBIAN), "No Docker engine is installed", "sudo apt-get update"),
        (Machine(host=Host("Darwin")), "No Docker engine is installed", "Docker Desktop"),
        (Machine(host=Host("Windows")), "No Docker engine is installed", "WSL 2"),
        (Machine(host=Host("Linux", ("fedora",), is_root=True)), "No Docker engine is installed", "dnf"),
        (Machine(where=Endpoint("unix:///x.sock", "DOCKER_HOST")), "DOCKER_HOST points to", "unset DOCKER_HOST"),
        (Machine(where=Endpoint("unix:///x.sock", "context far")), "context far", "docker context use default"),
        (Machine(host=Host("Linux", ("ubuntu",), is_root=True, is_wsl=True)), "No Docker engine", "WSL"),
    ],
)
def test_where_it_cannot_be_done_the_way_is_told(machine: Machine, sentence: str, next_step: str) -> None:
    with pytest.raises(NoEngine) as caught:
        fix(machine)
    assert sentence in caught.value.message
    assert next_step in caught.value.hint
    assert (machine.done, machine.asked) == ([], [])


@dataclass
class Shelf:
    """Where base images come from in a test: a registry that may refuse, stand-ins that are only said to be built."""

    engine: FakeStore = field(default_factory=FakeStore)
    built: list[tuple[str, ...]] = field(default_factory=list)

    def build(self, engine: FakeStore, names: tuple[str, ...]) -> Iterator[str]:
        self.built.append(names)
        engine.have_current_stand_ins(*names)
        yield "built"


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(install, "build_bases", shelf.build)
    return shelf


def refuse(engine: FakeStore, *names: str) -> None:
    engine.refusals = {name: TutorError("No registry can be reached.", "Wait.") for name in names}


def run_bases(shelf: Shelf, machine: Machine) -> list[object]:
    return list(fix_bases(shelf.engine, WORDS, machine.confirm, machine.hands()))


def test_missing_images_are_pulled(shelf: Shelf) -> None:
    shelf.engine.have_current_stand_ins("diamol/base")
    run_bases(shelf, Machine())
    assert shelf.engine.asked("pull") == [name for name in BASES if name != "diamol/base"]
    assert shelf.built == []


def test_nothing_to_do(shelf: Shelf) -> None:
    shelf.engine.have_current_stand_ins()
    assert run_bases(shelf, Machine()) == []
    assert shelf.engine.asked("pull") == []


def test_what_cannot_be_pulled_is_built(shelf: Shelf) -> None:
    refuse(shelf.engine, "diamol/openjdk")
    machine = Machine()
    run_bases(shelf, machine)
    assert shelf.built == [("diamol/openjdk", "diamol/maven", "diamol/node")]
    assert machine.done[-1] == "apt-get install -y -q --no-install-recommends mmdebstrap debian-archive-keyring"
    assert "No registry can be reached" in machine.asked[0]


def test_stand_ins_need_a_yes_for_what_they_take(shelf: Shelf) -> None:
    refuse(shelf.engine, *BASES)
    machine = Machine(agrees=False)
    with pytest.raises(TutorError, match="Nothing was installed"):
        run_bases(shelf, machine)
    assert (machine.done, shelf.built) == ([], [])


@pytest.mark.parametrize("host", [DEBIAN, Host("Darwin")])
def test_where_stand_ins_cannot_be_built_both_reasons_are_told(shelf: Shelf, host: Host) -> None:
    refuse(shelf.engine, *BASES)
    machine = Machine(host=host)
    with pytest.raises(TutorError) as caught:
        run_bases(shelf, machine)
    assert caught.value.message.startswith("No registry can be reached. ")
    assert "Stand-ins" in caught.value.message or "stand-ins" in caught.value.message
    assert (machine.done, machine.asked, shelf.built) == ([], [], [])


def test_a_failing_command_is_told_with_its_last_lines() -> None:
    lines: list[str] = []
    run: Callable[[Sequence[str]], Iterator[str]] = command_lines
    with pytest.raises(TutorError, match="ended with 3"):
        lines.extend(run(["sh", "-c", "echo first; echo E: no network; exit 3"]))
    assert lines == ["first", "E: no network"]
