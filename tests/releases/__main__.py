"""Run a command against Docker engines of several releases, one after the other.

    python -m tests.releases [NAME...] -- COMMAND...

Each engine has a root of its own, made of a Debian release's packages (kept in `FOLDER` for the next time), a network
of its own, which only has itself, and images of its own, which are thrown away: another engine on this machine is left
alone. COMMAND runs in that network, with DOCKER_HOST set. Takes root, Debian or Ubuntu, and mmdebstrap.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker import errors as docker_errors

from tutor.engines.bases.debian_root import package_sources, settings_to_hand_on, why_not_here
from tutor.engines.host import this_host

FOLDER = Path(os.environ.get("RELEASES_FOLDER", "/var/lib/diamol-tutor-releases"))
PACKAGES = "docker.io,docker-buildx,iptables,iproute2,mount,ca-certificates,procps"
START_S = 60
STOP_S = 60
INSIDE = Path(__file__).parent / "inside.sh"


@dataclass(frozen=True)
class Release:
    """An engine: the Debian release whose packages it is of, and its `daemon.json`."""

    suite: str
    settings: dict[str, Any]


RELEASES = {
    "20.10": Release("bookworm", {}),
    "26.1": Release("trixie", {}),
    "28.5": Release("forky", {}),
    "28.5-containerd": Release("forky", {"features": {"containerd-snapshotter": True}}),
}
"""By the version that the suite had when this was written; the summary tells the version that was found."""


def root_of(suite: str) -> Path:
    """The root of a Debian release with its Docker, made the first time."""
    root = FOLDER / suite
    if (root / "usr/sbin/dockerd").exists():
        return root
    if problem := why_not_here():
        sys.exit(str(problem))
    made = FOLDER / f"{suite}.part"
    shutil.rmtree(made, ignore_errors=True)
    made.parent.mkdir(parents=True, exist_ok=True)
    sources = package_sources(this_host(), suite).splitlines(keepends=True)
    main = "".join(line for line in sources if f" {suite} " in line)  # a testing release has no other pockets
    options = [f"--aptopt={option}" for option in settings_to_hand_on()]
    packages = PACKAGES.replace("docker-buildx,", "") if suite == "bookworm" else PACKAGES
    command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={packages}", *options, suite, str(made)]
    subprocess.run([*command, "-"] if main else command, input=main, text=True, check=True)
    return made.rename(root)


@contextmanager
def running(release: Release) -> Iterator[tuple[str, int]]:
    """The engine's DOCKER_HOST and the process whose network it is in; it is stopped in the end, its images removed."""
    root = root_of(release.suite)
    with tempfile.TemporaryDirectory(dir=FOLDER) as data, tempfile.TemporaryDirectory(prefix="docker-") as door:
        settings = Path(door) / "daemon.json"
        settings.write_text(json.dumps(release.settings))
        with (Path(door) / "log").open("wb") as log:
            command = ["unshare", "--mount", "--net", "sh", str(INSIDE), str(root), data, door]
            engine = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        host = f"unix://{door}/docker.sock"
        try:
            wait_for(engine, host, Path(door) / "log")
            yield host, engine.pid
        finally:
            engine.terminate()
            engine.wait(STOP_S)


def wait_for(engine: subprocess.Popen[bytes], host: str, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and engine.poll() is None:
        try:
            docker.APIClient(host, version="auto").ping()
            return
        except docker_errors.DockerException:
            time.sleep(0.2)
    sys.exit("The engine did not start; the end of its log:\n" + log.read_text("utf-8", "replace")[-2000:])


def found(host: str) -> str:
    client = docker.APIClient(host, version="auto")
    return f"Docker {client.version()['Version']}, {client.info()['Driver']}"


def main() -> int:
    given = sys.argv[1:]
    middle = given.index("--") if "--" in given else len(given)
    chosen, command = given[:middle] or list(RELEASES), given[middle + 1 :]
    if not command or not set(chosen) <= set(RELEASES):
        sys.exit(f"{__doc__}\nNAME: {' '.join(RELEASES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of what stops the engine
    told: dict[str, int] = {}
    for name in chosen:
        with running(RELEASES[name]) as (host, process):
            engine = f"{name}: {found(host)}"
            print(f"== {engine}", flush=True)
            inside = ["nsenter", f"--net=/proc/{process}/ns/net", *command]
            told[engine] = subprocess.run(inside, env=os.environ | {"DOCKER_HOST": host}, check=False).returncode
    for engine, status in told.items():
        print(f"{'passed' if status == 0 else f'failed ({status})':<12} {engine}")
    return int(any(told.values()))


if __name__ == "__main__":
    sys.exit(main())
