"""A proxy between the tutor and the engine's socket: it passes all bytes on, and spoils the answers it is told to.

Each connection carries one request: the proxy asks both ends to close it afterwards, so that a fault hits the request
it is meant for and no other.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

READ_BYTES = 65_536
DEADLINE_S = 30.0
"""A thread that nobody ends gives up after this long, so that a broken test ends."""

BUILD = r"POST /v[\d.]+/build\?"
"""The request that begins a build."""


@dataclass(frozen=True)
class Answer:
    """Give this answer instead of the engine's, which is never asked."""

    status: str
    body: bytes = b""
    kind: str = "application/json"

    def bytes(self) -> bytes:
        head = f"HTTP/1.1 {self.status}\r\nContent-Type: {self.kind}\r\nConnection: close\r\n"
        return f"{head}Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body


@dataclass(frozen=True)
class Cut:
    """Pass on the answer's first bytes, head included; then hang up on both sides, in the middle of whatever it is.

    `after` counts bytes; with `text`, the cut comes `after` bytes behind that text.
    """

    after: int
    text: bytes = b""


@dataclass(frozen=True)
class Silence:
    """Take the request, and never answer."""


@dataclass(frozen=True)
class First:
    """Do something, then pass the request on: what happens between a look and what is done upon it."""

    act: Callable[[], object]


Fault = Answer | Cut | Silence | First


class Proxy:
    """Listens on `path` in front of the engine at `engine`. Use it as a context manager."""

    def __init__(self, engine: Path, path: Path) -> None:
        self.address = f"unix://{path}"
        self.requests: list[str] = []
        """The first line of each request that came, in order."""
        self._engine = engine
        self._faults: list[tuple[re.Pattern[str], Fault]] = []
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def spoil(self, request: str, fault: Fault) -> None:
        """From now on, requests whose first line matches `request` meet this fault."""
        self._faults.append((re.compile(request), fault))

    def mend(self) -> None:
        """From now on, all goes through."""
        self._faults.clear()

    def drop(self) -> None:
        """Hang up on everybody."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def asked(self, request: str) -> int:
        """How many requests have come whose first line matches."""
        return sum(bool(re.search(request, line)) for line in self.requests)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), name="proxied", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        try:
            head, rest = _read_head(client)
            if not head:
                return
            line = head.partition(b"\r\n")[0].decode("latin-1")
            self.requests.append(line)
            fault = next((fault for pattern, fault in reversed(self._faults) if pattern.search(line)), None)
            self._meet(fault, client, _closing(head), rest)
        except OSError:
            pass  # one of the two ends has hung up
        finally:
            self._open.discard(client)
            client.close()

    def _meet(self, fault: Fault | None, client: socket.socket, head: bytes, rest: bytes) -> None:
        match fault:
            case Answer():
                _drain(client, head, rest)
                client.sendall(fault.bytes())
            case Silence():
                threading.Thread(target=_swallow, args=(client,), daemon=True).start()
                self._closed.wait(DEADLINE_S)
            case Cut():
                self._pass_on(client, head + rest, fault)
            case First(act):
                act()
                self._pass_on(client, head + rest, None)
            case None:
                self._pass_on(client, head + rest, None)

    def _pass_on(self, client: socket.socket, sent: bytes, cut: Cut | None) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(str(self._engine))
            self._open.add(engine)
            engine.sendall(sent)
            upwards = threading.Thread(target=_copy, args=(client, engine, None), name="proxied-up", daemon=True)
            upwards.start()
            _copy(engine, client, cut)
            if cut is not None:
                for end in (client, engine):
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
            self._open.discard(engine)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(READ_BYTES)
        if not part:
            return b"", b""
        data += part
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _closing(head: bytes) -> bytes:
    """The head with a wish for the connection's end; one that turns into a stream both ways stays as it is."""
    if b"upgrade:" in head.lower():
        return head + b"\r\n\r\n"
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _drain(client: socket.socket, head: bytes, rest: bytes) -> None:
    """Read a request's body to its end: who is still sending doesn't hear an answer."""
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    wanted = int(length[1]) if length else 0
    chunked = b"chunked" in head.lower()
    while (chunked and not rest.endswith(b"0\r\n\r\n")) or (not chunked and len(rest) < wanted):
        part = client.recv(READ_BYTES)
        if not part:
            return
        rest += part


def _swallow(client: socket.socket) -> None:
    with suppress(OSError):
        while client.recv(READ_BYTES):
            pass


def _copy(source: socket.socket, target: socket.socket, cut: Cut | None) -> None:
    """Pass bytes on until the source ends, or the cut comes; then tell the target that nothing more comes."""
    passed = b""
    with suppress(OSError):
        while data := source.recv(READ_BYTES):
            if cut is not None:
                passed += data
                at = passed.find(cut.text)
                if at >= 0 and len(passed) >= (end := at + len(cut.text) + cut.after):
                    target.sendall(data[: len(data) - (len(passed) - end)])
                    return
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
