"""Lesson files read into Lessons, and what is said of the ones that can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.course.actions import BuildImage, EditFile, Expected, LookInside, RunContainer
from tutor.course.document import Code, Heading, ListBlock, Paragraph, Quote, Span, Table
from tutor.course.lesson import Choice, Lesson, Quiz
from tutor.course.lessons import load_course, read_lesson
from tutor.course.outline import Entry, lesson_title
from tutor.course.problems import ContentError, Problem

LESSON = """# A title

What it is about.

<!-- step: first -->
## The first step

Some *quiet* and **loud** words, `code`, and [a link](https://example.org).

### A heading

1. one
2. two

> an aside

| a | b |
| - | - |
| 1 | 2 |

```dockerfile file=ex/Dockerfile lines=3-4
RUN one
RUN two
```

```bash run in=ex output="Hello there" output=Bye rebuilt-layers=1 cached="COPY a" predict
docker image build -t name .
```

<!-- quiz: why -->
Why `that`?

- [x] Yes — It is.
- [ ] No — It isn't.

<!-- step: second -->
## The second step

```diff edit in=ex file=src/a.html
 <body>
-  old
+  new {stamp}
```

```text look image=name present=/app absent=/usr/bin/mvn
/app
/usr/bin/mvn
```
"""


def read(folder: Path, text: str) -> tuple[Lesson, tuple[Problem, ...]]:
    file = folder / "en" / "01-name.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return read_lesson(file, Entry("01-name"))


def problem(folder: Path, step: str) -> tuple[int, str]:
    """The only problem of a lesson with this in its step, and its line counted from the step's first (7)."""
    _, problems = read(folder, f"# T\n\nS.\n\n<!-- step: a -->\n## A\n{step}\n")
    assert len(problems) == 1, problems
    return problems[0].line - 6, problems[0].sentence


def test_a_whole_lesson(tmp_path: Path) -> None:
    lesson, problems = read(tmp_path, LESSON)
    assert problems == ()
    assert (lesson.title, lesson.summary, lesson.number) == ("A title", "What it is about.", 1)
    assert [(step.id, step.title) for step in lesson.steps] == [
        ("first", "The first step"),
        ("second", "The second step"),
    ]
    words, heading, numbered, aside, table, code, build, quiz = lesson.steps[0].blocks
    assert isinstance(words, Paragraph)
    assert Span("quiet", emphasis=True) in words.spans
    assert Span("a link", link="https://example.org") in words.spans
    assert heading == Heading((Span("A heading"),), 3)
    assert numbered == ListBlock(((Span("one"),), (Span("two"),)), 1)
    assert aside == Quote((Paragraph((Span("an aside"),)),))
    assert table == Table(((Span("a"),), (Span("b"),)), (((Span("1"),), (Span("2"),)),))
    assert code == Code("RUN one\nRUN two", "dockerfile", "ex/Dockerfile", 3, whole=False)
    assert build == BuildImage(
        command="docker image build -t name .",
        folder="ex",
        tag="name",
        predict=True,
        expected=Expected(output=("Hello there", "Bye"), cached=("COPY a",), rebuilt_layers=1),
    )
    assert quiz == Quiz("why", "Why that?", (Choice("Yes", True, "It is."), Choice("No", False, "It isn't.")))


def test_edits_and_looks(tmp_path: Path) -> None:
    lesson, _ = read(tmp_path, LESSON)
    edit, look = lesson.steps[1].actions
    assert edit == EditFile(
        command="$EDITOR src/a.html",
        folder="ex",
        file="src/a.html",
        find="<body>\n  old",
        replace="<body>\n  new {stamp}",
    )
    assert isinstance(look, LookInside)
    assert look.patterns == ("/app", "/usr/bin/mvn")
    assert look.expected == Expected(output=("/app",), absent=("/usr/bin/mvn",))


def test_actions_know_their_line(tmp_path: Path) -> None:
    lesson, _ = read(tmp_path, LESSON)
    rows = LESSON.splitlines()
    assert [rows[action.line - 1][:8] for step in lesson.steps for action in step.actions] == [
        "```bash ",
        "```diff ",
        "```text ",
    ]


def test_a_run_block_that_only_runs(tmp_path: Path) -> None:
    lesson, problems = read(
        tmp_path, "# T\n\nS.\n\n<!-- step: a -->\n## A\n```bash run fails\ndocker container run x\n```\n"
    )
    assert problems == ()
    assert lesson.steps[0].actions == (
        RunContainer(command="docker container run x", image="x", expected=Expected(fails=True)),
    )


@pytest.mark.parametrize(
    ("step", "line", "part"),
    [
        ("```bash run\ndocker ps\n```", 2, "lessons can't run `docker ps`"),
        ("```bash run in=ex\ndocker image build --pull .\n```", 2, "lessons don't know the flag --pull"),
        ("```bash run\ndocker image build .\n```", 1, "a build needs in="),
        ("```bash run\ndocker container run x\ndocker container run y\n```", 1, "holds one line"),
        ('```bash run output="a\ndocker container run x\n```', 1, "isn't closed"),
        ("```bash run color=red\ndocker container run x\n```", 1, "color= has no meaning"),
        ("```bash run predict\ndocker container run x\n```", 1, "predict has no meaning"),
        ("```bash run cached=RUN\ndocker container run x\n```", 1, "only a build"),
        ("```bash run look\ndocker container run x\n```", 1, "not all"),
        ("```text file=a lines=1-3\none\n```", 1, "lines=1-3"),
        ("```diff edit in=a file=b\n-old\n*new\n```", 3, "begins with -, +"),
        ("```diff edit in=a file=b\n-old\n```", 1, "what to put in its place"),
        ("```text look image=a\nbin\n```", 1, "absolute paths"),
        ("```text look image=a absent=/b\n/a\n```", 1, "has to stand in the block"),
        ("<b>bold</b>", 1, "HTML"),
        ("## Another", 1, "needs its id"),
        ("\n---", 2, "hr"),
        ("<!-- quiz: a -->\nOne?", 1, "a list of answers"),
        ("<!-- quiz: a -->\nOne?\n\n- [x] yes — y\n- [x] yes — y", 4, "wrong ones"),
        ("<!-- quiz: a -->\nOne?\n\n- [x] yes — y\n- [ ] no", 4, "an answer is written"),
        ("<!-- note -->\nOne?\n\n- [x] yes — y\n- [ ] no — n", 1, "a comment here"),
        ("<!-- step: a -->\n## Again", 1, "two steps a"),
        ("<!-- step: b -->\nWords", 1, "comes its title"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, step: str, line: int, part: str) -> None:
    found = problem(tmp_path, step)
    assert part in found[1]
    assert found[0] == line


def test_an_empty_lesson(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "")
    assert len(problems) == 2


def test_a_course(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(
        '[title]\nen = "Chapter"\nko = "장"\n[[lessons]]\nid = "01-name"\nexercise = "ex"\n'
    )
    read(tmp_path, LESSON)
    course = load_course("ko", tmp_path)
    assert course.title == "장"
    assert [(lesson.id, lesson.exercise, lesson.language) for lesson in course.lessons] == [("01-name", "ex", "en")]


@pytest.mark.parametrize("outline", ["", "title = 3", '[title]\nko = "장"\n', '[title]\nen="C"\n[[lessons]]\nid="x"\n'])
def test_an_outline_that_is_not_right(tmp_path: Path, outline: str) -> None:
    (tmp_path / "course.toml").write_text(outline)
    with pytest.raises(ContentError, match=r"course\.toml:1: "):
        load_course("en", tmp_path)


def test_a_missing_lesson_is_named(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('[title]\nen = "C"\n[[lessons]]\nid = "01-name"\n')
    with pytest.raises(ContentError, match=r"01-name\.md:1: the lesson can't be read"):
        load_course("en", tmp_path)


def test_a_title_without_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "01-name.md"
    file.write_text("# A title\n\nWords", "utf-8")
    assert lesson_title(file) == "A title"
    file.write_text("Words", "utf-8")
    assert lesson_title(file) == ""
