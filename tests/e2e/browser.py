"""A real browser for tests: Chromium, over its DevTools protocol; keys go in, the terminal's screen is read."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

PAUSE_S = 0.05
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--remote-debugging-port=0",
)
_FIND_TERMINAL = """
// xterm.js keeps its terminal to itself; its constructor is caught when it sets its first field.
Object.defineProperty(Object.prototype, "_core", {
  configurable: true,
  set(core) {
    Object.defineProperty(this, "_core", { value: core, writable: true, configurable: true });
    if (typeof this.loadAddon === "function") window.__terminal = this;
  },
});
"""
_SCREEN = """
(() => {
  const buffer = window.__terminal?.buffer.active;
  if (!buffer) return "";
  return Array.from({ length: __terminal.rows }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? "")
    .join("\\n");
})()
"""
_KEYS = {"Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), "End": ("End", 35, ""), "Home": ("Home", 36, "")}
"""By name: what Chromium calls the key's code, its number, and the text it gives."""


class Browser:
    """Chromium with a profile of its own in `folder`. Use it as a context manager: it ends with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.requests: list[str] = []
        """The address of each request that any tab made, WebSockets too."""
        self.complaints: list[str] = []
        """What pages did wrong: uncaught errors, and what the browser refused them."""

    async def __aenter__(self) -> Browser:
        command = ("chromium", *FLAGS, f"--user-data-dir={self._folder}", "about:blank")
        null = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*command, stdout=null, stderr=null)
        port_file = self._folder / "DevToolsActivePort"
        end = time.monotonic() + 60
        while not (port_file.is_file() and port_file.read_text().count("\n")):
            assert self._process.returncode is None, "chromium ended at once"
            assert time.monotonic() < end, "chromium doesn't answer"
            await asyncio.sleep(PAUSE_S)
        port, path = port_file.read_text().split()
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0)
        self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ConnectionError):
            await self._socket.send_json({"id": next(self._numbers), "method": "Browser.close"})
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._listener.cancel()
        await self._http.close()

    async def open(self, address: str, width: int = 1280, height: int = 800) -> Tab:
        """A tab with this page, of a size in CSS pixels."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = Tab(self, target, session)
        for domain in ("Page", "Network", "Runtime", "Log"):
            await tab.call(f"{domain}.enable")
        await tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
        await tab.resize(width, height)
        await tab.call("Page.addScriptToEvaluateOnNewDocument", source=_FIND_TERMINAL)
        await tab.call("Page.navigate", url=address)
        return tab

    async def addresses(self) -> list[str]:
        """The addresses of all tabs."""
        found = await self.call("Target.getTargets")
        return [each["url"] for each in found["targetInfos"] if each["type"] == "page"]

    async def wait_for(self, address: str, deadline_s: float = 30) -> None:
        """Wait until a tab shows this address."""
        end = time.monotonic() + deadline_s
        while address not in (seen := await self.addresses()):
            assert time.monotonic() < end, f"{address} isn't opened: {seen}"
            await asyncio.sleep(PAUSE_S)

    async def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        return await asyncio.wait_for(self._answers[number], 30)

    async def _listen(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            self._note(told.get("method", ""), told.get("params", {}))
            waiting = self._answers.pop(told.get("id", 0), None)
            if waiting is None or waiting.done():
                continue
            if "error" in told:
                waiting.set_exception(AssertionError(told["error"]["message"]))
            else:
                waiting.set_result(told["result"])

    def _note(self, event: str, about: dict[str, Any]) -> None:
        match event:
            case "Network.requestWillBeSent":
                self.requests.append(about["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(about["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(about["exceptionDetails"]))
            case "Log.entryAdded" if about["entry"]["level"] == "error":
                self.complaints.append(about["entry"]["text"])


class Tab:
    """A tab with the tutor in it."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **parameters)

    async def evaluate(self, script: str, gesture: bool = False) -> Any:
        """What a script gives, promises kept; with `gesture` it may do what pages may do when a key is pressed."""
        found = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=gesture
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def resize(self, width: int, height: int) -> None:
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def press(self, key: str) -> None:
        """Press a key by its name, or by its letter."""
        code, number, text = _KEYS.get(key) or (f"Key{key.upper()}", ord(key.upper()), key)
        about = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def paste(self) -> None:
        about = {"key": "v", "code": "KeyV", "windowsVirtualKeyCode": 86, "modifiers": 2}
        await self.call("Input.dispatchKeyEvent", type="rawKeyDown", commands=["paste"], **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def screen(self) -> str:
        return str(await self.evaluate(_SCREEN))

    async def wait_for(self, *texts: str, deadline_s: float = 30) -> str:
        """The screen once all `texts` are on it at the same time; fails with the screen when the deadline passes."""
        end = time.monotonic() + deadline_s
        while True:
            screen = await self.screen()
            if all(text in screen for text in texts):
                return screen
            if time.monotonic() > end:
                raise AssertionError(f"not seen within {deadline_s} s: {texts}\n{screen}")
            await asyncio.sleep(PAUSE_S)

    async def wait_until(self, script: str, deadline_s: float = 30) -> None:
        """Wait until a script gives something true."""
        end = time.monotonic() + deadline_s
        while not await self.evaluate(script):
            assert time.monotonic() < end, f"not true within {deadline_s} s: {script}"
            await asyncio.sleep(PAUSE_S)

    async def picture(self, file: Path) -> None:
        """Write what is seen as a PNG file."""
        found = await self.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(found["data"]))

    async def close(self) -> None:
        await self._browser.call("Target.closeTarget", targetId=self._target)
