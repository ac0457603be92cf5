"""One `POST /build` and the engine's answer to it, message by message, which another thread can end."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import docker
import requests
from docker import errors as docker_errors
from docker.errors import create_api_error_from_http_exception

from tutor.builds.builder import Builder

LET_END_S = 2.0
"""How long a cancelled BuildKit build may take to begin and to end its answer before its connection is shut down.

An image that is just being exported may still get its name when nobody reads the answer any more (Docker 20.10: in 7
of 60 builds cancelled near their end, in none that were read to the end): who removes it has to come later than that.
"""

CANCEL_DEADLINE_S = 5


class Answer:
    """What the engine answers to one build. One thread calls `begin`, then `messages`, then `leave`; any may `cancel`.

    After a cancel `begin` and `messages` end, or raise OSError or whatever a connection shut down under its reader
    makes requests raise.
    """

    def __init__(self, client: docker.APIClient, builder: Builder, build_id: str) -> None:
        self._client = client
        self._builder = builder
        self._build_id = build_id
        self._cancelled = threading.Event()
        self._left = threading.Event()
        """Nobody reads it any more."""
        self._response: requests.Response | None = None
        self._begun: SimpleQueue[requests.Response | Exception | None] = SimpleQueue()
        """Its begin or what went wrong before it; None from `cancel`, which waits for neither."""

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def begin(self, parameters: dict[str, str], context: Iterable[bytes]) -> int:
        """Send the build and wait for the begin of the answer; gives the size of the context in bytes.

        The begin has a deadline, what follows has none: a step may be silent for as long as it likes.
        """
        sent = 0

        def body() -> Iterator[bytes]:
            nonlocal sent
            for chunk in context:
                if self.cancelled:
                    raise OSError("cancelled")
                sent += len(chunk)
                yield chunk

        # a thread of its own, so that an engine's silence can be left
        threading.Thread(target=self._post, args=(parameters, body()), name="build-begins", daemon=True).start()
        begun = self._begun.get()
        if begun is None and self._builder is Builder.BUILDKIT:
            with suppress(Empty):
                begun = self._begun.get(timeout=LET_END_S)
        match begun:
            case requests.Response():
                return sent
            case Exception() as error:
                raise error
            case None:
                raise OSError("cancelled")

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the engine says of a build that has begun. Raises docker's APIError when it refuses it."""
        response = self._response
        assert response is not None
        if response.status_code >= 400:
            refused = _refusal(response)
            if "parse error" not in str(refused.explanation):
                raise refused
            yield {"error": str(refused.explanation)}  # BuildKit tells the same within its stream
            return
        for line in response.iter_lines():
            if self.cancelled:
                if self._builder is Builder.BUILDKIT:
                    continue  # to the end of the answer: see LET_END_S
                raise OSError("cancelled")
            if line.strip():
                try:
                    message = json.loads(line)
                except ValueError:  # it breaks off within a line, which is as good as before it
                    return
                if isinstance(message, dict):
                    yield message

    def cancel(self) -> None:
        """End the build, from any thread. Blocks for one call to the engine at most."""
        self._cancelled.set()
        self._begun.put(None)
        self._end()

    def leave(self, ended: bool) -> None:
        """Read no more of it; a build that has not ended is cancelled."""
        self._left.set()
        if not ended:
            self.cancel()

    def _post(self, parameters: dict[str, str], body: Iterator[bytes]) -> None:
        try:
            response = self._client.post(
                self._url("/build"),
                params=parameters | {"buildid": self._build_id},
                data=body,
                headers={"Content-Type": "application/x-tar"},
                stream=True,
                timeout=self._client.timeout,
            )
            _wait_for_ever(response)
            self._response = response
            self._begun.put(response)
            if self.cancelled:
                self._end()
        except Exception as error:
            self._begun.put(error)

    def _end(self) -> None:
        with suppress(requests.exceptions.RequestException):
            # ends a BuildKit build at once; the classic builder doesn't know it, and ends when its client hangs up
            self._client.post(self._url("/build/cancel"), params={"id": self._build_id}, timeout=CANCEL_DEADLINE_S)
        if self._response is None:
            return  # once it has come, the build is ended again
        if self._builder is Builder.BUILDKIT and not self._left.is_set():
            threading.Thread(target=self._hang_up_late, args=(self._response,), name="build-ends", daemon=True).start()
        else:
            _hang_up(self._response)

    def _hang_up_late(self, response: requests.Response) -> None:
        if not self._left.wait(LET_END_S):
            _hang_up(response)

    def _url(self, path: str) -> str:
        return f"{self._client.base_url}/v{self._client.api_version}{path}"


def _refusal(response: requests.Response) -> docker_errors.APIError:
    try:
        create_api_error_from_http_exception(requests.exceptions.HTTPError(response=response))
    except docker_errors.APIError as error:
        return error
    raise AssertionError("the SDK raises for every error status")


def _hang_up(response: requests.Response) -> None:
    """Shut the connection's socket down under the reader; closing the response from another thread can deadlock."""
    with suppress(AttributeError, OSError):  # it has ended by itself
        _socket_of(response).shutdown(socket.SHUT_RDWR)


def _wait_for_ever(response: requests.Response) -> None:
    """Take away the deadline that the begin of an answer had."""
    with suppress(AttributeError, OSError):  # all of it has come
        _socket_of(response).settimeout(None)


def _socket_of(response: requests.Response) -> socket.socket:
    """The socket that a response is read from, which requests doesn't tell."""
    raw: Any = response.raw
    found: socket.socket = raw._fp.fp.raw._sock
    return found
