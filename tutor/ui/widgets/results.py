"""What an action showed besides a build: answers, lists, layers, files and edits, made readable."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from textual.content import Content

from tutor.builds.engine import FileEntry, ImageInfo
from tutor.builds.layers import Layer
from tutor.course.actions import Action
from tutor.course.seen import (
    ContainerRemoved,
    ContainerStarted,
    FileEdited,
    FilesSeen,
    HttpAnswer,
    ImageInspected,
    ImagesListed,
    LayersListed,
    NetworkReady,
    PatternFound,
)
from tutor.language import Words
from tutor.ui import figures
from tutor.ui.run_view import RunView
from tutor.ui.text import MUTED, fit, fit_left, highlighted, join, styled, wrapped
from tutor.ui.widgets.sheet import Sheet

_SIZE_CELLS = 9
_BAR_CELLS_AT_MOST = 40


class ResultSheet(Sheet):
    """The results of a run, one below the other."""

    def __init__(self) -> None:
        super().__init__(id="result")
        self._view: RunView | None = None
        self._words = Words()
        self._count = -1

    def show(self, view: RunView, words: Words) -> None:
        if view is not self._view or len(view.results) != self._count or words is not self._words:
            self._view, self._words, self._count = view, words, len(view.results)
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        view = self._view
        rows: list[Content] = []
        for result in view.results if view else ():
            if rows:
                rows.append(Content())
            rows += result_rows(result, view.action, self._words, width) if view else []
        return rows


def result_rows(result: object, action: Action, words: Words, width: int) -> list[Content]:
    """One result as rows of text for a width in cells."""
    match result:
        case ImagesListed(images):
            return _image_rows(images, words, width)
        case LayersListed(image, layers):
            return [styled(image, "bold"), *_layer_rows(layers, width)]
        case ImageInspected(_, shown):
            return [row for line in shown for row in _json_rows(line, width)]
        case HttpAnswer():
            return _answer_rows(result, words, width)
        case FilesSeen(_, found):
            return [row for each in found for row in _found_rows(each, action, words, width)]
        case FileEdited(file, line, find, replace):
            place = join((file.name, "bold"), (f"  {words('ui.result.from_line', line=line)}", MUTED))
            return [place, Content(), *diff_rows(find, replace, width)]
        case NetworkReady(name, real_name):
            return _told(words("course.seen.network", name=name, real_name=real_name), width)
        case ContainerStarted():
            return _started_rows(result, words, width)
        case ContainerRemoved(name):
            return _told(words("course.seen.removed", name=name), width)
        case _:
            return []


def _told(sentence: str, width: int, sign: str = "✓", style: str = "$success") -> list[Content]:
    return wrapped(Content(sentence), width, styled(f"{sign} ", style), "  ")


def _started_rows(started: ContainerStarted, words: Words, width: int) -> list[Content]:
    container = started.container
    rows = _told(words("course.seen.started", name=container.name), width)
    for inside, outside in container.ports.items():
        address = f"http://localhost:{outside}"
        told = words("ui.result.port", inside=inside)
        rows += wrapped(join((address, "underline $primary"), (f"  {told}", MUTED)), width, "  ", "    ")
    for wanted, got in started.moved.items():
        rows += _told(words("course.seen.port_moved", wanted=wanted, got=got), width, "!", "bold $warning")
    return rows


def size_rows(named: Sequence[tuple[Content, int]], width: int) -> list[Content]:
    """Names with their sizes as bars, all in one scale: the name, then below it the bar and the figure."""
    largest = max((size for _, size in named), default=0)
    cells = max(8, min(_BAR_CELLS_AT_MOST, width - _SIZE_CELLS - 5))
    rows: list[Content] = []
    for name, size_bytes in named:
        drawn = figures.bar(size_bytes / largest if largest else 0.0, cells)
        rows += wrapped(name, width, "", "    ")
        size = fit_left(styled(figures.size(size_bytes), "bold"), _SIZE_CELLS)
        rows.append(join(size, "  ", (drawn, "$primary")))
    return rows


def _image_rows(images: Sequence[ImageInfo], words: Words, width: int) -> list[Content]:
    if not images:
        return _told(words("ui.result.no_images"), width, "·", MUTED)
    named: list[tuple[Content, int]] = []
    for image in sorted(images, key=lambda each: each.size_bytes, reverse=True):
        note = f"  {words('course.seen.stand_in')}" if image.is_stand_in else ""
        named.append((join((", ".join(image.tags) or image.id[:19], "bold"), (note, MUTED)), image.size_bytes))
    return size_rows(named, width)


def _layer_rows(layers: Sequence[Layer], width: int) -> list[Content]:
    """Layers with their sizes, in the order they come; those that only carry metadata are dimmed."""
    largest = max((layer.size_bytes for layer in layers), default=0)
    cells = min(16, max(6, width // 5))
    rows = []
    for layer in layers:
        drawn = figures.bar(layer.size_bytes / largest if largest else 0.0, cells)
        size = fit_left(Content(figures.size(layer.size_bytes) if layer.size_bytes else "0 B"), _SIZE_CELLS)
        text = " ".join(layer.created_by.removeprefix("/bin/sh -c ").removeprefix("#(nop) ").split())
        made_by = styled(text, "" if layer.size_bytes else MUTED)
        rows.append(fit(join(size, "  ", fit(styled(drawn, "$primary"), cells), "  ", made_by), width))
    return rows


def _json_rows(line: str, width: int) -> list[Content]:
    indent = len(line) - len(line.lstrip())
    return wrapped(highlighted(line, "json"), width, "", " " * min(indent + 4, width // 2))


def _answer_rows(answer: HttpAnswer, words: Words, width: int) -> list[Content]:
    where = wrapped(styled(answer.address, "underline $primary"), width)
    if not answer.status:
        problem = words("course.seen.no_answer", problem=answer.problem)
        return [*where, *_told(problem, width, "✗", "bold $error")]
    good = 200 <= answer.status < 400
    status = styled(f"{'✓' if good else '✗'} HTTP {answer.status}", "bold $success" if good else "bold $error")
    language = _language_of(answer.lines)
    body = [row for line in answer.lines for row in wrapped(highlighted(line, language), width, "", "    ")]
    return [*where, status, Content(), *body]


def _language_of(body: Sequence[str]) -> str:
    first = next((line.lstrip() for line in body if line.strip()), "")
    return {"{": "json", "[": "json", "<": "html"}.get(first[:1], "text")


_FILE_SIGNS = {"folder": "/", "link": " →", "file": "", "other": "?"}


def _found_rows(found: PatternFound, action: Action, words: Words, width: int) -> list[Content]:
    """What a pattern matched; where the lesson promises that it is or isn't there, whether that holds."""
    wanted, unwanted = found.pattern in action.expected.output, found.pattern in action.expected.absent
    there = bool(found.files)
    right = there if wanted else not there if unwanted else True
    sign, style = ("✓", "$success") if right else ("✗", "bold $error")
    if not there:
        gone = words("course.seen.no_file", pattern=found.pattern)
        return _told(gone, width, sign if wanted or unwanted else "·", style if wanted or unwanted else MUTED)
    if len(found.files) == 1 and found.files[0].path == found.pattern:
        return [_file_row(found.files[0], styled(f"{sign} ", style), width)]
    total = sum(file.size_bytes for file in found.files)
    head = join((f"{sign} ", style), (found.pattern, "bold"), (f"  {figures.size(total)}", MUTED))
    rows = [fit(head, width), *(_file_row(file, Content("  "), width) for file in found.files)]
    if found.more:
        rows.append(styled("  " + words("course.seen.more_files", count=found.more), MUTED))
    return rows


def _file_row(file: FileEntry, mark: Content, width: int) -> Content:
    size = Content() if file.kind == "folder" else Content(figures.size(file.size_bytes))
    return fit(join(mark, fit_left(size, _SIZE_CELLS), "  ", file.path, (_FILE_SIGNS[file.kind], MUTED)), width)


def diff_rows(old: str, new: str, width: int) -> list[Content]:
    """Two texts as one, with signs: `-` for lines that go, `+` for those that come, none for those that stay."""
    rows: list[Content] = []
    for line in difflib.ndiff(old.splitlines(), new.splitlines()):
        sign, text = line[0], line[2:]
        if sign != "?":
            style = {"-": "$error", "+": "$success"}.get(sign, MUTED)
            rows += wrapped(styled(text, style), width, styled(f"{sign} ", f"bold {style}"), "    ")
    return rows
