"""The content linter: one small course that is right, and every way to get it wrong, told with file and line."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor.course.lint import lint
from tutor.course.recordings.recording import FOLDER
from tutor.places import exercises_folder

QUIZZES = "\n".join(f"<!-- quiz: q{n} -->\nWhy?\n\n- [x] yes — so\n- [ ] no — not so\n" for n in range(3))

LESSON = f"""# Title

Summary.

<!-- step: one -->
## One

See [the other page](https://example.org) and [this file](01-first.md).

```dockerfile file=ex/Dockerfile lines=1-2
FROM diamol/base
COPY page.html .
```

```bash run in=ex
docker image build -t page .
```

```bash run
docker container run --rm page
```

<!-- step: two -->
## Two

```diff edit in=ex file=page.html
-old
+new
```

```bash run
docker network create nat
```

```bash run
docker container run -d --name web -p 800:80 --network nat page
```

```bash run
curl localhost:800
```

```bash run
docker container rm -f web
```

{QUIZZES}"""


@dataclass
class Course:
    """A course in a folder. `problems()` lints it: (file name, line, sentence); recordings have tests of their own."""

    root: Path

    @property
    def lesson(self) -> Path:
        return self.root / "lessons" / "en" / "01-first.md"

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def change(self, old: str, new: str) -> None:
        text = self.lesson.read_text("utf-8")
        assert old in text
        self.lesson.write_text(text.replace(old, new, 1), "utf-8")

    def line_of(self, text: str) -> int:
        rows = self.lesson.read_text("utf-8").split("\n")
        return next(n for n, row in enumerate(rows, 1) if text in row)

    def problems(self) -> list[tuple[str, int, str]]:
        found = lint(self.root / "lessons", self.root / "exercises")
        return [(p.file.name, p.line, p.sentence) for p in found if p.file.parent.name != FOLDER]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    course.write("lessons/course.toml", '[title]\nen = "Chapter"\n[[lessons]]\nid = "01-first"\n')
    course.write("lessons/en/01-first.md", LESSON)
    course.write("exercises/bases/base/Dockerfile", "FROM scratch\n")
    course.write("exercises/ex/Dockerfile", "FROM diamol/base\nCOPY page.html .\nCMD cat page.html\n")
    course.write("exercises/ex/page.html", "<p>\nold\n</p>\n")
    return course


def test_a_course_that_is_right(course: Course) -> None:
    assert course.problems() == []


@pytest.mark.parametrize(
    ("old", "new", "at", "part"),
    [
        ("docker network create nat", "docker network prune", "docker network prune", "lessons can't run"),
        ("--rm page", "--tty page", "--tty page", "don't know the flag --tty"),
        ("file=ex/Dockerfile", "file=ex/Dokcerfile", "Dokcerfile", "isn't there"),
        ("COPY page.html .", "COPY page.htm .", "lines=1-2", "isn't the text of ex/Dockerfile from its line 2 on"),
        ("lines=1-2", "", "file=ex/Dockerfile", "from its line 3 on"),
        ("run in=ex", "run in=none", "run in=none", "isn't among the exercises"),
        ("-t page .", "-f Other -t page .", "run in=ex", "there is no Other in ex"),
        ("-t page .", "-t page sub", "run in=ex", "no build context sub"),
        ("--rm page", "--rm pages", "```bash run\ndocker container run --rm", "builds the image pages"),
        ("docker network create nat", "docker image history pages", None, "builds the image pages"),
        ("--network nat", "--network other", None, "creates the network other"),
        ("localhost:800", "localhost:801", None, "publishes the port 801"),
        ("rm -f web", "rm -f iotd", None, "starts a container iotd"),
        ("-old", "-older", "```diff", "are 0 times"),
        ("-old", "-<", "```diff", "have to be there once, as whole lines"),
        ("+new", "+<p>", "```diff", "has the edit already"),
        ("file=page.html", "file=page.htm", "```diff", "there is no page.htm in ex"),
        ("01-first.md)", "02-second.md)", "02-second.md", "leads nowhere"),
        ("https://example.org", "https://", "https://", "has no host"),
        ("Summary.", "Summary \U0001f680.", "Summary", "an emoji, U+1F680"),
        ("quiz: q1", "quiz: q0", None, "two quizzes q0"),
        ("## Two", "## Two\n\n## Three", "## Three", "needs its id"),
    ],
)
def test_a_mistake_is_told_with_its_line(course: Course, old: str, new: str, at: str | None, part: str) -> None:
    course.change(old, new)
    problems = [problem for problem in course.problems() if part in problem[2]]
    assert len(problems) == 1, course.problems()
    assert problems[0][0] == "01-first.md"
    if at is not None and "\n" not in at:
        assert problems[0][1] == course.line_of(at)


def test_images_must_be_built_before_they_are_used(course: Course) -> None:
    text = course.lesson.read_text()
    build = "```bash run in=ex\ndocker image build -t page .\n```\n"
    course.lesson.write_text(text.replace(build, "") + "\n" + build)
    assert len([p for p in course.problems() if "builds the image page" in p[2]]) == 2


def test_a_lesson_needs_three_questions(course: Course) -> None:
    course.change(QUIZZES, QUIZZES.split("\n\n<!--")[0])
    assert any("quizzes" in sentence for _, _, sentence in course.problems())


def test_what_the_outline_forgets(course: Course) -> None:
    course.write("lessons/en/02-second.md", "# Two")
    assert course.problems() == [("02-second.md", 1, "course.toml doesn't list this lesson")]


def test_what_the_outline_lists_and_is_not_there(course: Course) -> None:
    course.write("lessons/course.toml", '[title]\nen = "C"\n[[lessons]]\nid = "02-x"\n[[lessons]]\nid = "01-first"\n')
    assert [(name, line) for name, line, _ in course.problems()] == [("02-x.md", 1)]


def test_an_exercise_that_is_not_there(course: Course) -> None:
    outline = '[title]\nen = "C"\n[[lessons]]\nid = "01-first"\nexercise = "06-x"\n'
    course.write("lessons/course.toml", outline)
    assert [sentence for _, _, sentence in course.problems()] == [
        "the lesson 01-first leads to an exercise 06-x that isn't there"
    ]


@pytest.mark.parametrize(
    ("old", "new", "at", "part"),
    [
        ("## One", "## Eins", "## Eins", ""),
        ("<!-- step: two -->", "<!-- step: three -->", "step: three", "here comes two"),
        ("--rm page", "--rm page ls", "```bash run\n", "the step one isn't as in the English lesson"),
        ("+new", "+neu", "```diff", "the step two isn't as in the English lesson"),
        ("- [x] yes — so\n- [ ] no", "- [ ] yes — so\n- [x] no", "quiz: q0", "there it is the question q0, x-"),
        ("```bash run\ncurl localhost:800\n```\n", "", None, "the step two isn't as in the English lesson"),
    ],
)
def test_another_language_teaches_the_same(course: Course, old: str, new: str, at: str | None, part: str) -> None:
    course.write("lessons/course.toml", '[title]\nen = "C"\nko = "장"\n[[lessons]]\nid = "01-first"\n')
    assert old in LESSON
    course.write("lessons/ko/01-first.md", LESSON.replace(old, new, 1))
    problems = course.problems()
    if not part:
        assert problems == []
        return
    assert len(problems) == 1, problems
    assert part in problems[0][2]
    assert (course.root / "lessons" / "ko" / problems[0][0]).is_file()
    if at and "\n" not in at:
        rows = LESSON.replace(old, new, 1).split("\n")
        assert at in rows[problems[0][1] - 1]


@pytest.mark.parametrize(
    ("old", "new", "at", "part"),
    [
        ("# Title", "# A *title*", "# A", "the title is plain text, without marks: A title"),
        ("Summary.", "A `summary`.", "# T", "the summary is plain text, without marks: A summary."),
        ("## Two", "## The `second`", "step: two", "a step's title is plain text, without marks: The second"),
        (
            "```bash run\ndocker network create nat\n```",
            "~~~bash run\ndocker network create nat\n~~~",
            "two",
            "backticks",
        ),
    ],
)
def test_what_the_contents_would_misread(course: Course, old: str, new: str, at: str, part: str) -> None:
    assert old in LESSON
    text = LESSON.replace(old, new, 1)
    course.write("lessons/en/01-first.md", text)
    ((name, line, sentence),) = course.problems()
    assert name == "01-first.md"
    assert part in sentence
    assert at in text.split("\n")[line - 1]


def test_a_language_needs_its_title(course: Course) -> None:
    course.write("lessons/ko/01-first.md", LESSON)
    assert [sentence for _, _, sentence in course.problems()] == ["the chapter has no title in 한국어"]


@pytest.fixture
def exercise(course: Course) -> Path:
    shutil.copytree(exercises_folder() / "06-optimise", course.root / "exercises" / "06-optimise")
    assert course.problems() == []
    return course.root / "exercises" / "06-optimise"


def test_an_exercise_needs_all_its_parts(course: Course, exercise: Path) -> None:
    (exercise / "solution" / "Dockerfile").unlink()
    (exercise / "start" / "main.go").write_text("package main\n")
    (exercise / "task.en.md").unlink()
    sentences = [sentence for _, _, sentence in course.problems()]
    assert sentences == [
        'start/main.go doesn\'t have the text to edit: const edition = "first"',
        "the solution has no Dockerfile",
        "the exercise has no task in English",
    ]


def test_an_edit_of_an_exercises_shipped_folder(course: Course, exercise: Path) -> None:
    assert exercise.is_dir()
    course.change("edit in=ex file=page.html\n-old", "edit in=06-optimise/start file=Dockerfile\n-WORKDIR web")
    assert any("an edit needs the learner's copy, 06-optimise" in sentence for _, _, sentence in course.problems())
