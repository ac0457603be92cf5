"""Forecasts, case by case: what both builders were seen to do on a live engine (tests/engine/test_forecast.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from tutor.builds.builder import Builder, Outcome
from tutor.builds.context import EntryKind
from tutor.builds.engine import ImageInfo
from tutor.builds.events import BuildFailed, FailureKind
from tutor.builds.forecast import BaseImage, Forecast, Inputs, Verdict, forecast, twins, why
from tutor.builds.forecast.model import (
    BaseChanged,
    FilesChanged,
    Forgotten,
    InstructionChanged,
    InstructionNew,
    LastBuildEnded,
    OrderChanged,
    SameBytes,
    Setting,
    SettingChanged,
    StageNotNeeded,
    StageRan,
    StepAbove,
    ValueChanged,
)
from tutor.builds.forecast.words import chain, reasons, sentence
from tutor.builds.layers import Layer
from tutor.builds.parser import parse
from tutor.builds.report import BuildReport, StepReport
from tutor.builds.snapshot import Change, Entry, FileChange, Snapshot
from tutor.builds.steps import plan
from tutor.language import LANGUAGES, Words

Files = Mapping[str, str | tuple[str, int]]
SHORT = {Verdict.CACHED: "c", Verdict.RERUNS: "R", Verdict.DEPENDS: "d", Verdict.NOT_NEEDED: "-"}


def snapshot(files: Files) -> Snapshot:
    """Paths with content, or content and mode; `x/` is a folder, content `->y` a link."""
    entries = {}
    for path, given in files.items():
        content, mode = given if isinstance(given, tuple) else (given, 0o755 if path.endswith("/") else 0o644)
        if path.endswith("/"):
            entries[path.rstrip("/")] = Entry(EntryKind.FOLDER, mode)
        elif content.startswith("->"):
            entries[path] = Entry(EntryKind.LINK, 0o777, content[2:])
        else:
            entries[path] = Entry(EntryKind.FILE, mode, hashlib.sha256(content.encode()).hexdigest())
    return Snapshot.of(entries)


def inputs(dockerfile: str, files: Files | None = None, builder: Builder = Builder.BUILDKIT, **more: object) -> Inputs:
    made = Inputs(parse(dockerfile.replace("|", "\n")), snapshot(files or {}), builder)
    return replace(made, **more)  # type: ignore[arg-type]


def shown(told: Forecast) -> str:
    return "".join(SHORT[each.verdict] for each in told.steps)


B = "FROM base|RUN start|"
IN_STAGES = "FROM base AS b|COPY src /src|RUN cat /src/a > /out|FROM base|COPY --from=b /out /got|RUN true"
COPIED = "FROM base AS b|COPY a /a|COPY b /b|FROM base|COPY --from=b /a /got|RUN true"
ARG = "FROM base|ARG V={}|ENV W=x|RUN echo $V|COPY a /$W"
A: Files = {"a": "1", "b": "2"}


@dataclass(frozen=True)
class Case:
    """Two builds, and the forecast for the second with BuildKit and with the classic builder."""

    before: str
    had: Files
    after: str
    has: Files
    buildkit: str
    classic: str


def files(text: str, had: Files, has: Files, buildkit: str, classic: str) -> Case:
    """Other files, the same Dockerfile."""
    return Case(text, had, text, has, buildkit, classic)


def text(before: str, after: str, buildkit: str, classic: str) -> Case:
    """Another Dockerfile, the same files."""
    return Case(before, A, after, A, buildkit, classic)


OTHER_A, OTHER_B = {"a": "9", "b": "2"}, {"a": "1", "b": "9"}
PRIVATE = ("", 0o700)
OVER_RUN = "FROM base AS b|RUN {}|COPY a /x/a|FROM scratch|COPY --from=b /x/a /a"

CASES = {
    "nothing changed": text(B + "COPY a /|RUN x", B + "COPY a /|RUN x", "ccc", "ccc"),
    "a file changed": files(B + "COPY a /|COPY b /", A, OTHER_A, "cRR", "cRR"),
    "the last file changed": files(B + "COPY a /|COPY b /", A, OTHER_B, "ccR", "ccR"),
    "another file changed": files(B + "COPY a /", A, OTHER_B, "cc", "cc"),
    "mode of a file": files(B + "COPY a /", {"a": "1"}, {"a": ("1", 0o755)}, "cR", "cR"),
    "mode of the folder": files(B + "COPY d/ /x/", {"d/": "", "d/a": "1"}, {"d/": PRIVATE, "d/a": "1"}, "cR", "cR"),
    "mode of a folder inside": files(B + "COPY . /", {"d/": "", "d/a": "1"}, {"d/": PRIVATE, "d/a": "1"}, "cR", "cR"),
    "an empty folder more": files(B + "COPY . /x/", A, {**A, "e/": ""}, "cR", "cR"),
    "one match renamed": files(B + "COPY *.t /x/", {"a.t": "1", "c.t": "2"}, {"b.t": "1", "c.t": "2"}, "cR", "cR"),
    "the only match renamed": files(B + "COPY *.t /x/", {"a.t": "1"}, {"b.t": "1"}, "cR", "cR"),
    "what is no match": files(B + "COPY *.t /x/", {"a.t": "1", "n": "1"}, {"a.t": "1", "n": "2"}, "cc", "cc"),
    "moved to another folder": Case(B + "COPY d/a /x/", {"d/a": "1"}, B + "COPY e/a /x/", {"e/a": "1"}, "cc", "cR"),
    "folder renamed": Case(B + "COPY d/ /x/", {"d/a": "1"}, B + "COPY e/ /x/", {"e/a": "1"}, "cR", "cR"),
    "folder written otherwise": Case(B + "COPY d/ /x/", {"d/a": "1"}, B + "COPY ./d /x/", {"d/a": "1"}, "cc", "cc"),
    "sources in another order": text(B + "COPY a b /x/", B + "COPY b a /x/", "cR", "cR"),
    "destination made a folder": text(B + "COPY a /x", B + "COPY a /x/", "cR", "cR"),
    "destination made absolute": text(B + "WORKDIR /q|COPY a b", B + "WORKDIR /q|COPY a /q/b", "ccc", "ccR"),
    "ADD for COPY": text(B + "COPY a /x", B + "ADD a /x", "cR", "cR"),
    "owner": text(B + "COPY --chown=1:1 a /x", B + "COPY --chown=1 a /x", "cR", "cR"),
    "what a link leads to": files(B + "COPY l /x", {"l": "->a", "a": "1"}, {"l": "->a", "a": "2"}, "cR", "cR"),
    "a link to an equal file": files(
        B + "COPY l /x", {"l": "->a", "a": "1", "b": "1"}, {"l": "->b", "a": "1", "b": "1"}, "cc", "cR"
    ),
    "a link inside a folder": files(
        B + "COPY d /x", {"d/l": "->../a", "a": "1"}, {"d/l": "->../a", "a": "2"}, "cc", "cR"
    ),
    "a link renamed": files(B + "COPY . /x", {"l": "->a", "a": "1"}, {"m": "->a", "a": "1"}, "cR", "cc"),
    "a link to nowhere renamed": files(B + "COPY . /x", {"l": "->a"}, {"m": "->a"}, "cR", "cR"),
    "a link to elsewhere nowhere": files(B + "COPY . /x", {"l": "->a"}, {"l": "->b"}, "cR", "cc"),
    "spaces in a command": text(B + "RUN echo  a", B + "RUN echo a", "cR", "cR"),
    "a continued line": text(B + "RUN echo a \\|  && true", B + "RUN echo a   && true", "cc", "cc"),
    "exec form of the same": text(B + "RUN true", B + 'RUN ["/bin/sh", "-c", "true"]', "cc", "cc"),
    "a variable above": text(B + "COPY a /|RUN true", B + "ENV Z=1|COPY a /|RUN true", "ccR", "cRRR"),
    "variables in another order": text(B + "ENV A=1 B=2|RUN x", B + "ENV B=2 A=1|RUN x", "cR", "cRR"),
    "metadata moved": text(B + "CMD a|EXPOSE 80|RUN x", B + "EXPOSE 80|CMD b|LABEL x=y|RUN x", "cc", "cRRRR"),
    "list written otherwise": text(B + 'CMD ["a","b"]|RUN x', B + 'CMD ["a", "b"]|RUN x', "cc", "ccc"),
    "ports in another order": text(B + "EXPOSE 80 81|RUN x", B + "EXPOSE 81 80|RUN x", "cc", "ccc"),
    "shell": text(B + "COPY a /|RUN x", B + 'SHELL ["/bin/sh", "-ec"]|COPY a /|RUN x', "ccR", "cRRR"),
    "user": text(B + "USER 1|COPY a /|WORKDIR /w|RUN x", B + "USER 2|COPY a /|WORKDIR /w|RUN x", "ccRR", "cRRRR"),
    "ARG": text(ARG.format(1), ARG.format(2), "RR", "RRRR"),
    "ARG that ENV takes over": text("FROM base|ARG V=1|ENV V=q|RUN x", "FROM base|ARG V=2|ENV V=q|RUN x", "c", "RRR"),
    "ARG that takes ENV over": text("FROM base|ENV V=q|ARG V=1|RUN x", "FROM base|ENV V=q|ARG V=2|RUN x", "R", "cRR"),
    "global ARG": text("ARG V=1|FROM base|RUN y|ARG V|RUN x", "ARG V=2|FROM base|RUN y|ARG V|RUN x", "cR", "ccR"),
    "global ARG in FROM": text("ARG V=1|FROM base:$V|RUN y", "ARG V=2|FROM base:$V|RUN y", "R", "R"),
    "default of a variable": text(B + "ENV A=1|WORKDIR /${X:-$A}", B + "ENV A=2|WORKDIR /${X:-$A}", "cR", "cRR"),
    "tag that is the default": text("FROM base|RUN x", "FROM base:latest|RUN x", "c", "c"),
    "another base": text("FROM base|RUN x|COPY a /", "FROM other|RUN x|COPY a /", "RR", "RR"),
    "a step away": text(B + "COPY a /|COPY b /", B + "COPY b /", "cR", "cR"),
    "steps changed places": text(B + "COPY a /|COPY b /", B + "COPY b /|COPY a /", "cRR", "cRR"),
    "stage ran, anything may come": files(IN_STAGES, {"src/a": "1"}, {"src/a": "2"}, "RRdd", "RRdd"),
    "stage ran, the file untouched": files(COPIED, A, OTHER_B, "cRcc", "cRcc"),
    "stage ran, the file changed": files(COPIED, A, OTHER_A, "RRRR", "RRRR"),
    "a file over what RUN left": text(OVER_RUN.format("y"), OVER_RUN.format("z"), "RRc", "RRc"),
    "sure in spite of what depends": Case(
        IN_STAGES, {"src/a": "1"}, IN_STAGES.replace("RUN true", "RUN false"), {"src/a": "2"}, "RRdR", "RRdR"
    ),
    "stage of no use": files("FROM base AS b|COPY a /|FROM base|RUN x", A, OTHER_A, "-c", "Rc"),
    "WORKDIR on scratch": files("FROM scratch|WORKDIR /w|COPY a /", A, A, "dc", "cc"),
    "WORKDIR after COPY on scratch": files("FROM scratch|COPY a /|WORKDIR /w", A, A, "cc", "cc"),
    "stage on a stage": files("FROM base AS b|COPY a /|FROM b|RUN x", A, OTHER_A, "RR", "RR"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_forecast(case: Case) -> None:
    for builder, expected in ((Builder.BUILDKIT, case.buildkit), (Builder.CLASSIC, case.classic)):
        told = forecast(inputs(case.after, case.has, builder), inputs(case.before, case.had, builder))
        assert shown(told) == expected, builder


MOUNT = "FROM base|RUN --mount=type=bind,source={},target=/m {}make|RUN true"
TMPFS = "--mount=type=tmpfs,target=/c "
CACHE = "--mount=type=cache,target={} "


@pytest.mark.parametrize(
    ("before", "after", "has", "expected"),
    [
        (MOUNT.format("d", ""), MOUNT.format("d", ""), {"d/a": "2", "e": "1"}, "RR"),
        (MOUNT.format("d", ""), MOUNT.format("d", ""), {"d/a": "1", "e": "2"}, "cc"),
        (MOUNT.format("d", ""), MOUNT.format("./d", ""), {"d/a": "1", "e": "1"}, "cc"),
        (MOUNT.format("d", CACHE.format("/c")), MOUNT.format("d", CACHE.format("/e")), {"d/a": "1"}, "RR"),
        (MOUNT.format("d", TMPFS), MOUNT.format("d", "--mount=target=/c,type=tmpfs "), {"d/a": "1"}, "cc"),
    ],
)  # fmt: skip
def test_mounts(before: str, after: str, has: Files, expected: str) -> None:
    assert shown(forecast(inputs(after, has), inputs(before, {"d/a": "1", "e": "1"}))) == expected


def test_mount_from_a_stage() -> None:
    text = "FROM scratch AS b|COPY a /a|COPY b /b|FROM base|RUN --mount=from=b,source=/a,target=/m make"
    assert shown(forecast(inputs(text, {"a": "1", "b": "9"}), inputs(text, A))) == "cRc"
    assert shown(forecast(inputs(text, {"a": "9", "b": "2"}), inputs(text, A))) == "RRR"


def test_build_args_count_where_they_are_declared() -> None:
    text = "FROM base|RUN x|ARG V|RUN y"
    for name, expected in (("V", "cR"), ("OTHER", "cc"), ("HTTP_PROXY", "cc")):
        before, after = (inputs(text, build_args={name: value}) for value in "12")
        assert shown(forecast(after, before)) == expected
    declared = "FROM base|ARG HTTP_PROXY|RUN y"
    assert shown(forecast(inputs(declared, build_args={"HTTP_PROXY": "1"}), inputs(declared))) == "R"


def test_target_leaves_out_what_it_does_not_need() -> None:
    text = "FROM base AS a|COPY a /|FROM base AS b|COPY b /|FROM base|COPY --from=a /a /"
    has = {"a": "1", "b": "9"}
    assert shown(forecast(inputs(text, has, target="b"), inputs(text, A, target="b"))) == "-R-"
    classic = [inputs(text, files, Builder.CLASSIC, target="b") for files in (A, has)]
    assert shown(forecast(classic[1], classic[0])) == "cR-"


def test_undone_edit_finds_the_older_build() -> None:
    first, second = inputs(B + "COPY a /", A), inputs(B + "COPY a /", {"a": "9"})
    assert shown(forecast(first, second)) == "cR"
    assert shown(forecast(first, second, older=[first])) == "cc"


def test_steps_the_last_build_never_got_to_run_again() -> None:
    made = inputs(B + "COPY a /|RUN x", A)
    steps = [StepReport(step, Outcome.REBUILT) for step in plan(made.dockerfile, made.builder)]
    steps[2] = replace(steps[2], outcome=Outcome.FAILED)
    report = BuildReport(made.builder, made.dockerfile, tuple(steps), failure=BuildFailed("no", FailureKind.STEP, 2))
    told = forecast(made, made, report)
    assert shown(told) == "ccR"
    assert told.steps[2].causes == (LastBuildEnded(),)


def test_nothing_is_known_before_the_first_build() -> None:
    assert shown(forecast(inputs(B + "COPY a /", A))) == "dd"


def test_the_same_work_in_two_places_may_be_found_or_not() -> None:
    text = "FROM base AS a|COPY d/x /x|FROM base AS b|COPY e/x /x|FROM scratch|COPY --from=a /x /1|COPY --from=b /x /2"
    made = inputs(text, {"d/x": "1", "e/x": "1"})
    told = forecast(made, inputs("FROM base|RUN other"))
    assert shown(told) == "ddRR"
    assert shown(forecast(made, made)) == "cccc"


def test_steps_that_are_the_same_work_are_twins() -> None:
    stage = "FROM {} AS {}|WORKDIR /x|ENV A={}|RUN make|"
    text = (
        "ARG BASE=base|" + stage.format("base", "a", 1) + stage.format("$BASE", "b", 1) + stage.format("base", "c", 2)
    )
    ends = "FROM scratch|COPY --from=a /x /1|COPY --from=b /x /2|COPY --from=c /x /3"
    found = twins(parse((text + ends).replace("|", "\n")))
    assert found == {0: (2, 4), 2: (0, 4), 4: (0, 2), 1: (3,), 3: (1,)}
    assert twins(parse((text + ends).replace("|", "\n")), build_args={"BASE": "other"}) == {0: (4,), 4: (0,)}


def test_copies_from_twins_are_twins() -> None:
    stages = "FROM base AS a|COPY ./d/x /x|FROM base AS b|COPY d/x /x|"
    ends = "FROM scratch AS e|COPY --from=a /x /y|FROM scratch|COPY --from=1 /x /y|COPY --from=e /y /z"
    assert twins(parse((stages + ends).replace("|", "\n"))) == {0: (1,), 1: (0,), 2: (3,), 3: (2,)}


def test_workdir_to_the_root_is_no_step() -> None:
    told = forecast(inputs("FROM base|WORKDIR /|COPY a b", A), inputs("FROM base|WORKDIR /|COPY a b", A))
    assert [(each.step.number, each.step.total) for each in told.steps] == [(2, 3)]
    assert shown(forecast(inputs("FROM base|WORKDIR /w/..|COPY a b", A), inputs("FROM base|COPY a b", A))) == "-c"


def test_what_is_fetched_may_have_changed() -> None:
    text = B + "ADD http://host/x /x|RUN make"
    assert shown(forecast(inputs(text), inputs(text))) == "cdd"
    assert shown(forecast(inputs(text + " all"), inputs(text))) == "cdR"


def test_linked_copies_stand_on_nothing() -> None:
    text = B + "COPY {} a /|COPY --link b /b|RUN x"
    made = [inputs(text.format(""), files) for files in (A, {"a": "9", "b": "2"})]
    assert shown(forecast(made[1], made[0])) == "cRcR"


def test_what_is_known_of_images_counts() -> None:
    text = "FROM base|RUN x|WORKDIR web|COPY a ."
    info = ImageInfo("sha256:1", ("base:latest",), 1, config={"WorkingDir": "/go", "Env": ["A=1"], "User": ""})
    known = {"base": BaseImage.of(info)}
    before = inputs(text, A, images=known)
    absolute = inputs(text.replace("web", "/go/web"), A, images=known)
    assert shown(forecast(absolute, before)) == "ccc"
    renewed = inputs(text, A, images={"base": replace(known["base"], id="sha256:2")})
    told = forecast(renewed, before)
    assert shown(told) == "RRR"
    assert told.steps[0].causes == (BaseChanged("base", "base"),)


UNUSED = "FROM base AS b|RUN x|FROM base|RUN y"
CHANGED = FilesChanged((FileChange("a", Change.CHANGED),))


@pytest.mark.parametrize(
    ("before", "had", "after", "has", "step", "causes"),
    [
        (B + "COPY a /|RUN x", A, B + "COPY a /|RUN x", {"a": "9"}, 1, (CHANGED,)),
        (B + "COPY a /|RUN x", A, B + "COPY a /|RUN x", {"a": "9"}, 2, (StepAbove(1),)),
        (B + "RUN x", A, B + "RUN y", A, 1, (InstructionChanged("RUN x"),)),
        (B + "RUN x", A, B + "COPY a /|RUN x", A, 1, (InstructionNew(),)),
        (B + "COPY a /|COPY b /", A, B + "COPY b /|COPY a /", A, 1, (OrderChanged("COPY a /", "RUN start"),)),
        (B + "COPY a /|COPY b /", A, B + "COPY b /", A, 1, (OrderChanged("COPY a /", "RUN start"),)),
        (B + "ENV A=1|RUN x", A, B + "ENV A=2|RUN x", A, 1, (ValueChanged("A", "1", "2"),)),
        (B + "ENV A=1|WORKDIR /$A", A, B + "ENV A=2|WORKDIR /$A", A, 1, (ValueChanged("A", "1", "2"),)),
        (B + "RUN x", A, B + "ARG V=1|RUN x", A, 1, (ValueChanged("V", None, "1"),)),
        (B + "RUN x", A, B + "USER 7|RUN x", A, 1, (SettingChanged(Setting.USER, "", "7"),)),
        ("FROM base|RUN x", A, "FROM other|RUN x", A, 0, (BaseChanged("base", "other"),)),
        (COPIED, A, COPIED, {"a": "1", "b": "9"}, 2, (SameBytes("b", 1),)),
        (COPIED, A, COPIED, {"a": "9", "b": "2"}, 2, (StageRan("b", 0),)),
        (UNUSED, A, UNUSED, A, 0, (StageNotNeeded("b"),)),
    ],
)  # fmt: skip
def test_causes(before: str, had: Files, after: str, has: Files, step: int, causes: tuple[object, ...]) -> None:
    assert forecast(inputs(after, has), inputs(before, had)).steps[step].causes == causes


def test_files_are_named_by_their_place_in_the_context() -> None:
    text = B + "COPY d /x/"
    had: Files = {"d/a": "1", "d/b": "2", "d/m": "1"}
    told = forecast(inputs(text, {"d/a": "9", "d/e/c": "3", "d/m": ("1", 0o755)}), inputs(text, had))
    assert told.steps[1].causes == (
        FilesChanged(
            (
                FileChange("d/a", Change.CHANGED),
                FileChange("d/b", Change.REMOVED),
                FileChange("d/e/c", Change.ADDED),
                FileChange("d/m", Change.MODE),
            )
        ),
    )


def test_links_that_the_classic_builder_follows_have_no_name_of_their_own() -> None:
    text = B + "COPY d /x/"
    had: Files = {"d/l": "->../a", "d/k": "1", "a": "1"}
    told = forecast(inputs(text, {**had, "a": "2"}, Builder.CLASSIC), inputs(text, had, Builder.CLASSIC))
    assert told.steps[1].causes == (FilesChanged((FileChange("d", Change.CHANGED),)),)


def test_what_a_link_is_copied_to_is_the_link_itself() -> None:
    """The classic builder runs the first copy again, because it follows the link; what the copy leaves is the same."""
    text = "FROM base AS b|COPY d /d|FROM base|COPY --from=b /d /got"
    had: Files = {"d/l": "->../a", "d/k": "1", "a": "1"}
    told = forecast(inputs(text, {**had, "a": "2"}, Builder.CLASSIC), inputs(text, had, Builder.CLASSIC))
    assert shown(told) == "Rd"


def test_a_file_in_a_folder_is_not_the_file() -> None:
    """What a RUN made may be a file or a folder: copied into a folder it is something else than copied to its name."""
    text = "FROM base AS a|RUN make /out|FROM base AS b|COPY --from=a /out {}|FROM base|COPY --from=b /t /got"
    before, after = text.format("/t"), text.format("/t/")
    assert shown(forecast(inputs(after), inputs(before))) == "cRd"
    assert shown(forecast(inputs(after), inputs(after))) == "ccc"


GO = (
    "FROM base AS builder|COPY main.go .|RUN go build -o /server|"
    "FROM base|COPY --from=builder /server .|RUN chmod +x server"
)
PAGE = "FROM base|COPY index.html .|COPY main.go .|RUN go build"


def test_the_chain_leads_from_the_file_to_the_step() -> None:
    words = Words("en")
    told = forecast(
        inputs(PAGE, {"index.html": "2", "main.go": "1"}), inputs(PAGE, {"index.html": "1", "main.go": "1"})
    )
    assert sentence(told, 0, words) == "index.html changed → COPY index.html . → everything below in this stage"
    assert chain(told.steps, 2, words) == ("index.html changed", "COPY index.html .", "RUN go build")
    told = forecast(inputs(GO, {"main.go": "2"}), inputs(GO, {"main.go": "1"}))
    assert chain(told.steps, 3, words) == (
        "main.go changed",
        "COPY main.go .",
        "COPY --from=builder /server .",
        "RUN chmod +x server",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_has_its_words(language: str) -> None:
    words = Words(language)
    for case in CASES.values():
        told = forecast(inputs(case.after, case.has), inputs(case.before, case.had))
        for i in range(len(told.steps)):
            assert all(reasons(told.steps, i, words))
            assert sentence(told, i, words)
    assert all(f"forecast.verdict.{verdict.name.lower()}" in words for verdict in Verdict)


def test_outside_text_is_shown_clean_and_short() -> None:
    words = Words("en")
    evil = "COPY a\x1b[31m /" + "x" * 200
    told = forecast(inputs("FROM base|" + evil, {"a\x1b[31m": "2"}), inputs("FROM base|" + evil, {"a\x1b[31m": "1"}))
    text = sentence(told, 0, words)
    assert "\x1b" not in text
    assert len(text) < 120


def test_why_tells_what_each_rebuilt_step_cost() -> None:
    before, after = inputs(PAGE, {"index.html": "1", "main.go": "1"}), inputs(PAGE, {"index.html": "2", "main.go": "1"})
    told = forecast(after, before)
    steps = [StepReport(step, Outcome.REBUILT, 1.5) for step in plan(after.dockerfile, after.builder)]
    layers = (Layer(100, "base"), Layer(5, "COPY", 2), Layer(7, "COPY", 3), Layer(900, "RUN", 4))
    report = BuildReport(after.builder, after.dockerfile, tuple(steps), "sha256:1", layers)
    found = why(report, told)
    assert [(w.index, w.pulled_by, w.size_bytes, w.seconds) for w in found] == [
        (0, None, 5, 1.5),
        (1, 0, 7, 1.5),
        (2, 0, 900, 1.5),
    ]
    assert found[2].chain(Words("en")) == ("index.html changed", "COPY index.html .", "RUN go build")
    forgotten = why(report, forecast(before, before))
    assert all(w.causes == (Forgotten(),) for w in forgotten)
