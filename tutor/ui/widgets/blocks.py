"""Code to read and commands to run: the focusable blocks of a lesson's page."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.message import Message

from tutor.course.actions import Action, BuildImage, EditFile
from tutor.course.document import Code
from tutor.course.exercise import STAMP
from tutor.language import Words
from tutor.ui.run_view import ActionState
from tutor.ui.text import MUTED, command, fit, highlighted, join, styled, wrapped
from tutor.ui.widgets.results import diff_rows
from tutor.ui.widgets.sheet import Sheet


def code_rows(text: str, language: str, width: int) -> list[Content]:
    """Code in colours, wrapped with a hanging indent where a line is too long."""
    rows: list[Content] = []
    for line in highlighted(text.rstrip("\n").expandtabs(4), language).split("\n", allow_blank=True):
        rows += code_line(line, width)
    return rows


def code_line(line: Content, width: int) -> list[Content]:
    indent = len(line.plain) - len(line.plain.lstrip())
    if line.cell_length <= width:
        return [line]
    return wrapped(line, width, "", " " * min(indent + 4, width // 2))


class CodeBlock(Sheet, can_focus=True):
    """Code to read. `y` copies it."""

    def __init__(self, code: Code, words: Words) -> None:
        super().__init__(classes="block code")
        self.copy_text = code.text.rstrip("\n")
        self._code = code
        self.border_title = styled(code.file or _title(code.language, words), MUTED)

    def draw(self, width: int) -> list[Content]:
        return code_rows(self._code.text, self._code.language, width)


def _title(language: str, words: Words) -> str:
    titles = {"dockerfile": "Dockerfile", "docker": "Dockerfile", "go": "Go", "java": "Java", "xml": "XML"}
    titles |= {"javascript": "JavaScript", "js": "JavaScript", "json": "JSON", "toml": "TOML", "html": "HTML"}
    return titles.get(language.lower(), words("ui.block.text") if language in ("", "text") else language)


ACTION_SIGNS = {
    ActionState.READY: ("▶", "$primary"),
    ActionState.RUNNING: ("●", "$accent"),
    ActionState.DONE: ("✓", "$success"),
    ActionState.FAILED: ("✗", "$error"),
    ActionState.CANCELLED: ("■", "$warning"),
}


def state_label(state: ActionState, as_meant: bool, words: Words) -> Content:
    """An action's state as a sign with its word."""
    sign, style = ACTION_SIGNS[state]
    return styled(f"{sign} {words('ui.action.state.as_meant' if as_meant else f'ui.action.state.{state}')}", style)


class ActionBlock(Sheet, can_focus=True):
    """A command as a learner would type it. Enter runs it, `y` copies it."""

    class Chosen(Message):
        """The learner clicked the row that runs the command."""

        def __init__(self, block: ActionBlock) -> None:
            super().__init__()
            self.block = block

    def __init__(self, action: Action, index: int, words: Words) -> None:
        super().__init__(classes="block action")
        self.action = action
        self.index = index
        self.copy_text = action.command
        self.state = ActionState.READY
        self._words = words
        self._note = ""
        self._as_meant = False
        kind = words(f"ui.action.kind.{_kind(action)}")
        where = action.folder.rsplit("/", 1)[-1]
        self.border_title = styled(words("ui.action.in_folder", kind=kind, folder=where) if where else kind, MUTED)

    def show(self, state: ActionState, note: str = "", as_meant: bool = False) -> None:
        """`note` stands beside the state: a time, for one. `as_meant`: it failed, and the lesson wanted it to."""
        if (state, note, as_meant) != (self.state, self._note, self._as_meant):
            self.state, self._note, self._as_meant = state, note, as_meant
            for each in ActionState:
                self.set_class(each is state, f"-{each}")
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        rows = self._edit_rows(self.action, width) if isinstance(self.action, EditFile) else self._command_rows(width)
        status = state_label(self.state, self._as_meant, self._words)
        if self._note:
            status = join(status, ("  " + self._note, MUTED))
        return [*rows, fit(status, width)]

    def _command_rows(self, width: int) -> list[Content]:
        return wrapped(command(self.action.command), width, styled("$ ", "bold $success"), "    ")

    def _edit_rows(self, action: EditFile, width: int) -> list[Content]:
        new = action.replace.replace(STAMP, self._words("ui.action.stamp"))
        return [fit(styled(action.file, "bold"), width), *diff_rows(action.find, new, width)]

    def on_click(self, event: Click) -> None:
        """A click on the last row, which says so, runs the command; elsewhere it only gives the focus."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y == self.content_size.height - 1:
            self.post_message(self.Chosen(self))


def _kind(action: Action) -> str:
    match action:
        case EditFile():
            return "edit"
        case BuildImage():
            return "build"
        case _:
            return "run"
