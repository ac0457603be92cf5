"""A registry of images on 127.0.0.1, as much of one as a pull asks for (distribution specification, pull)."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
FILE_BYTES = 4_000_000
"""Of the image's one file. Engines with the containerd store read, and tell, a megabyte at a time."""

BLOB = "application/octet-stream"
PAUSE_S = 1.0
"""How long half of a layer is kept back: engines with the containerd store look how far it is ten times a second."""

TLS_HANDSHAKE = b"\x16"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _layer() -> bytes:
    """A layer that no engine has seen: the containerd store keeps what it pulled for a while."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        member = tarfile.TarInfo("hello.txt")
        member.size = FILE_BYTES
        layer.addfile(member, io.BytesIO(os.urandom(FILE_BYTES)))
    return buffer.getvalue()


class Registry:
    """One image, given under every name. `limited`: it answers as a registry does whose rate limit is reached.

    `seen`: set by who has seen that the layer is on its way, and so need not be waited for.
    """

    def __init__(self, architecture: str) -> None:
        layer = _layer()
        self.layer_bytes = len(layer)
        config = json.dumps(
            {
                "architecture": architecture,
                "os": "linux",
                "config": {},
                "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
                "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "COPY hello.txt /"}],
            }
        ).encode()
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, "size": len(config), "digest": digest_of(config)},
                "layers": [{"mediaType": LAYER, "size": len(layer), "digest": digest_of(layer)}],
            }
        ).encode()
        self.blobs = {digest_of(data): data for data in (layer, config, self.manifest)}
        self.limited = False
        self.address = ""
        self.seen = threading.Event()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body for one request."""
        if self.limited and path != "/v2/":
            error = {"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your pull rate limit."}]}
            return 429, "application/json", json.dumps(error).encode()
        if path == "/v2/":
            return 200, "application/json", b"{}"
        if "/manifests/" in path:
            return 200, MANIFEST, self.manifest
        blob = self.blobs.get(path.rpartition("/")[2])
        return (200, BLOB, blob) if blob is not None else (404, "text/plain", b"")


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            # engines with the containerd store try TLS first, and plain HTTP when the answer is HTTP's
            if self.connection.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
                self.connection.recv(65536)  # what is left unread would reset the connection
                self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            else:
                super().handle_one_request()

        def do_GET(self) -> None:
            status, kind, body = registry.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", digest_of(body))
            self.end_headers()
            if self.command != "HEAD":
                half = len(body) // 2
                self.wfile.write(body[:half])
                if kind == BLOB:
                    registry.seen.wait(PAUSE_S)
                self.wfile.write(body[half:])

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
