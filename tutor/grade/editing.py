"""What came of a scripted edit, read off from the rebuild and the visit after it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from tutor.builds.events import BuildFailed
from tutor.builds.steps import Step, sources
from tutor.grade.measured import Edited
from tutor.grade.report import Figure, Note, Verdict
from tutor.grade.why import Cause, Rerun

LONGEST_STEP = 60
"""Characters of an instruction that a sentence quotes."""


def html_verdict(edited: Edited, wanted: int) -> tuple[Verdict, str]:
    """Verdict and reason for an edit of the page, which should re-run `wanted` layers and be seen."""
    if problem := _problem(edited):
        return Verdict.FAIL, problem
    if not edited.extra:
        return Verdict.FAIL, "none"
    if len(edited.extra) != wanted:
        return Verdict.FAIL, "fail"
    if edited.served is None:
        return Verdict.NOT_JUDGED, "not_served"
    return (Verdict.PASS, "pass") if edited.shown else (Verdict.FAIL, "not_shown")


def code_verdict(edited: Edited) -> tuple[Verdict, str]:
    """Verdict and reason for an edit of the code, which should be seen, whatever it re-runs."""
    if problem := _problem(edited):
        return Verdict.FAIL, problem
    if edited.shown:
        return Verdict.PASS, "pass"
    if not edited.extra:
        return Verdict.FAIL, "none"
    return (Verdict.NOT_JUDGED, "not_served") if edited.served is None else (Verdict.FAIL, "not_shown")


def _problem(edited: Edited) -> str:
    if edited.problem:
        return "not_made"
    return "build_failed" if edited.build is None or not edited.build.succeeded else ""


def edit_figures(file: str, edited: Edited) -> dict[str, Figure]:
    failure = edited.build.failure if edited.build else None
    extra = sorted((step.step.instruction for step in edited.extra), key=lambda instruction: instruction.line)
    return {
        "file": file,
        "layers_rebuilt": len(extra),
        "metadata_rebuilt": len(edited.build.metadata_rebuilt) if edited.build else 0,
        "steps": "; ".join(f"{instruction.line}: {quoted(str(instruction))}" for instruction in extra),
        "problem": edited.problem or (failure.message if isinstance(failure, BuildFailed) else ""),
    }


def rerun_note(file: str, rerun: Rerun) -> Note:
    """Which step an edit re-ran, and why."""
    instruction = rerun.step.instruction
    figures: dict[str, Figure] = {"line": instruction.line, "step": quoted(str(instruction)), "file": file}
    if rerun.because is not None:
        because = rerun.because.instruction
        figures |= {"above_line": because.line, "above": quoted(str(because)), "stage": rerun.because.stage_label}
    return Note(f"rerun_{rerun.cause}", figures)


def mistake(file: str, why: Sequence[Rerun], final: int) -> dict[str, Figure]:
    """What kind of mistake re-ran too many steps, and the steps that show it.

    `through_stage`: the last stage has the file from another one; `other_stage`: another stage reads it without need;
    `twice`: the last stage reads it several times; `below`: steps of the last stage stand below the one that does.
    """
    elsewhere = [rerun.step for rerun in why if rerun.cause is Cause.FILE and rerun.step.stage != final]
    readers = [rerun.step for rerun in why if rerun.step.stage == final and _copies(rerun.step, file)]
    pulled = [rerun.step for rerun in why if rerun.cause is Cause.BELOW]
    if elsewhere:
        pattern = "other_stage" if readers else "through_stage"
        pulled = [rerun.step for rerun in why if rerun.cause is not Cause.FILE and rerun.step not in readers]
    else:
        pattern = "twice" if len(readers) > 1 else "below"
    cause = (elsewhere or readers or [rerun.step for rerun in why])[0].instruction
    return {
        "pattern": pattern,
        "cause": quoted(str(cause)),
        "cause_line": cause.line,
        "pulled": ", ".join(f"“{quoted(str(step.instruction))}”" for step in pulled),
    }


def _copies(step: Step, file: str) -> bool:
    """Whether a step copies this file from the build context, as far as its words tell."""
    instruction = step.instruction
    if instruction.keyword not in ("COPY", "ADD") or sources(instruction):
        return False
    words = [word.removeprefix("./").strip("/") or "." for word in instruction.words[:-1]]
    return any(word == "." or fnmatchcase(file, word) for word in words)


def quoted(text: str) -> str:
    """An instruction short enough to stand in a sentence."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_STEP else text[: LONGEST_STEP - 1] + "…"
