"""A small course with fixed texts and builds, so that what a screen shows can be compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.fakes import FakeEngine, started
from tutor.builds.builder import Builder, Outcome
from tutor.builds.engine import Engine, EngineFacts
from tutor.builds.events import (
    BuildFailed,
    BuildSucceeded,
    FailureKind,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.builds.layers import Layer
from tutor.builds.report import BuildReport, StepReport
from tutor.course.actions import BuildImage, EditFile, Expected, RunContainer
from tutor.course.document import Code, ListBlock, Paragraph, Quote, Span, Table
from tutor.course.exercise import Exercise
from tutor.course.lesson import Choice, Course, Lesson, Quiz, Step
from tutor.grade.events import Listener, ProbeStarted
from tutor.grade.report import Check, Figure, GradeReport, Note, Verdict
from tutor.grade.stop import Stop

THREE_STAGES = """\
FROM diamol/base AS build-stage
RUN echo 'Building...' > /build.txt

FROM diamol/base AS test-stage
COPY --from=build-stage /build.txt /build.txt
RUN echo 'Testing...' >> /build.txt

FROM diamol/base
COPY --from=test-stage /build.txt /build.txt
CMD cat /build.txt
"""

FAILING = THREE_STAGES.replace("RUN echo 'Testing...' >> /build.txt", "RUN grep -q Tested /build.txt")


def text(*parts: str) -> Paragraph:
    """A paragraph in which every second part is code."""
    return Paragraph(tuple(Span(part, code=bool(i % 2)) for i, part in enumerate(parts)))


_READ = Step(
    "why",
    "A build server, a wiki page, or a Dockerfile",
    (
        text(
            "Every project needs tools before it can be built: a compiler in the right version, a package manager, "
            "and somebody who remembers which of them goes first. A Dockerfile writes that down once. Whoever has "
            "Docker can run it with ",
            "docker image build",
            ", and needs nothing else.",
        ),
        ListBlock(
            (
                (Span("The tools are in an image, so they have "), Span("one version", strong=True), Span(".")),
                (Span("A new colleague builds on the first day, and the build server builds the very same way."),),
                (Span("What the tools leave behind stays out of the image that you ship."),),
            )
        ),
        Quote((text("A stage is a build of its own. Only what you copy out of it lives on."),)),
        Table(
            ((Span("Instruction"),), (Span("What it does"),)),
            (
                ((Span("FROM … AS", code=True),), (Span("opens a stage and names it"),)),
                ((Span("COPY --from", code=True),), (Span("takes files from an earlier stage"),)),
            ),
        ),
    ),
)

_BUILD = Step(
    "three-stages",
    "Three stages in one Dockerfile",
    (
        text("Each ", "FROM", " opens a stage. The first writes a file, the second copies it and appends a line."),
        Code(THREE_STAGES, "dockerfile", "01-multi-stage/Dockerfile"),
        text("Build it, and watch the stages on the right."),
        BuildImage(
            command="docker image build -t multi-stage .",
            folder="01-multi-stage",
            tag="multi-stage",
            expected=Expected(rebuilt_layers=2),
        ),
        text("Then run what came out of it:"),
        RunContainer(command="docker container run multi-stage", image="multi-stage"),
    ),
)

_FAIL = Step(
    "failing-stage",
    "One failing stage fails the build",
    (
        text("In this copy the second stage tests for a word that nobody wrote. ", "grep", " exits with 1."),
        EditFile(
            command="$EDITOR Dockerfile",
            folder="01-multi-stage",
            file="Dockerfile",
            find="COPY --from=build-stage /build.txt /build.txt\nRUN echo 'Testing...' >> /build.txt",
            replace="COPY --from=build-stage /build.txt /build.txt\nRUN grep -q Tested /build.txt",
        ),
        BuildImage(
            command="docker image build -t multi-stage-failing .",
            folder="01-failing-test",
            tag="multi-stage-failing",
            expected=Expected(fails=True),
        ),
    ),
)

_PREDICT = Step(
    "predict",
    "Predict, then build",
    (
        text("Nothing has changed since the last build, but for the second stage."),
        BuildImage(
            command="docker image build -t multi-stage .", folder="01-multi-stage", tag="multi-stage", predict=True
        ),
    ),
)

_QUIZ = Step(
    "quiz-copied",
    "What lands in the image?",
    (
        text("Think before you look: the final stage copies one file."),
        Quiz(
            "what-lands",
            "The build stage also wrote /tmp/cache. Is it in the final image?",
            (
                Choice("Yes, every stage adds its files", False, "Stages are isolated: a stage starts from its FROM."),
                Choice("No, only what is copied lands there", True, "COPY --from named /build.txt and nothing else."),
                Choice("Only when the build isn't cached", False, "The cache changes the time, never the result."),
            ),
        ),
    ),
)

COURSE = Course(
    "Packaging applications from source code",
    "en",
    (
        Lesson(
            "01-build-server",
            1,
            "A Dockerfile instead of a build server",
            "Why a toolchain in an image beats installing it, and how stages hand files on.",
            "en",
            (_READ, _BUILD, _FAIL, _QUIZ),
            "h1",
        ),
        Lesson("02-java", 2, "Java with Maven", "A jar from source with nothing but Docker.", "en", (_READ,), "h2"),
        Lesson("03-node", 3, "Node.js", "No compiler, and still two stages.", "en", (_READ, _BUILD), "h3"),
        Lesson("04-go", 4, "Go", "One binary, no runtime, and three programs that talk.", "en", (_PREDICT,), "h4"),
        Lesson(
            "05-multi-stage",
            5,
            "What multi-stage builds give you",
            "The same tools everywhere, the layer cache measured, small images.",
            "en",
            (_READ, _BUILD, _QUIZ),
            "h5",
        ),
        Lesson(
            "06-optimise",
            6,
            "The exercise: make it small and quick",
            "One Dockerfile to mend, graded by what the engine measures.",
            "en",
            (_READ,),
            "h6",
            "06-optimise",
        ),
    ),
)


def course(language: str) -> Course:
    """The sample in a language: Korean has Korean titles, so that a switch can be seen."""
    if language == "en":
        return COURSE
    titles = {"why": "빌드 서버, 위키 문서, 아니면 Dockerfile", "three-stages": "Dockerfile 하나에 단계 셋"}
    lessons = (
        replace(
            lesson,
            title=f"{lesson.number}절",
            steps=tuple(replace(step, title=titles.get(step.id, step.title)) for step in lesson.steps),
        )
        for lesson in COURSE.lessons
    )
    return Course("소스 코드에서 애플리케이션 패키징하기", language, tuple(lessons))


def engine() -> FakeEngine:
    """An engine whose builds of the sample always tell the same."""
    made = FakeEngine()
    made.script(
        "multi-stage",
        started(THREE_STAGES),
        StepStarted(0),
        StepFinished(0, Outcome.CACHED, 0.0),
        StepStarted(1),
        StepFinished(1, Outcome.CACHED, 0.0),
        StepStarted(2),
        StepOutput(2, "Testing... appended"),
        StepFinished(2, Outcome.REBUILT, 0.42),
        StepStarted(3),
        StepFinished(3, Outcome.REBUILT, 0.05),
        BuildSucceeded("sha256:1", (Layer(14_600_000, "base"), Layer(23, "COPY /build.txt /build.txt", 9))),
    )
    made.script(
        "multi-stage-failing",
        started(FAILING),
        StepStarted(0),
        StepFinished(0, Outcome.CACHED, 0.0),
        StepStarted(1),
        StepFinished(1, Outcome.CACHED, 0.0),
        StepStarted(2),
        StepOutput(2, "grep: no line says Tested"),
        StepFinished(2, Outcome.FAILED, 0.31),
        BuildFailed(
            "RUN grep -q Tested /build.txt ended with exit code 1.",
            FailureKind.STEP,
            2,
            6,
            1,
            "Read the step's last lines, mend Dockerfile line 6, and build again.",
        ),
    )
    made.prints["multi-stage"] = ("Building...", "Testing...")
    return made


START = """\
FROM diamol/golang

WORKDIR web
COPY index.html .
COPY main.go .

RUN go build -o /web/server
RUN chmod +x /web/server

CMD ["/web/server"]
ENV USER=sixeyed
EXPOSE 80
"""

SOLUTION = """\
FROM diamol/golang AS builder
COPY main.go .
RUN go build -o /server && chmod +x /server

FROM diamol/base
ENV USER=sixeyed
WORKDIR web
COPY --from=builder /server .
COPY index.html .
CMD ["/web/server"]
EXPOSE 80
"""


def _report(text: str, outcomes: str, sizes: dict[int, int], base_bytes: int) -> BuildReport:
    """A finished build: `outcomes` has a letter a step, `c` cached or `b` built; `sizes` are by Dockerfile line."""
    start = started(text)
    known = {"c": Outcome.CACHED, "b": Outcome.REBUILT}
    layers = tuple(Layer(size, f"line {line}", line) for line, size in sizes.items())
    return BuildReport(
        Builder.BUILDKIT,
        start.dockerfile,
        tuple(StepReport(step, known[o], 0.4) for step, o in zip(start.steps, outcomes, strict=True)),
        "sha256:1",
        (Layer(base_bytes, "base"), *layers),
    )


def report(passed: bool) -> GradeReport:
    """A grade of the start file (not passed) or of a good solution."""
    sizes = {4: 900, 5: 1_800, 7: 9_100_000, 8: 9_100_000}
    start = _report(START, "cccbb", sizes, 718_000_000), _report(START, "cbbbb", sizes, 718_000_000)
    small = {8: 9_100_000, 9: 900}
    good = _report(SOLUTION, "ccccc", small, 14_600_000), _report(SOLUTION, "ccccb", small, 14_600_000)
    yours = good if passed else start
    size = {"size_mb": 23.7, "share": 0.032, "start_mb": 736.2, "limit": 0.15, "par_mb": 23.7}
    if not passed:
        size |= {"size_mb": 736.2, "share": 1.0}
    edit: dict[str, Figure] = {"file": "index.html", "layers_rebuilt": 1 if passed else 4, "wanted": 1, "steps": _STEPS}
    last: dict[str, Figure] = {"files": 2, "size_mb": 27.0, "path": "/usr/lib/go/bin/go"}
    word, verdict = ("pass", Verdict.PASS) if passed else ("fail", Verdict.FAIL)
    served: dict[str, Figure] = {"port": 80, "page": "index.html", "value": "sixeyed", "variable": "USER"}
    return GradeReport(
        "06-optimise",
        EngineFacts("20.10.24", Builder.BUILDKIT, "overlay2", "unix:///fake.sock"),
        (
            Check("builds", Verdict.PASS, "pass", 10, 10, {"steps": 5}),
            Check("serves", Verdict.PASS, "pass", 20, 20, served),
            Check("size", verdict, word, 20 if passed else 0, 20, size),
            Check("html-edit", verdict, word, 25 if passed else 0, 25, edit, () if passed else _NOTES),
            Check("code-edit", Verdict.PASS, "pass", 15, 15, {"file": "main.go"}),
            Check("toolchain", verdict, word, 10 if passed else 0, 10, last),
        ),
        start[0],
        yours[0],
        start[1],
        yours[1],
        page_reran=yours[1].rebuilt,
    )


_STEPS = "4 COPY index.html ., 5 COPY main.go ., 7 RUN go build -o /web/server, 8 RUN chmod +x /web/server"


_NOTES = (
    Note("rerun_file", {"line": 4, "step": "COPY index.html .", "file": "index.html"}),
    Note("rerun_below", {"line": 5, "step": "COPY main.go .", "above_line": 4, "above": "COPY index.html ."}),
)


def grade(_exercise: Exercise, folder: Path, _engine: Engine, listen: Listener, stop: Stop) -> GradeReport:
    """A grade that passes when the Dockerfile has two stages; one that says `# slow` waits until it is stopped."""
    slow = "# slow" in (folder / "Dockerfile").read_text("utf-8")
    listen(ProbeStarted("build"))
    listen(started(START))
    listen(StepStarted(0))
    listen(StepFinished(0, Outcome.CACHED, 0.0))
    while slow:
        stop.check()
        listen(StepOutput(0, "still going on"))
    for probe in ("baseline", "visit", "look", "html-edit", "code-edit"):
        listen(ProbeStarted(probe))
    return report((folder / "Dockerfile").read_text("utf-8").count("FROM") > 1)
