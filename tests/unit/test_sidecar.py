"""What a visit from beside a container printed, read as an answer."""

from __future__ import annotations

import base64

import pytest

from tutor.grade.sidecar import read


def printed(answer: bytes) -> list[str]:
    text = base64.encodebytes(answer).decode()
    return text.splitlines()


def test_status_headers_and_body() -> None:
    answer = read(
        printed(b"HTTP/1.0 200 OK\r\nX-Edition: first\r\nContent-Type: text/html\r\n\r\n<p>\xea\xb9\x80</p>\n")
    )
    assert (answer.status, answer.body, answer.headers["x-edition"]) == (200, "<p>김</p>\n", "first")


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\nnone", 404, "none"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, "abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 200, "abc"),
        (b"HTTP/1.0 200 OK\r\n\r\n\x1b[31m\xff", 200, "\x1b[31m\ufffd"),
    ],
)
def test_answers_of_all_kinds(answer: bytes, status: int, body: str) -> None:
    found = read(printed(answer))
    assert (found.status, found.body) == (status, body)


@pytest.mark.parametrize(
    "lines",
    [[], [""], ["!!!"], printed(b"garbage"), printed(b"HTTP/1.0 abc\r\n\r\n"), printed(b"HTTP/1.0 200"), ["YQ"]],
)
def test_what_is_no_answer_says_why(lines: list[str]) -> None:
    found = read(lines)
    assert found.status in (0, 200)
    assert found.status or found.problem
