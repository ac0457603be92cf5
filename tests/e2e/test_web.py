"""The tutor in a real browser: it opens, steps on by keyboard, builds live, and lets no one else in."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sysconfig
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.e2e.browser import Browser

COMMAND = str(Path(sysconfig.get_path("scripts")) / "diamol-tutor")
PAUSE_S = 0.05
LAST_ROW = "__terminal.buffer.active.getLine(__terminal.rows - 1).translateToString().trimEnd()"
"""What stands on the terminal's last row, for a script in the page."""


class Served:
    """A running `diamol-tutor serve`, with the address that it printed."""

    def __init__(self, process: Process, address: str) -> None:
        self.process = process
        self.address = address

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def tutors(self) -> list[int]:
        """Process numbers of the tabs' apps."""
        return [int(number) for number in _read(f"/proc/{self.process.pid}/task/{self.process.pid}/children").split()]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
async def served(tmp_path: Path, workspace: Path) -> AsyncIterator[Served]:
    places = {"DIAMOL_TUTOR_WORKSPACE": str(workspace), "DIAMOL_TUTOR_STATE": str(tmp_path / "state")}
    async with _serve(places) as served:
        yield served


@asynccontextmanager
async def _serve(env: dict[str, str], *options: str) -> AsyncIterator[Served]:
    process = await asyncio.create_subprocess_exec(
        *(COMMAND, "--lang", "en", "serve", *options), stdout=PIPE, stderr=PIPE, env=dict(os.environ) | env
    )
    try:
        assert process.stdout is not None
        yield Served(process, (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip())
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await asyncio.wait_for(process.wait(), 30)


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with Browser(tmp_path / "profile") as browser:
        yield browser


@pytest.mark.engine
async def test_the_first_section_builds_live_by_keyboard_alone(served: Served, browser: Browser) -> None:
    tab = await browser.open(served.address)
    await tab.wait_for("A Dockerfile instead of a build server", "● Docker")
    await tab.press("Enter")
    await tab.wait_for("What a build needs", "1 of")
    for page in range(2, 7):
        await tab.press("n")
        await tab.wait_for(f"{page} of")
    await tab.wait_for("docker image build -t multi-stage .")
    await tab.press("Enter")
    await tab.wait_for("build-stage FROM diamol/base", "test-stage FROM diamol/base", "2 layers", deadline_s=60)
    assert browser.complaints == []

    await tab.press("q")
    await tab.wait_until("getComputedStyle(document.getElementById('ended')).display === 'block'")
    assert await tab.evaluate("document.activeElement.id") == "again"
    await tab.press("Enter")
    await tab.wait_for("Docker engine", "of 11", "✓  1")

    hosts = {urlsplit(address).netloc for address in browser.requests}
    assert hosts == {urlsplit(served.address).netloc}
    assert len(served.tutors()) == 1


@pytest.mark.engine
async def test_closing_the_tab_ends_its_tutor_and_the_build(served: Served, browser: Browser, workspace: Path) -> None:
    slow = workspace / "01-multi-stage"
    slow.mkdir(parents=True)
    seconds = str(random.randint(100_000, 999_999))
    (slow / "Dockerfile").write_text(f"FROM diamol/base\nRUN sleep {seconds}\n")
    tab = await browser.open(served.address)
    await tab.wait_for("A Dockerfile instead of a build server", "● Docker")
    await tab.press("Enter")
    await tab.wait_for("1 of")
    for page in range(2, 7):
        await tab.press("n")
        await tab.wait_for(f"{page} of")
    await tab.press("Enter")
    # the engine is on this machine, so what a build runs can be seen
    await _until(lambda: _runs(f"sleep {seconds}"), "the build's sleep", 60)
    await tab.close()
    await _until(lambda: not _runs(f"sleep {seconds}"), "the end of what the build ran")
    await _until(lambda: not served.tutors(), "the end of the tab's tutor")


async def test_the_end_of_the_server_ends_all_tabs(served: Served, browser: Browser) -> None:
    tabs = [await browser.open(served.address) for _ in range(2)]
    for tab in tabs:
        await tab.wait_for("Packaging applications from source code")
    tutors = served.tutors()
    assert len(tutors) == 2
    served.process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(served.process.wait(), 30) == 0
    assert not any(Path(f"/proc/{number}").exists() for number in tutors)
    for tab in tabs:
        await tab.wait_until("document.body.classList.contains('-closed')")
    assert served.process.stderr is not None
    said = (await served.process.stderr.read()).decode()
    assert "Traceback" not in said
    assert urlsplit(served.address).path.strip("/") not in said


async def test_a_killed_server_leaves_no_tutor_behind(served: Served, browser: Browser) -> None:
    tab = await browser.open(served.address)
    await tab.wait_for("Packaging applications from source code")
    (tutor,) = served.tutors()
    served.process.kill()
    await _until(lambda: not _read(f"/proc/{tutor}/cmdline"), "the end of the tab's tutor")


async def test_copied_text_can_be_pasted_and_the_screen_follows_the_window(served: Served, browser: Browser) -> None:
    tab = await browser.open(served.address, 1280, 800)
    await tab.wait_for("A Dockerfile instead of a build server", "Enter Open")
    columns = await tab.evaluate("__terminal.cols")
    await tab.resize(900, 500)
    await tab.wait_until(f"__terminal.cols < {columns} * 0.75")
    await tab.wait_for("Packaging applications from source code", "? Keys")
    # the row of keys goes to the right edge, no farther; the tutor draws it a moment after the terminal has shrunk
    await tab.wait_until(f"{LAST_ROW}.length > __terminal.cols - 12 && {LAST_ROW}.endsWith('? Keys')")

    await tab.press("Enter")
    await tab.wait_for("1 of")
    for page in range(2, 7):
        await tab.press("n")
        await tab.wait_for(f"{page} of")
    await tab.press("y")
    await tab.wait_for("Copied")
    await tab.press("/")
    await tab.wait_for("Search the chapter")
    await tab.paste()
    await tab.wait_for("docker image build -t multi-stage .", "Search the chapter")


async def test_addresses_open_in_a_tab_of_their_own_or_as_a_link(served: Served, browser: Browser) -> None:
    tab = await browser.open(served.address)
    await tab.wait_for("A Dockerfile instead of a build server")
    async with _site("hello") as other:
        await tab.evaluate(f"void window.open('{other}blocked')")  # by no key: the browser doesn't let it
        assert not await tab.evaluate("document.getElementById('note').hidden")
        assert await tab.evaluate("document.querySelector('#note a').href") == f"{other}blocked"
        await tab.evaluate(f"void window.open('{other}opened')", gesture=True)
        await browser.wait_for(f"{other}opened")
        assert f"{other}blocked" not in await browser.addresses()
        await tab.evaluate("void window.open('javascript:document.title=1')", gesture=True)
        assert await tab.evaluate("document.title") == "diamol-tutor"


async def test_a_browser_that_it_opens_is_not_told_the_token_on_its_command_line(tmp_path: Path) -> None:
    told, program = tmp_path / "told", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}.new && mv {told}.new {told}\n')
    program.chmod(0o755)
    async with _serve({"BROWSER": f"{program} %s"}, "--open") as served, aiohttp.ClientSession() as http:
        await _until(told.exists, "the browser")
        address = told.read_text().strip()
        assert urlsplit(served.address).path.strip("/") not in address
        async with http.get(address) as page:
            assert (page.status, str(page.url)) == (200, served.address)
        async with http.get(address) as again:
            assert again.status == 403


async def test_a_page_of_another_site_gets_no_tab_though_it_knows_the_address(served: Served, browser: Browser) -> None:
    script = f"""
    const socket = new WebSocket("{served.address.replace("http", "ws", 1)}ws");
    socket.onopen = () => document.title = "opened";
    socket.onerror = () => document.title = "refused";
    """
    async with _site(f"<title>waiting</title><script>{script}</script>") as other:
        tab = await browser.open(other)
        await tab.wait_until("['opened', 'refused'].includes(document.title)")
        assert await tab.evaluate("document.title") == "refused"
    assert served.tutors() == []


@pytest.mark.parametrize("path", ["", "wrong/", "wrong/ws", "download/key"])
async def test_without_the_token_all_is_refused(served: Served, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{served.origin}/{path}") as answer:
        assert answer.status == 403


async def test_a_foreign_origin_is_refused_though_it_has_the_token(served: Served) -> None:
    headers = {"Origin": "http://evil.example"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.get(served.address) as answer:
            assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{served.address}ws")
        assert refused.value.status == 403
    assert served.tutors() == []


@asynccontextmanager
async def _site(page: str) -> AsyncIterator[str]:
    """Another site of this machine, with one page everywhere; gives its address."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    site = web.Application()
    site.router.add_get("/{path:.*}", answer)
    async with TestServer(site) as server:
        yield str(server.make_url("/"))


async def _until(condition: Callable[[], bool], what: str, deadline_s: float = 30) -> None:
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, f"not seen within {deadline_s} s: {what}"
        await asyncio.sleep(PAUSE_S)


def _runs(command: str) -> bool:
    """Whether anything with this in its command line runs on this machine, in containers too."""
    return any(command in _read(file) for file in Path("/proc").glob("[0-9]*/cmdline"))


def _read(file: str | Path) -> str:
    """A file of /proc; "" once its process is gone."""
    with suppress(OSError):
        return Path(file).read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    return ""
