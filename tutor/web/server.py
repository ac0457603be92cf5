"""The server: its routes, its start and its end."""

from __future__ import annotations

import asyncio
import html
import logging
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from string import Template

from aiohttp import WSMsgType, web

from tutor.language import Words
from tutor.web.door import DOOR, Door, add_headers, refuse_strangers
from tutor.web.place import Place
from tutor.web.tab import Tab, cells

_PAGE = Path(__file__).parent / "page"
_TERMINAL = Path(str(files("textual_serve"))) / "static"
_FILES = {
    "page.css": _PAGE / "page.css",
    "page.js": _PAGE / "page.js",
    "icon.svg": _PAGE / "icon.svg",
    "terminal.css": _TERMINAL / "css" / "xterm.css",
    "terminal.js": _TERMINAL / "js" / "textual.js",
    "mono.ttf": _TERMINAL / "fonts" / "RobotoMono-VariableFont_wght.ttf",
    "mono-italic.ttf": _TERMINAL / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf",
}
"""All files that the page loads, by their name in its address."""
_BACKTICKS = re.compile("`([^`]+)`")


class TutorServer:
    """Serves the page, and to each tab of it a process of `command` (a shell's words)."""

    def __init__(self, command: str, words: Words, place: Place, complain: Callable[[str], None]) -> None:
        self.command = command
        self.words = words
        self.place = place
        self.door = Door(words("web.refused"), place.names)
        self._complain = complain
        self._tabs: set[Tab] = set()

    @property
    def address(self) -> str:
        """The secret address of the page."""
        return f"http://{self.place.netloc}/{self.door.token}/"

    def once(self) -> str:
        """An address that leads to the page once."""
        return f"http://{self.place.netloc}/once/{self.door.ticket()}"

    def app(self) -> web.Application:
        """The web application, with the door in front."""
        app = web.Application(middlewares=[refuse_strangers])
        app[DOOR] = self.door
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._end_tabs)
        app.add_routes(
            [
                web.get("/once/{ticket}", self._once),
                web.get("/{token}/", self._page),
                web.get("/{token}/ws", self._tab),
                web.get("/{token}/{file}", self._file),
            ]
        )
        return app

    async def _once(self, request: web.Request) -> web.StreamResponse:
        if not self.door.take(request.match_info["ticket"]):
            return web.Response(status=403, text=self.words("web.ticket_used") + "\n")
        return web.Response(status=303, headers={"Location": f"/{self.door.token}/"})

    async def _page(self, _: web.Request) -> web.StreamResponse:
        texts = {
            name: _BACKTICKS.sub(r"<code>\1</code>", html.escape(self.words(f"web.page.{name}")))
            for name in ("opening", "no_script", "ended", "ended_hint", "again", "not_opened", "not_copied")
        }
        page = Template((_PAGE / "index.html").read_text("utf-8")).substitute(texts, language=self.words.language)
        return web.Response(text=page, content_type="text/html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        file = _FILES.get(request.match_info["file"])
        return web.FileResponse(file) if file else web.Response(status=404, text=self.words("web.not_found") + "\n")

    async def _tab(self, request: web.Request) -> web.StreamResponse:
        # Nothing is gained by compressing on the way to this machine's own browser.
        connection = web.WebSocketResponse(heartbeat=15, compress=False)
        if not connection.can_prepare(request):
            return web.Response(status=400, text="WebSocket\n")
        await connection.prepare(request)
        tab = Tab(self.command, connection, self._complain)
        self._tabs.add(tab)
        try:
            await tab.start(_asked(request, "width", 80), _asked(request, "height", 24))
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    await tab.hear(message.data)
        finally:
            await tab.stop()
            self._tabs.discard(tab)
        return connection

    async def _end_tabs(self, _: web.Application) -> None:
        await asyncio.gather(*(tab.stop() for tab in self._tabs))


def _asked(request: web.Request, name: str, otherwise: int) -> int:
    try:
        return cells(int(request.query.get(name, "")))
    except ValueError:
        return otherwise


async def serve(server: TutorServer, ready: Callable[[], None], ending: Callable[[], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; then end all tabs' apps.

    `ready` is called once the address answers, `ending` when the end begins.
    """
    # aiohttp tells of broken requests with all they hold, the token too, and of our own mistakes with a traceback.
    logging.getLogger("aiohttp").addHandler(logging.NullHandler())
    logging.getLogger("aiohttp").propagate = False
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await web.SockSite(runner, server.place.listening).start()
        ready()
        await ended.wait()
        ending()
    finally:
        await runner.cleanup()
