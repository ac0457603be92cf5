"""A visit made by a container beside the solution's: what it runs, and how its output is read.

It is joined to the network of a container that has none but its loopback, so the solution reaches nothing, and the
visit works wherever the engine is. BusyBox has no HTTP client that shows headers and errors as they are; `nc` does.
"""

from __future__ import annotations

import base64
import binascii
import http.client
import io
from collections.abc import Sequence
from typing import Any, cast

from tutor.phrase import Phrase
from tutor.sanitise import decode
from tutor.visit import Answer

IMAGE = "diamol/base"
"""Has a shell, `nc`, `timeout` and `base64` (all BusyBox), published or stand-in."""

LIMIT_BYTES = 262_144
"""How much of an answer is read."""

LINES = LIMIT_BYTES * 4 // 3 // 64 + 100
"""How many lines an answer takes in base64, at most."""

_SCRIPT = r"""
end=$(( $(date +%s) + $2 ))
while :; do
    printf 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n' |
        timeout 5 nc 127.0.0.1 "$1" 2>/dev/null | head -c "$3" >/tmp/answer
    case "$(head -c 12 /tmp/answer)" in
        HTTP/1.?' '5*) ;;
        HTTP/*) break ;;
    esac
    [ "$(date +%s)" -lt "$end" ] || break
    sleep 0.1
done
base64 /tmp/answer
"""
"""A 5xx answer and none at all mean "not ready yet", as in `tutor.visit`."""


def command(port: int, deadline_s: float) -> tuple[str, ...]:
    return ("sh", "-c", _SCRIPT, "visit", str(port), str(round(deadline_s)), str(LIMIT_BYTES))


def read(lines: Sequence[str]) -> Answer:
    """The answer that a sidecar printed."""
    try:
        data = base64.b64decode("".join(lines), validate=True)
    except binascii.Error:
        return Answer(problem=Phrase("the visit was cut short"))
    if not data:
        return Answer(problem="Connection refused")
    response = http.client.HTTPResponse(cast(Any, _Socket(data)), method="GET")
    try:
        response.begin()
        body = response.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    except (http.client.HTTPException, ValueError, OSError) as error:
        return Answer(problem=str(error) or type(error).__name__)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, decode(body), headers)


class _Socket:
    """All that `HTTPResponse` asks of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._data)
