"""What everything the tutor creates on an engine is labelled with."""

from __future__ import annotations

from tutor import alive
from tutor.builds.engine import LABEL, OWNER_LABEL


def labels(purpose: str) -> dict[str, str]:
    """A container's labels: what it is for, and which tutor made it."""
    owner = alive.me()
    return {LABEL: purpose} | ({OWNER_LABEL: owner} if owner else {})
