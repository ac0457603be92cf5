"""`doctor --fix`: get a Docker engine and the base images, as far as that can be done from here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tutor.engines.bases.debian_root import OTHER_WAYS, missing_packages, why_not_here
from tutor.engines.bases.images import BaseEngine, BaseEvent, list_bases, pull_bases
from tutor.engines.bases.stand_ins import build_bases
from tutor.engines.connect import Endpoint, endpoint
from tutor.engines.host import Host, Spoken, has_tool, this_host
from tutor.engines.setup.daemon import answers, log_file, start_engine
from tutor.engines.setup.diagnosis import Surroundings, diagnose, how_to_install, look_around
from tutor.errors import NoEngine, TutorError
from tutor.language import Words
from tutor.phrase import Phrase, with_lines

LAST_LINES = 5

ENGINE_PACKAGES = {"dockerd": "docker.io", "iptables": "iptables", "update-ca-certificates": "ca-certificates"}
"""What an engine takes that can pull images and give containers a network, and the package each program is in."""

Confirm = Callable[[str], bool]
"""Puts a question to the learner; True for yes."""


def command_lines(command: Sequence[str]) -> Iterator[str]:
    """Run a command, giving its output as it comes. Raises TutorError with its last lines when it fails."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    spoken = Spoken(command)
    for line in spoken.lines():
        last.append(line)
        yield line
    if spoken.status != 0:
        raise TutorError(
            with_lines(
                Phrase("`{command}` ended with {status}.", command=" ".join(command), status=spoken.status), last
            ),
            "Mend what it says, then try again.",
        )


@dataclass(frozen=True)
class Hands:
    """What `--fix` does to the machine, each replaceable so that tests touch nothing."""

    lines_of: Callable[[Sequence[str]], Iterator[str]] = command_lines
    has: Callable[[str], bool] = has_tool
    answers: Callable[[], bool] = answers
    start: Callable[[], None] = start_engine
    look: Callable[[Endpoint, Host], Surroundings] = look_around
    where: Callable[[], Endpoint] = endpoint
    host: Host = field(default_factory=this_host)


def fix_engine(words: Words, confirm: Confirm, hands: Hands | None = None) -> Iterator[str]:
    """Make sure that an engine answers: start this machine's own, after installing it where that can be done.

    Yields lines of progress. Raises NoEngine where it can't be done, with what to do by hand.
    """
    hands = hands or Hands()
    if hands.answers():
        return
    around = hands.look(hands.where(), hands.host)
    startable = around.is_default and hands.host.is_root and not hands.host.is_wsl
    if not startable or not (around.engine_installed or hands.host.has_apt):
        found = diagnose(around, "", words)
        raise NoEngine(found.sentence, found.next_step)
    missing = [package for tool, package in ENGINE_PACKAGES.items() if not hands.has(tool)]
    if missing and hands.host.has_apt:
        if not confirm(words("doctor.fix.ask_engine", packages=", ".join(missing))):
            raise NoEngine(words("doctor.fix.declined"), how_to_install(hands.host, words))
        yield from _install(missing, words, hands)
    if not hands.answers():  # a package may have started it by itself
        yield from _start(around, words, hands)
    yield words("doctor.fix.started")


def _start(around: Surroundings, words: Words, hands: Hands) -> Iterator[str]:
    if around.has_systemd:
        yield words("doctor.fix.starting_service")
        yield from hands.lines_of(["systemctl", "start", "docker"])
    else:
        yield words("doctor.fix.starting", log=log_file())
        hands.start()


def _install(packages: Sequence[str], words: Words, hands: Hands) -> Iterator[str]:
    yield words("doctor.fix.installing", packages=", ".join(packages))
    yield from hands.lines_of(["apt-get", "update", "-q"])
    yield from hands.lines_of(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages])


def fix_bases(
    engine: BaseEngine, words: Words, confirm: Confirm, hands: Hands | None = None
) -> Iterator[str | BaseEvent]:
    """Make sure that all base images are there: pull what is missing, else build stand-ins where that can be done.

    Raises TutorError when neither can be done.
    """
    hands = hands or Hands()
    wanted = _wanted(engine)
    if not wanted:
        return
    yield words("doctor.fix.pulling", names=", ".join(wanted))
    try:
        yield from pull_bases(engine, wanted)
    except TutorError as error:
        reason = words.told(error.message).rstrip(".")
        yield from _ready_for_stand_ins(reason, words, confirm, hands)
        if problem := why_not_here(hands.host, hands.has):
            raise TutorError(
                "{pull_failed} {none_built}",
                "{how_to_pull} {how_to_build}" if error.hint.endswith(".") else "{how_to_pull}. {how_to_build}",
                pull_failed=error.message,
                none_built=problem.message,
                how_to_pull=error.hint,
                how_to_build=problem.hint,
            ) from error
        left = _wanted(engine)
        yield words("doctor.fix.building", reason=reason, names=", ".join(left))
        yield from build_bases(engine, left)


def _wanted(engine: BaseEngine) -> tuple[str, ...]:
    return tuple(base.name for base in list_bases(engine) if not base.is_current)


def _ready_for_stand_ins(reason: str, words: Words, confirm: Confirm, hands: Hands) -> Iterator[str]:
    packages = missing_packages(hands.has)
    if not packages or not hands.host.has_apt or not hands.host.is_root:
        return
    if not confirm(words("doctor.fix.ask_stand_ins", reason=reason, packages=", ".join(packages))):
        raise TutorError(words("doctor.fix.declined"), OTHER_WAYS)
    yield from _install(packages, words, hands)
