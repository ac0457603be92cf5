"""Progress that survives: kills, other tutors, damage, changed lessons."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor.errors import TutorError
from tutor.progress.preferences import peek
from tutor.progress.store import Attempt, Progress


@dataclass(frozen=True)
class Taught:
    id: str = "01-build-server"
    content_hash: str = "aaa"


LESSON = Taught()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "progress.db"


def test_what_was_done_is_there_next_time(file: Path) -> None:
    first = Progress(file)
    first.finish(LESSON, "one")
    first.finish(LESSON, "one")
    first.answer(LESSON, "quiz", 2, False)
    first.answer(LESSON, "quiz", 0, True)
    first.predict(LESSON, "build", 3, 4)
    first.record_attempt("06-optimise", True, 100, {"share": 0.1, "grades": ["ä"]})
    first.remember("01-build-server", "one")
    first.set_preference("language", "ko")
    first.close()
    second = Progress(file)
    assert second.notice == ""
    assert second.done(LESSON) == {"one"}
    assert [(a.quiz, a.choice, a.right) for a in second.answers(LESSON)] == [("quiz", 2, False), ("quiz", 0, True)]
    assert [(p.step, p.right, p.total) for p in second.predictions(LESSON)] == [("build", 3, 4)]
    (attempt,) = second.attempts("06-optimise")
    assert attempt == Attempt(True, 100, {"share": 0.1, "grades": ["ä"]}, attempt.at)
    assert attempt.at.endswith("+00:00")
    assert second.place() == ("01-build-server", "one")
    assert (second.preference("language"), second.preference("theme")) == ("ko", "")


def test_a_quick_look_sees_the_preferences_and_nothing_else(file: Path) -> None:
    assert peek(file) == {}
    assert not file.parent.exists()
    open_elsewhere = Progress(file)
    open_elsewhere.set_preference("language", "ko")
    open_elsewhere.set_preference("theme", "diamol-light")
    assert peek(file) == {"language": "ko", "theme": "diamol-light"}
    open_elsewhere.close()
    assert peek(file) == {"language": "ko", "theme": "diamol-light"}


def test_a_quick_look_leaves_a_damaged_file_to_the_one_who_opens_it(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database" * 100)
    assert peek(file) == {}
    assert file.read_bytes() == b"no database" * 100


def test_a_first_visit(file: Path) -> None:
    progress = Progress(file)
    assert progress.place() is None
    assert progress.done(LESSON) == progress.stale(LESSON) == frozenset()
    assert progress.attempts("06-optimise") == ()


def test_a_changed_lesson_asks_for_a_recheck(file: Path) -> None:
    progress = Progress(file)
    progress.finish(LESSON, "one")
    progress.finish(LESSON, "two")
    changed = Taught(content_hash="bbb")
    assert progress.done(changed) == frozenset()
    assert progress.stale(changed) == {"one", "two"}
    progress.finish(changed, "one")
    assert progress.done(changed) == {"one"}
    assert progress.stale(changed) == {"two"}


def test_forgetting_a_lesson_leaves_the_others(file: Path) -> None:
    progress = Progress(file)
    other = Taught("06-optimise")
    for lesson in (LESSON, other):
        progress.finish(lesson, "one")
        progress.answer(lesson, "quiz", 0, True)
    progress.record_attempt("06-optimise", False, 10, {})
    progress.remember("06-optimise", "one")
    progress.forget(LESSON.id)
    assert (progress.done(LESSON), progress.answers(LESSON)) == (frozenset(), ())
    assert progress.done(other) == {"one"}
    assert len(progress.attempts("06-optimise")) == 1
    progress.forget("06-optimise", "06-optimise")
    assert (progress.done(other), progress.attempts("06-optimise")) == (frozenset(), ())


def test_forgetting_everything_keeps_preferences(file: Path) -> None:
    progress = Progress(file)
    progress.finish(LESSON, "one")
    progress.record_attempt("06-optimise", False, 10, {})
    progress.remember("01-build-server", "one")
    progress.set_preference("theme", "light")
    progress.forget()
    assert (progress.done(LESSON), progress.attempts("06-optimise"), progress.place()) == (frozenset(), (), None)
    assert progress.preference("theme") == "light"


def half_an_attempt(progress: Progress) -> None:
    with progress._database.transaction() as change:
        change.execute("INSERT INTO attempts (exercise) VALUES ('06-optimise')")
        change.execute("INSERT INTO nowhere VALUES (1)")


def test_an_attempt_is_kept_whole_or_not_at_all(file: Path) -> None:
    progress = Progress(file)
    with pytest.raises(TypeError):
        progress.record_attempt("06-optimise", True, 100, {"no": object()})
    with pytest.raises(TutorError):
        half_an_attempt(progress)
    assert progress.attempts("06-optimise") == ()
    progress.finish(LESSON, "one")  # and the store goes on working
    assert progress.done(LESSON) == {"one"}


WRITER = """
import sys
from pathlib import Path
from tests.unit.test_progress import Taught
from tutor.progress.preferences import peek
from tutor.progress.store import Progress
progress = Progress(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    progress.finish(Taught(), f"{sys.argv[2]}-{number}")
    print(number, flush=True)
"""


def writer(file: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_two_tutors_at_once_lose_nothing(file: Path) -> None:
    writers = [writer(file, name, 60) for name in ("a", "b")]
    for each in writers:
        each.communicate(timeout=60)
        assert each.returncode == 0
    assert Progress(file).done(LESSON) == {f"{name}-{n}" for name in ("a", "b") for n in range(60)}


def test_threads_share_one_store(file: Path) -> None:
    progress = Progress(file)
    threads = [threading.Thread(target=progress.finish, args=(LESSON, str(n))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(progress.done(LESSON)) == 20


@pytest.mark.parametrize("after", [1, 17, 40])
def test_a_kill_loses_nothing_that_was_done(file: Path, after: int) -> None:
    with writer(file, "a", 100_000) as process:
        assert process.stdout is not None
        for _ in range(after):
            last = int(process.stdout.readline())
        process.kill()
    assert process.returncode == -signal.SIGKILL
    progress = Progress(file)
    assert progress.notice == ""
    assert progress.done(LESSON) >= {f"a-{n}" for n in range(last + 1)}


def filled(file: Path) -> bytes:
    progress = Progress(file)
    for number in range(500):
        progress._database._connection.execute("INSERT INTO steps VALUES ('x', 'y', ?, '')", (f"step {number}",))
    progress.close()
    return file.read_bytes()


@pytest.mark.parametrize("damage", ["garbage", "cut", "a page"])
def test_a_damaged_file_is_set_aside_not_deleted(file: Path, damage: str) -> None:
    good = filled(file)
    bad = {
        "garbage": b"not a database, " * 100,
        "cut": good[: len(good) // 2],
        "a page": good[:4096] + b"\xff" * 4096 * 3 + good[4096 * 4 :],
    }[damage]
    file.write_bytes(bad)
    progress = Progress(file)
    kept = file.with_name("progress.db.damaged-1")
    assert kept.read_bytes() == bad
    assert str(kept) in progress.notice
    progress.finish(LESSON, "one")
    progress.close()
    again = Progress(file)
    assert again.notice == ""
    assert again.done(LESSON) == {"one"}


def test_a_second_damage_is_kept_beside_the_first(file: Path) -> None:
    file.parent.mkdir()
    for text in (b"one" * 400, b"two" * 400):
        file.write_bytes(text)
        Progress(file).close()
    assert file.with_name("progress.db.damaged-1").read_bytes() == b"one" * 400
    assert file.with_name("progress.db.damaged-2").read_bytes() == b"two" * 400


def test_a_file_of_a_newer_tutor_is_left_alone(file: Path) -> None:
    Progress(file).close()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(TutorError, match="newer tutor"):
        Progress(file)
    assert not list(file.parent.glob("*.damaged*"))


@pytest.mark.parametrize("blocked", ["a file as folder", "a folder as file"])
def test_a_place_that_cannot_be_used_is_a_sentence(tmp_path: Path, blocked: str) -> None:
    file = tmp_path / "x" / "progress.db"
    if blocked == "a file as folder":
        (tmp_path / "x").write_text("")
    else:
        file.mkdir(parents=True)
    with pytest.raises(TutorError, match="can't be kept") as caught:
        Progress(file)
    assert "DIAMOL_TUTOR_STATE" in caught.value.hint
