"""`.dockerignore` files mean what they mean to Docker: tables, cases measured with Docker's own matcher, properties.

`dockerignore_vectors.json` holds what moby/patternmatcher 0.6.0 says of random files: which of a few paths it ignores,
walking down from the context, or that it refuses the file.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.builds.builder import Builder
from tutor.builds.dockerignore import DockerignoreError, IgnoreRules, parse_dockerignore

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("dockerignore_vectors.json").read_text())["cases"]


def rules_of(text: str) -> IgnoreRules:
    return parse_dockerignore(text.encode("utf-8", "surrogateescape"))


# file, ignored paths, kept paths; paths stand between blanks
TABLE = [
    ("", "", "a a/b"),
    ("a", "a a/b a/b/c", "b ab ba b/a A"),
    ("a/b", "a/b a/b/c", "a b a/c c/a/b"),
    ("/a", "a a/b", "b/a"),
    ("a/", "a a/b", "ab"),
    ("//a//b/", "a/b", "a"),
    ("./a/./b", "a/b", "a b"),
    ("x/../a", "a", "x"),
    ("../a", "", "a"),
    (".", "", "a .a"),
    ("/", "", "a"),
    ("  a\t", "a", ""),
    ("# a", "", "a"),
    (" #a", "#a", "a"),
    ("\\#a", "#a", "\\#a"),
    ("\\!a", "!a", "a"),
    ("a\n!a", "", "a a/b"),
    ("!a\na", "a a/b", ""),
    ("a\n!a/b", "a a/c", "a/b a/b/c"),
    ("a\n! a/b", "a a/c", "a/b a/b/c"),
    ("a\n!/a/b/", "a a/c", "a/b"),
    ("a\n!a/b\na/b/c", "a a/b/c", "a/b a/b/d"),
    ("/!a\na", "a", ""),
    ("a\n/!a", "", "a"),
    ("*", "a a/b .a", ""),
    ("*\n!b", "a a/b", "b b/c"),
    ("*\n!*", "", "a a/b"),
    ("*.go", "x.go .go", "a/x.go x.go2"),
    ("*/*.go", "a/x.go", "x.go a/b/x.go"),
    ("a*b", "ab axb axyb/c", "a/b abc"),
    ("**", "a a/b .a/b", ""),
    ("**/a", "a b/a b/c/a a/b", "ba b/ab"),
    ("**/a/", "a b/a/c", ""),
    ("**/*.go", "x.go a/x.go a/b/x.go", "x.goo"),
    ("a/**", "a/b a/b/c", "a b/a/c"),
    ("a/**/b", "a/b a/c/b a/c/d/b/e", "a a/bb b"),
    ("**/a/**", "a/b x/a/b", "a x/a"),
    ("a**", "a ab abc/d", "b ba"),
    ("**b", "b ab x/ab", "ba"),
    ("a**b", "ab a/b ax/b", "axb acb"),
    ("?", "a 한", "ab"),
    ("a?b", "axb a한b", "ab a/b"),
    ("[ab]", "a b", "c ab"),
    ("[^a]", "b c 한", "a"),
    ("[a-c]x", "ax cx", "dx"),
    ("[^a-c]x", "dx", "ax"),
    ("a[^b]c", "a/c axc", "abc"),  # a class takes a slash too: so Docker has it
    ("[!a]", "! a", "b"),  # `!` negates nothing
    ("[\\]]", "]", "\\"),
    ("[a\\-c]", "a - c", "b"),
    ("[[:digit:]x]", "1 x", ":"),
    ("[[:^digit:]]", "a :", "1"),
    ("\\a", "\x07", "a"),
    ("\\*", "*", "a"),
    ("\\d\\w", "1a", "dw aa"),
    ("\\x41\\101", "AA", "x41101"),
    ("\\Qa*", "a[^/]*$", "a ab"),  # quoted is what Docker makes of the star
    ("a.b*", "a.bc", "axbc"),
    ("a+(b)*", "a+(b)c", "aab"),
    ("a|b", "a|b", "a b"),
    ("a|b?", "a axx xbc", "b bcd"),
    ("a{2}?", "aab", "a{2}b"),
    ("{a,b}.*", "{a,b}.c", "a.c"),
    ("a^b", "a^b", "ab"),
    ("a^b*", "", "a^b a^bc"),
    ("$a", "$a", "a"),
    ("A", "A", "a"),
    ("한글/*.글", "한글/가.글", "한글/가"),
    ("\udcff?", "\udcffa \udcff\udcfe", "a"),
    ("a\r\nb\r\n", "a b", "a\r"),
    ("\ufeffa\nb", "a b", ""),
]


@pytest.mark.parametrize(("text", "ignored", "kept"), TABLE)
def test_table(text: str, ignored: str, kept: str) -> None:
    rules = rules_of(text)
    assert [path for path in ignored.split() if not rules.ignored(path)] == []
    assert [path for path in kept.split(" ") if path and rules.ignored(path)] == []


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: repr(case["file"]))
def test_measured_with_dockers_matcher(case: dict[str, Any]) -> None:
    if case.get("refused"):
        with pytest.raises(DockerignoreError):
            rules_of(case["file"])
        return
    rules = rules_of(case["file"])
    assert [path for path in case["ignored"] if not rules.ignored(path)] == []
    assert [path for path in case["kept"] if rules.ignored(path)] == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a\n[", 2, r"no matching \]"),
        ("[]", 1, "class is empty"),
        ("\n\n# x\nab[c-]", 4, "class is empty"),
        ("a\\", 1, r"\\ stands at the end"),
        ("*[a", 1, r"no matching \]"),
        ("!", 1, "nothing stands behind the !"),
        ("! # only the sign\n!  ", 2, "nothing stands behind the !"),
        ("src\\lib", 1, "written with /"),
        ("[z-a]", 1, "runs backwards"),
        ("[[:word]]\n[[:foo:]]", 2, "no class of characters"),
        ("?{2}{3}", 1, "repeats a repetition"),
        ("*|{2}", 1, "nothing to repeat"),
        ("?{1001}", 1, "repeat"),
        ("a\n" + "b" * 70_000, 2, "longer than"),
    ],
)
def test_wrong_pattern_is_a_sentence_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(DockerignoreError, match=says) as caught:
        parse_dockerignore(text.encode(), "docs/.dockerignore")
    assert caught.value.line == line
    assert caught.value.message.startswith(f"docs/.dockerignore line {line}: ")
    assert caught.value.hint


def test_ignored_folders_are_left_out_unless_an_exception_leads_into_them() -> None:
    plain = rules_of("a\nb\n!b/c/d\n!e/*")
    for builder in Builder:
        entered = [folder for folder in ("a", "b", "b/c", "b/x", "e", "f") if plain.enters(folder, builder)]
        assert entered == ["b", "b/c", "e"]
    wild = rules_of("*\n!*/keep")
    assert wild.enters("a", Builder.BUILDKIT)
    assert not wild.enters("a", Builder.CLASSIC)


def test_a_path_can_be_kept_whatever_the_rules_say() -> None:
    rules = rules_of("*").keeping("a/Dockerfile")
    assert not rules.ignored("a/Dockerfile")
    assert rules.ignored("a")
    assert rules.ignored("a/b")
    assert all(rules.enters("a", builder) for builder in Builder)
    assert not rules.enters("b", Builder.CLASSIC)


PATHS = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1, max_size=8
    ).filter(lambda name: name not in (".", "..")),
    min_size=1,
    max_size=4,
).map("/".join)
SOME_PATHS = st.lists(st.sampled_from(["a", "b", "ab", ".c"]), min_size=1, max_size=4).map("/".join)
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "?", "[ab]", "**", "/", "/."]), min_size=1, max_size=5)
LINES = st.tuples(st.sampled_from(["", "", "!"]), st.sampled_from("ab*?"), PATTERNS.map("".join)).map("".join)
FILES = st.lists(LINES, max_size=4).map("\n".join)


@settings(deadline=None)
@given(st.binary(max_size=60), PATHS)
def test_any_bytes_are_rules_or_a_told_error(data: bytes, path: str) -> None:
    with suppress(DockerignoreError):
        assert parse_dockerignore(data).ignored(path) in (True, False)


@settings(deadline=None)
@given(PATHS, PATHS)
def test_an_escaped_name_means_itself_and_what_it_holds(path: str, other: str) -> None:
    def escaped(char: str) -> str:
        return "\\" + char if char.isascii() and not char.isalnum() and char not in "/\x00" else char

    rules = rules_of("./" + "".join(map(escaped, path)) + "/.")
    assert rules.ignored(path)
    assert rules.ignored(f"{path}/x")
    assert rules.ignored(other) == (other == path or other.startswith(f"{path}/"))


@settings(deadline=None)
@given(FILES, SOME_PATHS)
def test_two_stars_at_the_end_decide(text: str, path: str) -> None:
    assert rules_of(text + "\n**").ignored(path)
    assert not rules_of(text + "\n!**").ignored(path)


@settings(deadline=None)
@given(FILES, SOME_PATHS)
def test_spelling_of_lines_does_not_matter(text: str, path: str) -> None:
    ignored = rules_of(text).ignored(path)
    assert rules_of("\ufeff" + text.replace("\n", " \t\r\n# no pattern\n\n  ") + "/").ignored(path) == ignored


@settings(deadline=None)
@given(FILES, SOME_PATHS)
def test_what_an_ignored_folder_holds_is_kept_only_by_an_exception(text: str, path: str) -> None:
    rules = rules_of(text)
    if rules.ignored(path) and not rules.ignored(f"{path}/x"):
        assert any(pattern.exception and pattern.match(f"{path}/x") for pattern in rules.patterns)
        assert rules.enters(path, Builder.BUILDKIT)
