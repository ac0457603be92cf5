"""A small course with fixed texts and builds, so that what a screen shows can be compared."""

from __future__ import annotations

from tests.fakes import FakeEngine, started
from tutor.builds.events import (
    BuildFailed,
    BuildSucceeded,
    FailureKind,
    StepFinished,
    StepOutput,
    StepStarted,
)
from tutor.builds.layers import Layer
from tutor.builds.steps import Outcome
from tutor.course.actions import BuildImage, EditFile, Expected, RunContainer
from tutor.course.document import Code, ListBlock, Paragraph, Quote, Span, Table
from tutor.course.lesson import Choice, Course, Lesson, Quiz, Step

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
        Lesson("04-go", 4, "Go", "One binary, no runtime, and three programs that talk.", "en", (_READ,), "h4"),
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
