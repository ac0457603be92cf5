"""Wildcards of COPY: Go's `filepath.Match` for one name."""

from __future__ import annotations

import pytest

from tutor.builds.match import has_wildcards, name_matcher


@pytest.mark.parametrize(
    ("pattern", "matches", "others"),
    [
        ("*", ["a", "a.b", ".hidden"], []),
        ("*.txt", ["a.txt", ".txt"], ["a.txt.gz", "txt"]),
        ("a?c", ["abc", "a.c", "aéc"], ["ac", "abbc"]),
        ("[ab].c", ["a.c", "b.c"], ["c.c", "ab.c"]),
        ("[^ab]", ["c"], ["a", "b", ""]),
        ("[a-c]x", ["ax", "cx"], ["dx"]),
        ("[c-a]", [], ["a", "b", "c"]),
        ("[!a]", ["!", "a"], ["b"]),
        (r"\*", ["*"], ["a"]),
        (r"[\]]", ["]"], ["a"]),
        (r"[\-a]", ["-", "a"], ["b"]),
        ("[]a]", [], ["]", "a"]),
        ("[a", [], ["a", "[a"]),
        ("a\\", [], ["a", "a\\"]),
        ("[-]", [], ["-"]),
        ("a.c", ["a.c"], ["abc"]),
        ("a*b*c", ["abc", "axbxc"], ["acb"]),
    ],
)
def test_names(pattern: str, matches: list[str], others: list[str]) -> None:
    matcher = name_matcher(pattern)
    assert [name for name in matches if not matcher(name)] == []
    assert [name for name in others if matcher(name)] == []


@pytest.mark.parametrize(
    ("pattern", "wild"), [("a", False), ("*", True), ("a?", True), ("[a]", True), (r"\*", False), (r"\\*", True)]
)
def test_which_words_are_patterns(pattern: str, wild: bool) -> None:
    assert has_wildcards(pattern) is wild
