"""Record what lands in the image for each tree, or for those named: `python -m tests.contexts.record [NAME...]`.

Needs a live engine and the Docker CLI with its buildx plugin; both builders are asked through the CLI.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

from tests.contexts import TREES, Tree, landed_in
from tutor.builds.builder import Builder

LANDED = Path(__file__).with_name("landed.json")
_SWITCH = {Builder.CLASSIC: "0", Builder.BUILDKIT: "1"}


def main() -> None:
    landed = json.loads(LANDED.read_text())["landed"] if sys.argv[1:] else {}
    for tree in (tree for tree in TREES if not sys.argv[1:] or tree.name in sys.argv[1:]):
        found = {builder: _land(tree, builder) for builder in Builder}
        landed[tree.name] = {str(builder): lines for builder, lines in found.items()}
    version = _docker("version", "--format", "CLI {{.Client.Version}}, engine {{.Server.Version}}").decode().strip()
    buildx = _docker("buildx", "version").decode().split()[1]
    with LANDED.open("w") as file:
        file.write(f'{{"measured with": "{version}, buildx {buildx}", "landed": {{\n')
        file.write(",\n".join(f"{json.dumps(name)}: {json.dumps(lines)}" for name, lines in landed.items()))
        file.write("\n}}\n")


def _land(tree: Tree, builder: Builder) -> list[str]:
    tag = f"diamol-tutor/record:{uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory() as folder:
        tree.write(Path(folder))
        file = f"{folder}/{tree.dockerfile}"
        _docker("build", "--no-cache", "--tag", tag, "--file", file, folder, builder=builder)
    container = _docker("create", tag, "-").decode().strip()
    try:
        return landed_in(_docker("export", container))
    finally:
        _docker("rm", container)
        _docker("rmi", tag)


def _docker(*arguments: str, builder: Builder = Builder.BUILDKIT) -> bytes:
    environment = {**os.environ, "DOCKER_BUILDKIT": _SWITCH[builder]}
    done = subprocess.run(["docker", *arguments], env=environment, capture_output=True)
    if done.returncode:
        raise SystemExit(f"docker {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout


if __name__ == "__main__":
    main()
