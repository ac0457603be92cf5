"""Asking a program over HTTP: until it answers, and never for longer than it was given."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tutor import visit as module
from tutor.visit import BODY_LIMIT_BYTES, visit

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server whose connections are handed to a function; gives its address."""
    listeners: list[socket.socket] = []

    def start(handle: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                try:
                    handle(connection)
                except OSError:
                    return  # the visitor has gone

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for listener in listeners:
        listener.close()


def test_an_answer_comes_with_status_headers_and_body(serve: Serve) -> None:
    address = serve(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nX-Edition: first\r\nContent-Length: 3\r\n\r\nabc"))
    answer = visit(address, 10)
    assert (answer.status, answer.body, answer.headers["x-edition"]) == (200, "abc", "first")


def test_it_is_asked_until_it_is_ready(serve: Serve) -> None:
    asked = iter([b"", b"HTTP/1.0 503 Later\r\n\r\n", b"HTTP/1.0 404 Gone\r\n\r\nno"])
    answer = visit(serve(lambda c: c.sendall(next(asked))), 10)
    assert (answer.status, answer.body) == (404, "no")


def test_whoever_waits_can_give_up(serve: Serve) -> None:
    began = time.monotonic()
    answer = visit(serve(lambda c: c.sendall(b"")), 60, give_up=lambda: True)
    assert answer.status == 0
    assert answer.problem
    assert time.monotonic() - began < 30


def test_a_body_that_never_ends_is_cut(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASK_S", 0.3)
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        while not gone.wait(0.02):
            connection.sendall(b"x")

    answer = visit(serve(drip), 60)
    gone.set()
    assert answer.status == 200
    assert 0 < len(answer.body) < 1000


def test_a_body_without_bound_is_cut_at_the_limit(serve: Serve) -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    assert len(visit(serve(flood), 60).body) == BODY_LIMIT_BYTES
