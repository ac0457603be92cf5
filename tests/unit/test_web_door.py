"""Who gets in to the tutor in a browser, and what the page may load."""

from __future__ import annotations

import re
import socket
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer

import tutor.language
from tutor.errors import UsageError
from tutor.language import LANGUAGES, Words
from tutor.web.place import Place, listen
from tutor.web.server import TutorServer

FILES = ("page.css", "page.js", "terminal.css", "terminal.js", "mono.ttf", "mono-italic.ttf", "icon.svg")


class Site:
    """A server whose tabs only leave a mark, with a client that asks it."""

    def __init__(self, server: TutorServer, client: TestClient, mark: Path) -> None:  # type: ignore[type-arg]
        self.server = server
        self.client = client
        self.mark = mark

    @property
    def root(self) -> str:
        return f"/{self.server.door.token}/"

    @property
    def origin(self) -> str:
        return f"http://{self.client.host}:{self.client.port}"

    async def status(self, path: str, **headers: str) -> int:
        async with self.client.get(path, headers=headers, allow_redirects=False) as answer:
            return answer.status

    async def ws_status(self, path: str, **headers: str) -> int:
        """101 when the WebSocket is opened."""
        try:
            async with self.client.ws_connect(path, headers=headers) as connection:
                await connection.receive()
                return 101
        except WSServerHandshakeError as error:
            return error.status


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    mark = tmp_path / "started"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = TutorServer(f"exec touch {mark}", Words("en"), Place(listening, "127.0.0.1"), lambda _: None)
        async with TestClient(TestServer(server.app())) as client:
            yield Site(server, client, mark)


async def test_the_printed_address_gives_the_page_and_its_files(site: Site) -> None:
    assert site.server.address.endswith(site.root)
    assert await site.status(site.root) == 200
    assert [await site.status(site.root + file) for file in FILES] == [200] * len(FILES)
    assert not site.mark.exists()


async def test_the_page_of_this_very_address_opens_a_tab(site: Site) -> None:
    assert await site.ws_status(site.root + "ws", Origin=site.origin) == 101
    assert site.mark.exists()


@pytest.mark.parametrize(
    "path", ["/", "/{wrong}/", "/{short}/", "/{long}/", "/{wrong}/page.js", "/favicon.ico", "//", "/x"]
)
async def test_nothing_is_given_without_the_token(site: Site, path: str) -> None:
    token = site.server.door.token
    asked = path.format(wrong="A" * len(token), short=token[:-1], long=token + "A")
    assert await site.status(asked) == 403
    assert await site.ws_status(asked, Origin=site.origin) == 403


async def test_a_tab_needs_the_token(site: Site) -> None:
    wrong = "/" + "A" * len(site.server.door.token) + "/ws"
    assert await site.ws_status(wrong, Origin=site.origin) == 403
    assert await site.ws_status("/ws", Origin=site.origin) == 403
    assert not site.mark.exists()


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.example",
        "file://",
    ],
)
async def test_no_other_site_opens_a_tab_or_the_page_even_with_the_token(site: Site, origin: str) -> None:
    assert await site.ws_status(site.root + "ws", Origin=origin) == 403
    assert await site.status(site.root, Origin=origin) == 403
    assert not site.mark.exists()


async def test_a_tab_needs_an_origin(site: Site) -> None:
    assert await site.ws_status(site.root + "ws") == 403
    assert not site.mark.exists()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "x@127.0.0.1", "127.0.0.1;x", ""]
)
async def test_no_name_of_elsewhere_leads_here(site: Site, host: str) -> None:
    assert await site.status(site.root, Host=host) == 403
    assert await site.ws_status(site.root + "ws", Host=host, Origin=f"http://{host}") == 403
    assert not site.mark.exists()


@pytest.mark.parametrize("host", ["localhost:9000", "LOCALHOST", "127.0.0.1:9000", "[::1]:9000", "192.0.2.7:80"])
async def test_this_machine_may_be_called_by_address_and_through_a_tunnel(site: Site, host: str) -> None:
    assert await site.status(site.root, Host=host) == 200
    assert await site.ws_status(site.root + "ws", Host=host, Origin=f"http://{host}") == 101
    assert await site.ws_status(site.root + "ws", Host=host, Origin=f"https://{host}") == 101
    assert await site.ws_status(site.root + "ws", Host=host, Origin=site.origin) == 403


async def test_a_ticket_leads_to_the_page_once(site: Site) -> None:
    first = "/once/" + site.server.once().rpartition("/")[2]
    second = "/once/" + site.server.once().rpartition("/")[2]
    assert await site.status(first) == 403, "a later ticket replaces it"
    assert await site.status(second, Origin="http://evil.example") == 403
    async with site.client.get(second, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, site.root)
    assert await site.status(second) == 403
    assert await site.status("/once/") == 403


async def test_unknown_files_are_not_there(site: Site) -> None:
    for path in ("nothing", "..%2fserver.py", "%2e%2e%2fserver.py", "download/key", "index.html"):
        assert await site.status(site.root + path) in (403, 404)
    assert await site.status(site.root + "ws", Origin=site.origin) == 400


async def test_the_browser_is_told_to_keep_the_address_to_itself(site: Site) -> None:
    for path, status in ((site.root, 200), ("/", 403), (site.root + "nothing", 404)):
        async with site.client.get(path) as answer:
            assert answer.status == status
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = answer.headers["Content-Security-Policy"]
            assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
            assert "Set-Cookie" not in answer.headers
            assert site.server.door.token not in await answer.text()


async def test_the_page_names_no_other_host(site: Site) -> None:
    for path in ("", "page.css", "page.js", "terminal.css", "terminal.js"):
        async with site.client.get(site.root + path) as answer:
            text = re.sub(r"/\*.*?\*/", "", await answer.text(), flags=re.DOTALL)  # licences name their authors' pages
        hosts = re.findall(r"""(?:(?:https?|wss?):)//[\w.-]+|["'(]//[\w-]+\.[\w.-]+""", text)
        assert hosts == [], path
        assert not re.search(r"@import|fonts\.g", text)


@pytest.mark.parametrize("language", list(LANGUAGES))
async def test_the_page_speaks_each_language(site: Site, language: str) -> None:
    site.server.words = Words(language)
    async with site.client.get(site.root) as answer:
        page = await answer.text()
    assert f'lang="{language}"' in page
    assert Words(language)("web.page.ended") in page
    assert "<code>diamol-tutor serve</code>" in page
    assert "$" not in page


def test_languages_say_the_same_about_the_browser() -> None:
    folder = Path(tutor.language.__file__).parent
    said = {code: tomllib.loads((folder / code / "web.toml").read_text("utf-8")) for code in LANGUAGES}

    def shape(table: dict[str, object]) -> dict[str, object]:
        return {
            name: shape(text) if isinstance(text, dict) else sorted(re.findall(r"{\w+}", str(text)))
            for name, text in table.items()
        }

    assert shape(said["ko"]) == shape(said["en"])


def test_only_this_machine_is_served_unless_told() -> None:
    with listen("127.0.0.1", 0, Words("en")).listening as listening:
        place = Place(listening, "127.0.0.1")
        assert place.only_here
        assert re.fullmatch(r"127\.0\.0\.1:[0-9]+", place.netloc)
    everywhere = listen("0.0.0.0", 0, Words("en"))
    with everywhere.listening:
        assert not everywhere.only_here
        assert everywhere.netloc.partition(":")[0] == socket.gethostname()
        assert socket.gethostname().lower() in everywhere.names


def test_an_address_that_cannot_be_served_is_told_with_a_next_step() -> None:
    with listen("127.0.0.1", 0, Words("en")).listening as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}: Address already in use") as found:
            listen("127.0.0.1", port, Words("en"))
        assert "--port" in found.value.hint
    with pytest.raises(UsageError, match=r"served on nowhere\.invalid: "):
        listen("nowhere.invalid", 0, Words("en"))
