"""A registry of images on 127.0.0.1, as much of one as a pull asks for (distribution specification, pull)."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _layer() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        member = tarfile.TarInfo("hello.txt")
        member.size = 6
        layer.addfile(member, io.BytesIO(b"hello\n"))
    return buffer.getvalue()


class Registry:
    """One image, given under every name. `limited`: it answers as a registry does whose rate limit is reached."""

    def __init__(self, architecture: str) -> None:
        layer = _layer()
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
        return (200, "application/octet-stream", blob) if blob is not None else (404, "text/plain", b"")


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = registry.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", digest_of(body))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

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
