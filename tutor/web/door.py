"""Who is let in: the checks that stand before every page and every WebSocket.

Whoever gets in drives Docker, and so this machine. Three things are asked of each request. The token, which only the
printed address holds. A Host that no other site's name server can point at this machine (DNS rebinding). And, where
the browser says which page a request comes from, that it is our own: a WebSocket to this machine may be opened by
any page on the web, so there it has to be said.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]+)?")


class Door:
    """Lets in who has the token.

    `names` are host names of this machine, besides `localhost` and addresses; `refusal` is told to all others.
    """

    def __init__(self, refusal: str, names: frozenset[str] = frozenset()) -> None:
        self.refusal = refusal
        self.token = secrets.token_urlsafe(32)
        self._names = names | {"localhost"}
        self._ticket = ""

    def ticket(self) -> str:
        """A word that is let in once in the token's place: a browser's command line is seen by everyone here."""
        self._ticket = secrets.token_urlsafe(32)
        return self._ticket

    def take(self, ticket: str) -> bool:
        """Whether this is the ticket; it isn't any more afterwards."""
        right = bool(self._ticket) and _same(ticket, self._ticket)
        if right:
            self._ticket = ""
        return right

    def lets_in(self, request: web.Request) -> bool:
        """Whether a request may go on. A ticket's route looks at its ticket itself."""
        if not (self._is_ours(request.host) and self._comes_from_us(request)):
            return False
        return "ticket" in request.match_info or _same(request.match_info.get("token", ""), self.token)

    def _is_ours(self, host: str) -> bool:
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return False
        address, name = found.groups()
        return name in self._names or _is_address(address or name)

    def _comes_from_us(self, request: web.Request) -> bool:
        origins = request.headers.getall("Origin", [])
        if not origins:
            return request.headers.get("Upgrade", "").lower() != "websocket"
        # https: a proxy or tunnel in front may speak it to the browser
        ours = {f"{scheme}://{request.host.lower()}" for scheme in ("http", "https")}
        return all(origin.lower() in ours for origin in origins)


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 to all that the door doesn't let in, before anything else sees the request."""
    door = request.app[DOOR]
    if not door.lets_in(request):
        return web.Response(status=403, text=door.refusal + "\n")
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser to load, send and keep nothing beyond what the page needs."""
    response.headers.update(_HEADERS)
    if response.status != 403:  # its Host is one of ours then, and nothing but a Host
        policy = (
            f"{_POLICY}; connect-src 'self' ws://{request.host} wss://{request.host}"  # not all take 'self' for both
        )
        response.headers["Content-Security-Policy"] = policy


DOOR: web.AppKey[Door] = web.AppKey("door", Door)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""'unsafe-inline' for styles only: xterm.js writes style elements."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _same(given: str, wanted: str) -> bool:
    """Compare in a time that tells nothing about how far they agree."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
