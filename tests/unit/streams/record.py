"""Record the streams beside this file from a live engine: `python -m tests.unit.streams.record`.

For each `NAME.Dockerfile` it keeps, in a folder named after the engine's version and image store, what the engine
sends for a first build (`NAME.buildkit.jsonl`, `NAME.classic.jsonl`) and, where that succeeds, for a second one
(`NAME.again.…`). Empty the engine's build cache before: BuildKit takes a known WORKDIR from it whatever it is told.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import docker

from tutor.engines.connect import connect
from tutor.engines.docker_engine import DockerEngine

FOLDER = Path(__file__).parent
BUILDERS = {"buildkit": "2", "classic": "1"}


def main() -> None:
    client = connect()
    facts = DockerEngine(client).facts()
    kept = FOLDER / f"{'.'.join(facts.version.split('.')[:2])}-{facts.store}"
    kept.mkdir(exist_ok=True)
    for file in sorted(FOLDER.glob("*.Dockerfile")):
        for builder, version in BUILDERS.items():
            first = _build(client, file.read_bytes(), version, nocache=True)
            (kept / f"{file.stem}.{builder}.jsonl").write_bytes(first)
            if b'"error"' not in first:
                again = _build(client, file.read_bytes(), version, nocache=False)
                (kept / f"{file.stem}.again.{builder}.jsonl").write_bytes(again)


def _build(client: docker.APIClient, dockerfile: bytes, version: str, nocache: bool) -> bytes:
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(dockerfile)
        archive.addfile(member, io.BytesIO(dockerfile))
    parameters = {"version": version, "rm": "1", "forcerm": "1", "labels": '{"diamol.tutor":"build"}'}
    if nocache:
        parameters["nocache"] = "1"
    response = client.post(
        f"{client.base_url}/v{client.api_version}/build",
        params=parameters,
        data=context.getvalue(),
        headers={"Content-Type": "application/x-tar"},
        stream=True,
    )
    return b"".join(line + b"\n" for line in response.iter_lines() if line.strip())


if __name__ == "__main__":
    main()
