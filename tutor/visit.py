"""Ask a program over HTTP until it answers or a deadline passes."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message

from tutor.sanitise import clean_line, decode

BODY_LIMIT_BYTES = 1_048_576
"""How much of an answer is read: no page of the course is larger, and an endless one must not fill the memory."""

PAUSE_S = 0.05
"""Between two tries."""

ASK_S = 10.0
"""How long one try may take to connect, and to send its body: the gallery of section 4 looks 6 s for its picture
where names that nobody has are slow to be refused (a laptop without a network)."""


@dataclass(frozen=True)
class Answer:
    """What came back last. `status` is 0 when nothing answered; then `problem` says what stood in the way.

    `body` is as the program sent it (decoded): whoever shows it must clean it line by line.
    """

    status: int = 0
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def visit(
    address: str,
    deadline_s: float,
    *,
    method: str = "GET",
    data: str = "",
    headers: Mapping[str, str] | None = None,
    give_up: Callable[[], bool] = lambda: False,
) -> Answer:
    """Ask `address` again and again until it answers below 500; gives the last answer when the deadline passes.

    A refused or reset connection and a 5xx answer mean "not ready yet" (Docker's port proxy accepts before the
    program listens). `give_up` is asked between tries: the program may have ended.
    """
    end = time.monotonic() + deadline_s
    while True:
        answer = _ask(address, max(end - time.monotonic(), 0.1), method, data, headers or {})
        if 0 < answer.status < 500 or time.monotonic() >= end or give_up():
            return answer
        time.sleep(PAUSE_S)


def _ask(address: str, timeout_s: float, method: str, data: str, headers: Mapping[str, str]) -> Answer:
    request = urllib.request.Request(
        address, method=method, data=data.encode() if data else None, headers=dict(headers)
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # containers are never behind the proxy
    try:
        with opener.open(request, timeout=min(timeout_s, ASK_S)) as response:
            return _answer(response.status, _body(response), response.headers)
    except urllib.error.HTTPError as error:
        return _answer(error.code, _body(error), error.headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Answer(problem=clean_line(str(reason)) or type(error).__name__)  # it may quote the answer


def _body(response: http.client.HTTPResponse | urllib.error.HTTPError) -> bytes:
    """What comes of an answer's body within BODY_LIMIT_BYTES and ASK_S: a program may never end it."""
    end = time.monotonic() + ASK_S
    body = bytearray()
    while len(body) < BODY_LIMIT_BYTES and time.monotonic() < end:
        part = response.read1(BODY_LIMIT_BYTES - len(body))
        if not part:
            break
        body += part
    return bytes(body)


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    return Answer(status, decode(body), {name.lower(): value for name, value in headers.items()})
