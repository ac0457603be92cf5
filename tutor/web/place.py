"""Where the tutor is served: a listening socket, and how a browser gets to it."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address

from tutor.errors import UsageError
from tutor.language import Words


@dataclass(frozen=True)
class Place:
    """A listening socket with the `host` that it was asked for."""

    listening: socket.socket
    host: str

    @property
    def only_here(self) -> bool:
        """Whether only this machine reaches it."""
        return ip_address(self._bound[0]).is_loopback

    @property
    def netloc(self) -> str:
        """Host and port for an address: this machine's name where all its addresses are served."""
        name = self.names_machine or self.host
        return f"[{name}]:{self._bound[1]}" if ":" in name else f"{name}:{self._bound[1]}"

    @property
    def names(self) -> frozenset[str]:
        """Names that a browser may call this place by."""
        return frozenset({self.host.lower(), self.names_machine.lower()} - {""})

    @property
    def names_machine(self) -> str:
        """This machine's name, where all its addresses are served; else ""."""
        return socket.gethostname() if ip_address(self._bound[0]).is_unspecified else ""

    @property
    def _bound(self) -> tuple[str, int]:
        address, port, *_ = self.listening.getsockname()
        return address, port


def listen(host: str, port: int, words: Words) -> Place:
    """Listen on a host name or address of this machine, and a port; 0 takes a free one. Raises UsageError."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return Place(socket.create_server(where, family=family), host)
    except (OSError, UnicodeError) as error:
        known = isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno
        reason = os.strerror(known) if known else getattr(error, "strerror", "") or str(error)
        where_to = f"{host}:{port}" if port else host
        raise UsageError(
            words("web.cannot_listen", place=where_to, reason=reason), words("web.cannot_listen_hint")
        ) from error
