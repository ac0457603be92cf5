"""What a layer's size counts. overlay2 adds the lengths of files up; the containerd store asks the file system, which
keeps each file and folder in whole blocks, and counts the folders on the way to a file again in each layer."""

from __future__ import annotations

from tutor.builds.engine import Engine

BLOCK_BYTES = 4096
"""The blocks of the file systems that Docker's data is usually kept on (ext4, xfs)."""


def counts_blocks(engine: Engine) -> bool:
    return engine.facts().store == "containerd"


def stored_bytes(size_bytes: int) -> int:
    """What a file or folder of this size takes in whole blocks."""
    return max(1, -(-size_bytes // BLOCK_BYTES)) * BLOCK_BYTES
