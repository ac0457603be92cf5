"""What plain commands of a RUN are known to leave."""

from __future__ import annotations

import pytest

from tutor.builds.forecast.shell import left_by
from tutor.builds.forecast.work import Shell
from tutor.builds.tree import Alike, File, Folder, compare, look_up, place, unknown_root

HAD = place(place(unknown_root("base"), "/app/a", File(0o644, "a")), "/app/b", File(0o644, "b"))


def after(text: str, files: Folder = HAD, key: str = "key", **env: str) -> Folder | None:
    return left_by(Shell(text, env, "", "/app"), files, key)


def at(files: Folder | None, path: str) -> object:
    assert files is not None
    found = look_up(files, path)
    return found[1] if found else None


UNDERSTOOD = """
true
:
echo hello
echo a > /out
echo 'a b' ; true
mkdir -p /x/y && echo 1 >> /x/y/z
cat a b > c
cat /app/a > /out
chmod +x a
echo $A ${B} > out
printf 'x' > out
"""

NOT_UNDERSTOOD = """
go build
echo `date`
echo $(date) > /out
cat < a
echo a | tee b
echo $RANDOM > /out
cp a b
echo * > /out
echo ~ > /out
(true)
echo $$ > /out
echo ${A:-x} > /out
echo a > $A
a=1 true
echo a 2>&1
echo a > /x > /y
echo 'a && b'
mkdir x
chmod -R +x a
if true; then :; fi
true &
"""


@pytest.mark.parametrize("text", UNDERSTOOD.strip().splitlines())
def test_understood(text: str) -> None:
    assert at(after(text, A="1"), "/app/b") == File(0o644, "b")


@pytest.mark.parametrize("text", ["", "true\nfalse", *NOT_UNDERSTOOD.strip().splitlines()])
def test_not_understood(text: str) -> None:
    assert after(text, A="1") is None


def test_no_other_user_is_understood() -> None:
    assert left_by(Shell("echo a > /out", {}, "nobody", "/"), HAD, "key") is None


def written(text: str, files: Folder = HAD, key: str = "key", **env: str) -> object:
    return at(after(text, files, key, **env), "/out")


def test_what_is_written_is_the_same_when_all_that_goes_into_it_is() -> None:
    assert written("echo a > /out", key="1") == written("echo a > /out", key="2")
    assert written("echo a > /out") != written("echo b > /out")
    assert written("echo $A > /out", A="1") != written("echo $A > /out", A="2")
    assert written("echo x > /out", A="1") == written("echo x > /out", A="2")
    other = place(HAD, "/app/a", File(0o644, "other"))
    assert written("cat a > /out") != written("cat a > /out", other)
    assert written("cat b > /out") == written("cat b > /out", other)
    assert written("cat a >> /out", place(HAD, "/out", File(0o644, "1"))) != written("cat a >> /out")


def test_different_writing_may_still_give_the_same() -> None:
    one, other = after("echo a > /out"), after("echo  a > /out")
    assert one is not None
    assert other is not None
    assert compare(one.child("out"), other.child("out")) is Alike.UNSURE


def test_what_the_engine_touches_is_not_known() -> None:
    first, second = after("true", key="1"), after("true", key="2")
    assert at(first, "/etc/hosts") != at(second, "/etc/hosts")
    assert at(first, "/usr/bin/x") == at(second, "/usr/bin/x")


def test_mounts_hide_what_is_there() -> None:
    assert left_by(Shell("cat /m/a > /out", {}, "", "/", ("/m",)), HAD, "key") is None
    left = left_by(Shell("true", {}, "", "/", ("/app",)), HAD, "key")
    assert at(left, "/app/a") != File(0o644, "a")
