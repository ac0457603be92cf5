"""What a running grade tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.builds.events import BuildEvent


@dataclass(frozen=True)
class ProbeStarted:
    """A probe begins; `probe` names it (`grade.probe.<probe>` in the words)."""

    probe: str


GradeEvent = ProbeStarted | BuildEvent
Listener = Callable[[GradeEvent], None]
