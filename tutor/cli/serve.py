"""`diamol-tutor serve`: the tutor in a browser."""

from __future__ import annotations

import shlex
import sys
from typing import Any

import click

from tutor.cli.settings import Settings
from tutor.errors import UsageError
from tutor.language import Words


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Name or address of this machine to serve on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on (default: any free one).")
@click.option("--open", "opens", is_flag=True, help="Open it in your browser at once.")
@click.pass_context
def serve_command(context: click.Context, host: str, port: int | None, opens: bool) -> None:
    """Serve the tutor to a browser on this machine. It prints a secret address to open there.

    Each tab is a tutor of its own; closing the tab ends it and what it builds.
    """
    import asyncio
    import threading

    settings: Settings = context.obj
    words = settings.words
    try:
        from tutor.web.place import listen
        from tutor.web.server import TutorServer, serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("tutor"):
            raise
        raise UsageError(words("web.missing.message"), words("web.missing.hint")) from error

    server = TutorServer(app_command(context), words, listen(host, port or 0, words), _say)

    def ready() -> None:
        if not server.place.only_here:
            _say(words("web.warn_open", place=server.place.netloc))
        click.echo(server.address)
        _say(words("web.how"))
        if opens:  # in a thread: a browser in this very terminal only returns when it is left
            threading.Thread(target=_open, args=(server.once(), words), daemon=True).start()

    asyncio.run(serve(server, ready, lambda: _say(words("web.ending"))))


def _open(address: str, words: Words) -> None:
    import webbrowser

    if not webbrowser.open(address):
        _say(words("web.no_browser"))


def app_command(context: click.Context) -> str:
    """The command that opens the tutor with the options that this one was given, as a shell's words."""
    given: dict[str, Any] = context.parent.params if context.parent else {}
    words = [sys.executable, "-P", "-m", "tutor"]  # -P: not a `tutor` that happens to stand in the current folder
    for name in ("lang", "builder", "workspace"):
        if given.get(name) is not None:
            words += [f"--{name}", str(given[name])]
    if given.get("debug"):
        words.append("--debug")
    return "exec " + shlex.join(words)


def _say(text: str) -> None:
    click.echo(text, err=True)


COMMANDS = (serve_command,)
