"""What our parser refuses, the engine's builder refuses too, and what it lets pass, the builder builds.

No file without FROM is sent: BuildKit in Docker 20.10 panics on one, and the engine ends. Here-documents are left
out: Docker 20.10 doesn't know them.
"""

from __future__ import annotations

import io
import json
import tarfile

import docker
import pytest

from tutor.builds.dockerfile import DockerfileError
from tutor.builds.engine import LABEL
from tutor.builds.parser import parse
from tutor.engines.connect import connect
from tutor.engines.docker_engine import DockerEngine

pytestmark = pytest.mark.engine

BROKEN = {
    "COPPY a b": "unknown instruction",
    "apt-get install curl": "unknown instruction",
    "\\": "unknown instruction",
    "FROM": "one or three arguments",
    "FROM a b": "one or three arguments",
    "FROM a AS 1st": "invalid name for build stage",
    "COPY a": "at least two arguments",
    "ADD": "at least two arguments",
    "COPY --form=a b c": "unknown flag",
    "COPY --from a b": "missing a value on flag",
    "COPY --from=a --from=b c d": "duplicate flag",
    "WORKDIR --a b": "unknown flag",
    "CMD [1]": "strings only",
    "ENV a": "must have two arguments",
    "ENV a=b c": "can't find =",
    "ENV =b": "can not be blank",
    "LABEL a": "must have two arguments",
    "WORKDIR": "exactly one argument",
    "EXPOSE": "at least one argument",
    'VOLUME [" "]': "can not be an empty string",
    "SHELL bash": "json form",
    "ONBUILD": "at least one argument",
    "ONBUILD FROM a": "as an onbuild trigger",
    "ONBUILD ENV a": "must have two arguments",
    "HEALTHCHECK CMD": "missing command",
    "HEALTHCHECK NONE a": "takes no arguments",
    "HEALTHCHECK curl": "unknown type",
}
"""Instructions, and what the builder's refusal says of each."""

SOUND = [
    "CMD",
    "CMD []",
    "CMD ['a']",
    "ENTRYPOINT",
    "STOPSIGNAL --x 9",
    "HEALTHCHECK --x NONE",
    "ONBUILD FOO a",
    "env a b c",
    'ENV a=b \\\n# comment\n\n    c="d e"\nLABEL f=g',
]


@pytest.fixture(scope="module")
def client(buildkit: DockerEngine) -> docker.APIClient:  # noqa: ARG001 - an engine must be there first
    return connect()


def refusal(client: docker.APIClient, dockerfile: str) -> str | None:
    """BuildKit's error about a context of nothing but this Dockerfile; None when it built it. The image is removed."""
    content = dockerfile.encode()
    member = tarfile.TarInfo("Dockerfile")
    member.size = len(content)
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        archive.addfile(member, io.BytesIO(content))
    reply = client.post(
        f"{client.base_url}/v{client.api_version}/build",
        params={"version": "2", "labels": json.dumps({LABEL: "test"})},
        data=context.getvalue(),
        headers={"Content-Type": "application/x-tar"},
        timeout=60,
    )
    messages = [json.loads(line) for line in reply.iter_lines() if line]
    for message in messages:
        if "error" in message or "message" in message:
            return str(message.get("error") or message["message"])
    image = next(message["aux"]["ID"] for message in messages if message.get("id") == "moby.image.id")
    client.remove_image(image, force=True)
    return None


@pytest.mark.parametrize(("instruction", "said"), BROKEN.items(), ids=BROKEN)
def test_both_refuse(client: docker.APIClient, instruction: str, said: str) -> None:
    dockerfile = f"FROM scratch\n{instruction}\n"
    with pytest.raises(DockerfileError):
        parse(dockerfile)
    assert said in (refusal(client, dockerfile) or "").lower()


@pytest.mark.parametrize("instruction", SOUND)
def test_both_accept(client: docker.APIClient, instruction: str) -> None:
    dockerfile = f"FROM scratch\n{instruction}\n"
    assert parse(dockerfile).final_stage.instructions
    assert refusal(client, dockerfile) is None
