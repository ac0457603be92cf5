"""Record the streams beside this file from a live engine: `python -m tests.unit.streams.record`.

For each `NAME.Dockerfile` it keeps what the engine sends for a first build (`NAME.buildkit.jsonl`,
`NAME.classic.jsonl`) and, where that succeeds, for a second one (`NAME.again.…`).
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import docker

from tutor.engines.connect import connect

FOLDER = Path(__file__).parent
BUILDERS = {"buildkit": "2", "classic": "1"}


def main() -> None:
    client = connect()
    for file in sorted(FOLDER.glob("*.Dockerfile")):
        for builder, version in BUILDERS.items():
            first = _build(client, file.read_bytes(), version, nocache=True)
            (FOLDER / f"{file.stem}.{builder}.jsonl").write_bytes(first)
            if b'"error"' not in first:
                again = _build(client, file.read_bytes(), version, nocache=False)
                (FOLDER / f"{file.stem}.again.{builder}.jsonl").write_bytes(again)


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
