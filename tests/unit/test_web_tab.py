"""A browser tab's process: what goes to it and comes from it, and that it ends with its tab, however it behaves."""

from __future__ import annotations

import asyncio
import json
import shlex
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import click
import pytest
from aiohttp.test_utils import TestClient, TestServer

from tutor.cli.main import cli, main
from tutor.cli.serve import app_command
from tutor.language import Words
from tutor.web import tab
from tutor.web.place import Place
from tutor.web.server import TutorServer

PROGRAM = """
import os, signal, sys
def packet(kind, data): os.write(1, kind + len(data).to_bytes(4, "big") + data)
def heard():
    kind = sys.stdin.buffer.read(1)
    return kind and (kind, sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "big")))
os.write(1, b"__GANGLION__\\n")
"""
ECHO = (
    PROGRAM
    + """
packet(b"D", ("size %s x %s" % (os.environ["COLUMNS"], os.environ["ROWS"])).encode())
while (told := heard()) and b'"quit"' not in told[1]: packet(b"D", told[0] + told[1])
packet(b"M", b'{"type": "exit"}')
"""
)
DEADLINE_S = 30
Opened = Callable[..., Awaitable[aiohttp.ClientWebSocketResponse]]


@asynccontextmanager
async def tabs(program: str, said: list[str] | None = None) -> AsyncIterator[Opened]:
    """Opens tabs of a server whose app is this Python program."""
    complaints = said if said is not None else []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = Place(listening, "127.0.0.1")
        command = "exec " + shlex.join((sys.executable, "-c", program))
        server = TutorServer(command, Words("en"), place, complaints.append)
        async with asyncio.timeout(DEADLINE_S), TestClient(TestServer(server.app())) as client:

            async def opened(query: str = "") -> aiohttp.ClientWebSocketResponse:
                origin = f"http://{client.host}:{client.port}"
                return await client.ws_connect(f"/{server.door.token}/ws{query}", headers={"Origin": origin})

            yield opened


async def test_keys_sizes_and_focus_reach_the_app_and_its_output_the_tab() -> None:
    async with tabs(ECHO) as opened:
        connection = await opened("?width=100&height=30")
        assert await connection.receive_bytes() == b"size 100 x 30"
        for told, comes in (
            (["stdin", "가\x1b[A"], b"D" + "가\x1b[A".encode()),
            (["stdin", "\ud800"], b"D?"),
            (["resize", {"width": 90, "height": 20}], b'M{"type": "resize", "width": 90, "height": 20}'),
            (["resize", {"width": -5, "height": 10**9}], b'M{"type": "resize", "width": 2, "height": 1000}'),
            (["focus"], b'M{"type": "focus"}'),
            (["blur"], b'M{"type": "blur"}'),
        ):
            await connection.send_str(json.dumps(told))
            assert await connection.receive_bytes() == comes


async def test_nonsense_from_the_page_is_dropped() -> None:
    async with tabs(ECHO) as opened:
        connection = await opened("?width=many&height=-1")
        assert await connection.receive_bytes() == b"size 80 x 2"
        for nonsense in (
            "",
            "{",
            "[]",
            '["stdin"]',
            '["stdin", 5]',
            '["resize", {"width": "x"}]',
            '{"type": "quit"}',
            "7",
        ):
            await connection.send_str(nonsense)
        await connection.send_bytes(b'["stdin", "bytes"]')
        await connection.send_str('["stdin", "still here"]')
        assert await connection.receive_bytes() == b"Dstill here"


async def test_an_app_that_ends_closes_its_tab() -> None:
    async with tabs(PROGRAM + 'packet(b"M", b\'{"type": "exit"}\')') as opened:
        assert (await (await opened()).receive()).type is aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no terminal \\x1b]0;evil\\x07here')", ["no terminal here"]),
        (PROGRAM + "sys.stderr.write('x' * 100_000 + 'last words'); os._exit(3)", ["last words"]),
        ("import os; os.write(1, b'x' * 100_000)", []),
        ("", []),
    ],
)
async def test_an_app_that_dies_closes_its_tab_and_what_it_said_is_told_clean(program: str, said: list[str]) -> None:
    complaints: list[str] = []
    async with tabs(program, complaints) as opened:
        assert (await (await opened()).receive()).type is aiohttp.WSMsgType.CLOSE
    assert [text[-len(wanted) :] for text, wanted in zip(complaints, said, strict=True)] == said
    assert all(len(text) <= 8192 for text in complaints)


async def test_a_closed_tab_ends_an_app_that_writes_without_end(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    program = PROGRAM + (
        "import threading\n"
        "quit = threading.Event()\n"
        "threading.Thread(target=lambda: (heard(), quit.set()), daemon=True).start()\n"
        "while not quit.is_set(): packet(b'D', b'x' * 65536)\n"
        "for _ in range(100): packet(b'D', b'x' * 65536)\n"
        f"open({str(ended)!r}, 'w')\n"
    )
    async with tabs(program) as opened:
        connection = await opened()
        await connection.receive_bytes()
        await connection.close()
    assert ended.exists()


async def test_an_app_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab, "_ENDING_SECONDS", 0.2)
    pid_file = tmp_path / "pid"
    program = PROGRAM + (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(pid_file)!r}, 'w').write(str(os.getpid()))\n"
        "packet(b'D', b'here')\n"
        "while True: signal.pause()\n"
    )
    async with tabs(program) as opened:
        assert await (await opened()).receive_bytes() == b"here"
    assert not Path(f"/proc/{pid_file.read_text()}").exists()


def test_each_tab_is_opened_with_the_options_that_were_given() -> None:
    def words(*given: str) -> list[str]:
        with cli.make_context("diamol-tutor", [*given, "serve"]) as root, click.Context(cli, parent=root) as context:
            return shlex.split(app_command(context))

    assert words()[1:] == [sys.executable, "-P", "-m", "tutor", "--builder", "buildkit"]
    given = ["--lang", "ko", "--builder", "classic", "--workspace", "/a folder;x", "--debug"]
    assert words(*given)[-len(given) :] == given


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in [name for name in sys.modules if name.startswith("tutor.web")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.setitem(sys.modules, "textual_serve.app_service", None)
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", "serve"])
    assert ended.value.code == 2
    assert "pipx inject diamol-tutor" in capsys.readouterr().err
