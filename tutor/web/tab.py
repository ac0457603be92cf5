"""A browser tab's app: one process, which ends with its tab."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tutor.sanitise import clean_text, decode

_ENDING_SECONDS = 15.0
"""How long an app may take to end: longer than it waits itself for its builds to be stopped."""
_PRELUDE = b"__GANGLION__\n"
"""What Textual's driver for the web writes before its first packet."""
_PRELUDE_LINES = 10
_KEPT_ERROR_BYTES = 8192
_SMALLEST, _LARGEST = 2, 1000
"""Cells in a row or column that a browser may ask for."""


class Tab(AppService):
    """The app process of one browser tab. `complain` gets what the process says on its standard error, clean.

    AppService brings the packets; how a tab starts and ends is done here: AppService stops reading from an app whose
    tab is closed, which then can't end, waits for it without limit, and leaves the tab of a dead app open.
    """

    def __init__(self, command: str, socket: web.WebSocketResponse, complain: Callable[[str], None]) -> None:
        async def close() -> None:
            await socket.close()

        downloads = DownloadManager()  # never used: the tutor hands out no files, and no route leads to them
        super().__init__(
            command, write_bytes=socket.send_bytes, write_str=socket.send_str, close=close, download_manager=downloads
        )
        self._complain = complain

    async def hear(self, message: str) -> None:
        """Hand on a message of the page: keys, a new size, focus. What is none of these is dropped."""
        try:
            told = json.loads(message)
        except ValueError:
            return
        match told:
            case ["stdin", str(keys)]:
                await self.send_bytes(keys.encode("utf-8", "replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self.set_terminal_size(cells(width), cells(height))
            case ["focus"]:
                await self.focus()
            case ["blur"]:
                await self.blur()

    async def on_data(self, payload: bytes) -> None:
        with suppress(ConnectionError):  # the tab is closed; the app must still be read from until it has ended
            await super().on_data(payload)

    async def on_meta(self, data: bytes) -> None:
        with suppress(ConnectionError):
            await super().on_meta(data)

    async def run(self) -> None:
        """Hand on what the app writes until it has ended; then close the tab's connection."""
        process = self._process
        assert process is not None
        assert process.stderr is not None
        errors = asyncio.create_task(_last_bytes(process.stderr))
        with suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):  # the end of its output, or nonsense
            await self._read_packets(process)
        await process.wait()
        if said := clean_text(decode(await errors)).strip():
            self._complain(said)
        await self.remote_close()

    async def _read_packets(self, process: Process) -> None:
        output = process.stdout
        assert output is not None
        for _ in range(_PRELUDE_LINES):
            if await output.readline() == _PRELUDE:
                break
        while True:
            kind = await output.readexactly(1)
            payload = await output.readexactly(int.from_bytes(await output.readexactly(4), "big"))
            if kind == b"D":
                await self.on_data(payload)
            elif kind == b"M":
                await self.on_meta(payload)

    async def stop(self) -> None:
        """Have the app end, which stops its builds first; one that doesn't in time is killed."""
        if self._task is None or self._process is None:
            return
        await self.send_meta({"type": "quit"})
        done, _ = await asyncio.wait({self._task}, timeout=_ENDING_SECONDS)
        if not done:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._task


def cells(number: int) -> int:
    """A size as the page gives it, held within what a screen can be."""
    return max(_SMALLEST, min(number, _LARGEST))


async def _last_bytes(stream: asyncio.StreamReader) -> bytes:
    kept = b""
    while data := await stream.read(4096):
        kept = (kept + data)[-_KEPT_ERROR_BYTES:]
    return kept
