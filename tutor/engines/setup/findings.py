"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """WARN: it works, but not as well as it could. BAD: something can't work until it is mended."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What was found about one topic. `topic` is a key: its title is the text `doctor.topic.TOPIC`."""

    topic: str
    verdict: Verdict
    sentence: str
    next_step: str = ""
