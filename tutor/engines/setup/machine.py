"""What the doctor looks at besides the engine: disk space, ports, the terminal."""

from __future__ import annotations

import errno
import locale
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tutor.engines.setup.findings import Finding, Verdict
from tutor.language import Words

GIB = 1024**3
DISK_ENOUGH_BYTES = 5 * GIB
"""The stand-ins take 2 GiB, the images and the build cache of the whole chapter as much again."""
DISK_LEAST_BYTES = 1 * GIB

PORTS = (80, 800, 801, 802)
"""The ports that the chapter publishes."""

SMALLEST_COLUMNS, SMALLEST_ROWS = 80, 24


def disk(folder: Path, words: Words, free_bytes: int | None = None) -> Finding:
    """Free space where the engine keeps its images; `folder` may be out of sight (in a virtual machine)."""
    if free_bytes is None:
        try:
            free_bytes = shutil.disk_usage(folder).free
        except OSError:
            return Finding("disk", Verdict.OK, words("doctor.disk.unseen", folder=folder))
    free = f"{free_bytes / GIB:.1f}"
    if free_bytes < DISK_ENOUGH_BYTES:
        verdict = Verdict.BAD if free_bytes < DISK_LEAST_BYTES else Verdict.WARN
        sentence = words("doctor.disk.little", free=free, folder=folder, enough=DISK_ENOUGH_BYTES // GIB)
        return Finding("disk", verdict, sentence, words("doctor.next.disk"))
    return Finding("disk", Verdict.OK, words("doctor.disk.enough", free=free, folder=folder))


def is_taken(port: int) -> bool:
    """Whether something of this machine listens on the port. Needs no right to listen there itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection that lingers takes no port
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
        else:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def lowest_port(setting: Path = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")) -> int:
    """The lowest port that a program without rights may listen on (ip-sysctl of the Linux kernel)."""
    try:
        return int(setting.read_text("ascii"))
    except (OSError, ValueError):
        return 1024


def ports(
    words: Words,
    ours: frozenset[int] = frozenset(),
    lowest: int = 0,
    taken: Callable[[int], bool] = is_taken,
) -> Finding:
    """Whether the chapter's ports can be published. `ours` are held by the tutor's own containers; `lowest` is the
    lowest port that the engine may use."""
    others = [port for port in PORTS if port not in ours and taken(port)]
    if others:
        sentence = words("doctor.ports.taken", ports=_listed(others))
        return Finding("ports", Verdict.WARN, sentence, words("doctor.next.ports"))
    forbidden = [port for port in PORTS if port < lowest]
    if forbidden:
        sentence = words("doctor.ports.forbidden", ports=_listed(forbidden))
        return Finding("ports", Verdict.WARN, sentence, words("doctor.next.rootless_ports"))
    return Finding("ports", Verdict.OK, words("doctor.ports.free", ports=_listed(PORTS)))


@dataclass(frozen=True)
class TerminalFacts:
    """`colours` is how many it can show: 0 for none, 1 << 24 for true colour."""

    is_terminal: bool
    columns: int
    rows: int
    colours: int
    encoding: str


def look_at_terminal() -> TerminalFacts:
    size = shutil.get_terminal_size((0, 0))
    return TerminalFacts(
        is_terminal=sys.stdout.isatty() and sys.stdin.isatty(),
        columns=size.columns,
        rows=size.lines,
        colours=_colours(),
        encoding=sys.stdout.encoding or locale.getpreferredencoding(False),
    )


def _colours() -> int:
    """What TERM and COLORTERM promise; NO_COLOR (no-color.org) asks for none."""
    term = os.environ.get("TERM", "")
    if os.environ.get("NO_COLOR") or term in ("", "dumb"):
        return 0
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit") or term.endswith("-direct"):
        return 1 << 24
    return 256 if "256" in term else 16


def terminal(facts: TerminalFacts, words: Words) -> Finding:
    if not facts.is_terminal:
        return Finding("terminal", Verdict.WARN, words("doctor.terminal.none"), words("doctor.next.terminal"))
    size = f"{facts.columns}x{facts.rows}"
    if facts.encoding.lower().replace("-", "") != "utf8":
        sentence = words("doctor.terminal.encoding", encoding=facts.encoding)
        return Finding("terminal", Verdict.WARN, sentence, words("doctor.next.encoding"))
    if facts.columns < SMALLEST_COLUMNS or facts.rows < SMALLEST_ROWS:
        sentence = words("doctor.terminal.small", size=size, smallest=f"{SMALLEST_COLUMNS}x{SMALLEST_ROWS}")
        return Finding("terminal", Verdict.WARN, sentence, words("doctor.next.size"))
    if not facts.colours:
        return Finding("terminal", Verdict.OK, words("doctor.terminal.plain", size=size))
    return Finding("terminal", Verdict.OK, words("doctor.terminal.good", size=size, colours=f"{facts.colours:,}"))


def _listed(numbers: tuple[int, ...] | list[int]) -> str:
    return ", ".join(map(str, numbers))
