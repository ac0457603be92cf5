"""The layers of an image, and the files that each adds: why an image is as large as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tutor.builds.contents import ImageContents, ImageRead, Kind
from tutor.builds.dockerfile import Dockerfile
from tutor.builds.engine import Engine
from tutor.builds.layers import Layer, instruction_text, with_lines
from tutor.ui.jobs import Feed, hear_all
from tutor.ui.screen import TutorScreen
from tutor.ui.widgets.layer_tree import LayerTree
from tutor.ui.widgets.layers_told import LayerDetail, LayersHead

FRAMES_PER_SECOND = 15


@dataclass(frozen=True)
class Picture:
    """An image to look into: how the engine knows it, what it is called here, and the Dockerfile that made it.

    Without a Dockerfile the layers are named by what the engine keeps of their instructions.
    """

    reference: str
    name: str
    dockerfile: Dockerfile | None = None
    target: str = ""

    def made(self, image: ImageContents) -> tuple[Layer, ...]:
        """What made each layer, with its line in the Dockerfile where it came from there."""
        lined = image.history
        if self.dockerfile is not None:
            target = self.dockerfile.source_stage(self.target, len(self.dockerfile.stages)) if self.target else None
            lined = with_lines(image.history, self.dockerfile, target)
        # a layer's `made` is the very entry of the history: two equal RUNs are two entries
        by_entry = {id(entry): made for entry, made in zip(image.history, lined, strict=True)}
        return tuple(self._told(by_entry.get(id(layer.made), layer.made)) for layer in image.layers)

    def _told(self, made: Layer) -> Layer:
        if made.line is not None and self.dockerfile is not None:
            for stage in self.dockerfile.stages:
                for instruction in stage.instructions:
                    if instruction.line == made.line:
                        return replace(made, created_by=" ".join(str(instruction).split()))
        return replace(made, created_by=instruction_text(made.created_by))


class LayersScreen(TutorScreen):
    """Reads the image from the engine in a thread; Escape ends that, and leaves."""

    CSS_PATH = "layers.tcss"
    SIGNS: ClassVar[tuple[str, ...]] = ("engine",)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,i", "leave", "ui.key.back")]

    def __init__(self, engine: Engine, picture: Picture, place: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._engine = engine
        self._picture = picture
        self._place = place
        self._feed: Feed[ImageRead | ImageContents] = Feed("layers")
        self._read = ImageRead(0)
        self._image: ImageContents | None = None
        self._clock: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield LayersHead()
        yield LayerTree()
        yield LayerDetail()

    def on_mount(self) -> None:
        self.query_one(LayerTree).focus()
        self._clock = self.set_interval(1 / FRAMES_PER_SECOND, self._take)
        self._feed.start(self._work)
        self.tutor.watch_job(self._feed.job)
        self._show()

    def on_unmount(self) -> None:
        self._feed.job.stop()

    def place(self) -> tuple[str, ...]:
        return (*self._place, self.words("layers.title", image=self._picture.name))

    def relabel(self) -> None:
        super().relabel()
        self._show()

    @property
    def image(self) -> ImageContents | None:
        """What has been read, once all of it is."""
        return self._image

    def _work(self, put: Callable[[ImageRead | ImageContents], None]) -> None:
        """In the thread: read, and hang up when nobody waits for it any more."""
        hear_all(self._engine.contents(self._picture.reference), put)

    def _take(self) -> None:
        """What has been read since the last frame."""
        ended = self._feed.ended
        for event in self._feed.take():
            match event:
                case ImageContents():
                    self._image = event
                case ImageRead():
                    self._read = event
        if ended and self._clock is not None:
            self._clock.stop()
        self._show()

    def _show(self) -> None:
        head, tree = self.query_one(LayersHead), self.query_one(LayerTree)
        if self._image is not None:
            tree.show(self._image, self._picture.made(self._image), self.words)
        tree.display = self._image is not None
        head.show(self._picture.name, self._image or self._feed.error or self._read, self.words)
        self._show_detail()

    def on_layer_tree_moved(self, _event: LayerTree.Moved) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        detail, row = self.query_one(LayerDetail), self.query_one(LayerTree).at
        detail.display = self._image is not None and row is not None
        if self._image is not None and row is not None:
            made = self._picture.made(self._image)[row.at[0]]
            detail.show(made, self._path(row.at), row.node.kind, row.node.files, self.words)

    def _path(self, at: tuple[int, ...]) -> str:
        """The whole path of a row of the tree, "" for a layer."""
        assert self._image is not None
        node, names = self._image.layers[at[0]].root, []
        for index in at[1:]:
            if index >= len(node.children) or node.children[index].kind is Kind.MORE:
                break
            node = node.children[index]
            names.append(node.name)
        return "".join(f"/{name}" for name in names)

    def action_leave(self) -> None:
        self._feed.job.stop()
        self.dismiss()
