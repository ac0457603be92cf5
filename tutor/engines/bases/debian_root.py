"""A small Debian as a tar file, made by mmdebstrap from the package sources of this machine."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from tutor.engines.host import Host, Run, Spoken, has_tool, run, this_host
from tutor.errors import TutorError
from tutor.phrase import Phrase, with_lines

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
"""Signs Debian's packages; of the package debian-archive-keyring, on the host and in the root itself."""

HANDED_ON = ("Acquire::Check-Valid-Until", "Acquire::Check-Date", "Acquire::http::Proxy", "Acquire::https::Proxy")
"""The apt settings that decide whether packages can be fetched here: the stand-ins need them as this machine does."""

LAST_LINES = 8
NEEDED = {"mmdebstrap": "mmdebstrap", KEYRING: "debian-archive-keyring"}
"""What making a root takes (a program, a file), and the package each is in."""

OTHER_WAYS = Phrase(
    "Other ways: pull the published images (diamol-tutor bases pull) or load a kit (diamol-tutor bases load KIT)."
)


def why_not_here(host: Host | None = None, has: Callable[[str], bool] = has_tool) -> TutorError | None:
    """What keeps stand-ins from being built on this machine, with the next step; None when they can be."""
    host = host or this_host()
    if not host.has_apt:
        return TutorError(
            "Stand-ins are made of Debian's packages, and that takes Debian or Ubuntu, which this machine is not.",
            OTHER_WAYS,
        )
    if not host.is_root:
        return TutorError(
            "Making stand-ins takes the rights of root, to unpack Debian's packages.",
            'Run: sudo "$(command -v diamol-tutor)" bases build. {other_ways}',
            other_ways=OTHER_WAYS,
        )
    if missing := missing_packages(has):
        return TutorError(
            "Making stand-ins takes packages that are not installed: {names}.",
            "Run: apt-get install {packages}",
            names=", ".join(missing),
            packages=" ".join(missing),
        )
    return None


def missing_packages(has: Callable[[str], bool] = has_tool) -> tuple[str, ...]:
    """The packages that have to be installed before a root can be made."""
    return tuple(package for thing, package in NEEDED.items() if not has(thing))


def make_root(folder: Path, suite: str, tar: Path, host: Host | None = None, ask: Run = run) -> Iterator[str]:
    """Make `tar`, telling mmdebstrap's progress. `folder` may hold `apt.conf` and `dpkg.cfg` for the root.

    Raises TutorError with mmdebstrap's last words.
    """
    host = host or this_host()
    if problem := why_not_here(host):
        raise problem
    sources = package_sources(host, suite, ask)
    command = [
        "mmdebstrap",
        "--variant=apt",
        "--skip=output/dev",  # the engine makes a container's devices
        # without these two the package usrmerge drags all of perl in
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
        "--include=usr-is-merged",
        *(f"--aptopt={option}" for option in settings_to_hand_on(ask)),
        f"--aptopt={folder / 'apt.conf'}",
        f"--dpkgopt={folder / 'dpkg.cfg'}",
        suite,
        str(tar),
        *(["-"] if sources else []),
    ]
    last: deque[str] = deque(maxlen=LAST_LINES)
    making = Spoken(command)
    for line in making.lines(sources):
        last.append(line)
        yield line
    if making.status != 0:
        raise TutorError(
            with_lines(
                Phrase("Making the Debian root failed: mmdebstrap ended with {status}.", status=making.status), last
            ),
            "Check that `apt-get update` works here, then try again.",
        )


def package_sources(host: Host, suite: str, ask: Run = run) -> str:
    """Where this machine gets Debian's packages, as lines of sources.list for `suite`.

    Empty where it has no Debian sources (Ubuntu): mmdebstrap then knows Debian's own.
    """
    said = ask(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI) $(RELEASE) $(COMPONENT)",
            "Created-By: Packages",
            "Origin: Debian",
        ]
    )
    lines = set()
    for entry in said.stdout.splitlines() if said.returncode == 0 else ():
        address, _, rest = entry.partition(" ")
        release, _, component = rest.partition(" ")
        own, dash, pocket = release.partition("-")
        if component == "main" and own == host.codename and pocket in ("", "updates", "security"):
            lines.add(f"deb [signed-by={KEYRING}] {address} {suite}{dash}{pocket} main\n")
    return "".join(sorted(lines))


def settings_to_hand_on(ask: Run = run) -> tuple[str, ...]:
    """This machine's `HANDED_ON` settings, as apt.conf lines."""
    dump = ask(["apt-config", "dump", *HANDED_ON]).stdout
    pattern = re.compile(rf'(?:{"|".join(map(re.escape, HANDED_ON))}) ".+";')
    return tuple(line for line in dump.splitlines() if pattern.fullmatch(line))
