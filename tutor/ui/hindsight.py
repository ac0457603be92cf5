"""Why the steps of a recorded build ran: from what its lesson ships and edits, as it was when it was recorded.

A recording was made on fresh copies, with the lesson's edits in their order. So the same is done again here, in copies
that nobody sees: what the learner has or hasn't edited meanwhile changes nothing about a build that was.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tutor.builds.events import BUILD_EVENTS, StepOutput
from tutor.builds.report import BuildReport, report_of
from tutor.course import edits
from tutor.course.actions import BuildImage, EditFile
from tutor.course.lesson import Lesson
from tutor.course.recordings.engine import RecordedEngine
from tutor.course.runner import build_request
from tutor.course.session import LessonSession
from tutor.course.workspace import Workspace
from tutor.errors import TutorError
from tutor.ui.foresight import Foresight, Reasons


def recorded_reasons(lesson: Lesson, action: BuildImage, engine: RecordedEngine, foresight: Foresight) -> Reasons:
    """Blocks; `foresight` remembers nothing yet. What can't be told has no reasons."""
    try:
        with tempfile.TemporaryDirectory(prefix="diamol-tutor-") as copies:
            return _replayed(lesson, action, engine, foresight, LessonSession(Workspace(Path(copies))))
    except (TutorError, OSError, UnicodeDecodeError):
        return Reasons(())


def _replayed(
    lesson: Lesson, action: BuildImage, engine: RecordedEngine, foresight: Foresight, session: LessonSession
) -> Reasons:
    """Make the lesson's edits and take in its builds of the same folder, up to this one."""
    actions = [each for step in lesson.steps for each in step.actions]
    for number, each in enumerate(actions):
        match each:
            case EditFile():
                file = session.file_of(each)
                made = edits.make(file.read_text("utf-8"), each, f"{number:04}-01-01 00:00:00")  # no two alike
                if made is not None:
                    file.write_text(made.text, "utf-8")
            case BuildImage() if each.folder == action.folder:
                request = build_request(session, each)
                inputs = foresight.inputs(request, engine)
                report = _report(each, engine)
                if inputs is not None and report is not None:
                    reasons = foresight.reasons(request, inputs, report)
                    if each.id == action.id:
                        return reasons
    return Reasons(())


def _report(action: BuildImage, engine: RecordedEngine) -> BuildReport | None:
    """What the recorded build came to; None where it never began."""
    events = [moment.event for moment in engine.recorded(action).moments]
    told = [event for event in events if isinstance(event, BUILD_EVENTS) and type(event) is not StepOutput]
    return report_of(told) if told else None
