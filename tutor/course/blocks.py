"""A lesson's fenced blocks: code to read, and the actions to run, edit and look with their attributes.

```dockerfile file=FOLDER/FILE lines=3-5      code; with a file, it is that file's text
```bash run in=FOLDER output="…" fails        one command
```diff edit in=FOLDER file=FILE              lines to take out (-), to put in (+), and around them
```text look image=IMAGE present=/a absent=/b patterns of paths, one a line
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace

from tutor.course.actions import Action, BuildImage, EditFile, Expected, LookInside
from tutor.course.commands import CommandError, parse_command
from tutor.course.document import Code

_KINDS = frozenset({"run", "edit", "look"})


class BlockError(ValueError):
    """A block that can't be used; its text is a sentence, `offset` the line within the block (0: its opening line)."""

    def __init__(self, sentence: str, offset: int = 0) -> None:
        super().__init__(sentence)
        self.offset = offset


@dataclass
class _Attributes:
    """What follows the language on a block's opening line: words, and NAME=VALUE pairs (a name may come again)."""

    words: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)

    def take(self, name: str) -> str:
        """The value of an attribute that comes once at most, or ""."""
        found = self.take_all(name)
        if len(found) > 1:
            raise BlockError(f"{name}= is given twice")
        return found[0] if found else ""

    def take_all(self, name: str) -> tuple[str, ...]:
        return tuple(self.values.pop(name, ()))

    def take_word(self, word: str) -> bool:
        found = word in self.words
        self.words.discard(word)
        return found

    def need(self, name: str) -> str:
        value = self.take(name)
        if not value:
            raise BlockError(f"the block needs {name}=…")
        return value

    def expect_no_more(self) -> None:
        left = sorted(self.words | {f"{name}=" for name in self.values})
        if left:
            raise BlockError(f"the block's {', '.join(left)} has no meaning here")


def make_block(info: str, text: str, line: int) -> Code | Action:
    """The block that a fence means; `line` is that of its opening. Raises BlockError."""
    try:
        words = shlex.split(info)
    except ValueError as error:
        raise BlockError("a quote on the block's opening line isn't closed") from error
    language, attributes = (words[0] if words else ""), _Attributes()
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            attributes.values.setdefault(name, []).append(value)
        else:
            attributes.words.add(word)
    block = _make(language, attributes, text, line)
    attributes.expect_no_more()
    return block


def _make(language: str, attributes: _Attributes, text: str, line: int) -> Code | Action:
    kinds = _KINDS & attributes.words
    attributes.words -= kinds
    match sorted(kinds):
        case []:
            return _code(language, attributes, text, line)
        case ["run"]:
            return _run(attributes, text, line)
        case ["edit"]:
            return _edit(attributes, text, line)
        case ["look"]:
            return _look(attributes, text, line)
        case several:
            raise BlockError(f"a block is one of {', '.join(several)}, not all")


def _code(language: str, attributes: _Attributes, text: str, line: int) -> Code:
    file, lines = attributes.take("file"), attributes.take("lines")
    if not lines:
        return Code(text, language, file, line=line)
    first, _, last = lines.partition("-")
    if not (file and first.isdigit() and last.isdigit()) or int(last) - int(first) != text.count("\n"):
        raise BlockError(f"lines={lines} doesn't name the lines of a file= that the block shows")
    return Code(text, language, file, int(first), whole=False, line=line)


def _run(attributes: _Attributes, text: str, line: int) -> Action:
    if not text.strip() or "\n" in text:
        raise BlockError("a command block holds one line, the command")
    try:
        action = parse_command(text.strip())
    except CommandError as error:
        raise BlockError(str(error), offset=1) from error
    layers = attributes.take("rebuilt-layers")
    if layers and not layers.isdigit():
        raise BlockError(f"rebuilt-layers={layers} isn't a number")
    expected = Expected(
        output=attributes.take_all("output"),
        absent=attributes.take_all("absent"),
        cached=attributes.take_all("cached"),
        rebuilt=attributes.take_all("rebuilt"),
        failed=attributes.take_all("failed"),
        rebuilt_layers=int(layers) if layers else None,
        fails=attributes.take_word("fails"),
    )
    action = replace(action, folder=attributes.take("in"), expected=expected, line=line)
    if isinstance(action, BuildImage):
        if not action.folder:
            raise BlockError("a build needs in=FOLDER, the exercise folder it is typed in")
        return replace(action, predict=attributes.take_word("predict"))
    if expected.cached or expected.rebuilt or expected.failed or layers:
        raise BlockError("only a build can have steps that are cached, rebuilt or failed")
    return action


def _edit(attributes: _Attributes, text: str, line: int) -> EditFile:
    old: list[str] = []
    new: list[str] = []
    for offset, row in enumerate(text.split("\n"), 1):
        sign, rest = row[:1], row[1:]
        if sign not in ("-", "+", " ", ""):
            raise BlockError(f"a line of an edit begins with -, + or a space: {row}", offset)
        if sign != "+":
            old.append(rest)
        if sign != "-":
            new.append(rest)
    if not any(old) or not any(new) or old == new:
        raise BlockError("an edit needs a line to find and what to put in its place; keep a line around it as context")
    file = attributes.need("file")
    return EditFile(
        command=f"$EDITOR {file}",
        folder=attributes.need("in"),
        file=file,
        find="\n".join(old),
        replace="\n".join(new),
        line=line,
    )


def _look(attributes: _Attributes, text: str, line: int) -> LookInside:
    image = attributes.need("image")
    patterns = tuple(row.strip() for row in text.splitlines() if row.strip())
    expected = Expected(output=attributes.take_all("present"), absent=attributes.take_all("absent"))
    strange = [pattern for pattern in patterns if not re.fullmatch(r"/\S+", pattern)]
    if strange or not patterns:
        raise BlockError(f"a look block lists absolute paths, one a line: {strange[0] if strange else 'it is empty'}")
    for path in (*expected.output, *expected.absent):
        if path not in patterns:
            raise BlockError(f"{path} has to stand in the block as well, so that the learner sees it")
    # What the engine does as well: a container that never starts, and the list of its files.
    command = f"docker container export $(docker container create {image}) | tar -t"
    return LookInside(command=command, image=image, patterns=patterns, expected=expected, line=line)
