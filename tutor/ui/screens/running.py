"""What of the tutor's runs on the engine: its containers and networks, and a key to stop them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.builds.engine import Container, Engine
from tutor.errors import TutorError
from tutor.language import Words
from tutor.ui.running import Network, Running, Standing, key_of, look, short_name, stop
from tutor.ui.text import MUTED, counted, fit, join, lines, styled

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

_NAME_CELLS = 22
_IMAGE_CELLS = 28


class RunningScreen(ModalScreen[None]):
    """Lists what stands on the engine. What is stopped is removed, as a lesson's next run makes it anew."""

    CSS_PATH = "running.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,x", "stop", "ui.key.cancel", show=False, priority=True),
        Binding("a", "stop_all", "ui.key.stop_all", show=False),
        Binding("j", "move('down')", "ui.key.choose", show=False),
        Binding("k", "move('up')", "ui.key.choose", show=False),
        Binding("escape,q,r", "dismiss", "ui.key.close", show=False),
    ]

    def __init__(self, engine: Engine, words: Words) -> None:
        super().__init__()
        self._engine = engine
        self._words = words
        self._seen: Running | None = None
        """What the engine told last; None until it has."""
        self._stopping: set[str] = set()

    def compose(self) -> ComposeResult:
        with Vertical(id="running"):
            yield Static(id="running-told", markup=False)
            yield OptionList(markup=False)
            yield Static(self._keys(), id="running-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one("#running").border_title = self._words("ui.running.title")
        self.query_one(OptionList).focus()
        self._show()
        self._look()

    @property
    def _tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    def _look(self) -> None:
        """Ask the engine again."""
        self._tutor.do(lambda: look(self._engine), self._looked, self._failed)

    def _looked(self, running: Running) -> None:
        self._seen = running
        self._stopping &= {key_of(thing) for thing in running.all}
        self._tutor.see_running(running)
        if self.is_attached:
            self._show()

    def _failed(self, error: TutorError) -> None:
        self._tutor.tell(error)
        self._seen = self._seen or Running()
        if self.is_attached:
            self._show(self._words("ui.running.unknown"))

    # What is shown

    def _show(self, told: str = "") -> None:
        options, running = self.query_one(OptionList), self._seen
        at = options.highlighted or 0
        things = running.all if running else ()
        options.clear_options()
        options.add_options(Option(self._row(thing)) for thing in things)
        options.highlighted = min(at, len(things) - 1) if things else None
        options.display = bool(things)
        self.query_one("#running-told", Static).update(styled(told or self._told(), MUTED))
        self.query_one("#running-keys", Static).update(self._keys())

    def _told(self) -> str:
        running = self._seen
        if running is None:
            return self._words("ui.running.looking")
        if not running.all:
            return self._words("ui.running.nothing")
        if not running.count:
            return self._words("ui.running.idle")
        return counted(self._words, "ui.running.count", running.count)

    def _row(self, thing: Standing) -> Content:
        name = fit(styled(short_name(thing), "bold"), _NAME_CELLS)
        match thing:
            case Container(image=image, ports=ports):
                first = join(name, " ", fit(Content(image), _IMAGE_CELLS), " ", self._state(thing))
                addresses = "  ".join(f"http://127.0.0.1:{port}" for port in ports.values())
                return lines([first, join("  ", (addresses or self._words("ui.running.no_port"), MUTED))])
            case Network():
                kind = fit(Content(self._words("ui.running.network")), _IMAGE_CELLS)
                return join(name, " ", kind, " ", self._state(thing))

    def _state(self, thing: Standing) -> Content:
        if key_of(thing) in self._stopping:
            return styled(self._words("ui.running.state.stopping"), "$warning")
        if isinstance(thing, Network):
            return Content()
        key = f"ui.running.state.{thing.state}"
        state = self._words(key) if key in self._words else thing.state
        sign, style = ("●", "$success") if thing.state == "running" else ("○", MUTED)
        return join((f"{sign} ", style), state, f" ({thing.exit_code})" if thing.exit_code is not None else "")

    def _keys(self) -> Content:
        """The keys that do something now."""
        names = [("Esc", "ui.key.close")]
        if self._seen is not None and self._seen.all:
            names = [("Enter", "ui.key.cancel"), ("a", "ui.key.stop_all"), *names]
        return Content("     ").join([join((key, "bold $primary"), f" {self._words(text)}") for key, text in names])

    # Keys

    def action_move(self, way: str) -> None:
        options = self.query_one(OptionList)
        (options.action_cursor_down if way == "down" else options.action_cursor_up)()

    def action_stop(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is not None and self._seen is not None:
            self._stop(self._seen.all[at : at + 1])

    def action_stop_all(self) -> None:
        if self._seen is not None:
            self._stop(self._seen.all)

    def _stop(self, things: Iterable[Standing]) -> None:
        wanted = [thing for thing in things if key_of(thing) not in self._stopping]
        if not wanted:
            return
        keys = {key_of(thing) for thing in wanted}
        self._stopping |= keys
        self._show()

        def ended() -> None:
            self._stopping -= keys
            self._look()

        def failed(error: TutorError) -> None:
            self._tutor.tell(error)
            ended()

        self._tutor.do(lambda: stop(self._engine, wanted), lambda _: ended(), failed)
