"""What a browser's tab does to the app, and how the app bears it: a server that is gone, space around the screen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual.driver import Driver


def served(driver_class: type[Driver]) -> type[Driver]:
    """The driver, if it is the one for browsers, made to end the app with its server, however that ends."""
    from textual.drivers.web_driver import WebDriver

    if not issubclass(driver_class, WebDriver):
        return driver_class

    class ServedDriver(driver_class):  # type: ignore[valid-type,misc]
        _write: Callable[[bytes], object]

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            to_server = self._write

            def write(packet: bytes) -> None:
                with suppress(OSError):  # nobody reads it any more; the end of the input ends the app
                    to_server(packet)

            self._write = write

        def start_application_mode(self) -> None:
            super().start_application_mode()
            self._app.theme_changed_signal.subscribe(self._app, lambda _: self._colour_margin())
            self._colour_margin()

        def _colour_margin(self) -> None:
            """Give the space that is left beside the last whole cell the screen's colour (OSC 11)."""
            colour = self._app.get_css_variables()["background"]
            if colour.startswith("#"):  # a theme may leave its colours to the terminal
                self.write(f"\x1b]11;{colour}\x07")

        def run_input_thread(self) -> None:
            super().run_input_thread()
            if not self.exit_event.is_set():
                self._loop.call_soon_threadsafe(self._app.exit)

    return ServedDriver
