"""Variables in a Dockerfile's words, as the reference and both builders have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.builds.expand import BadSubstitution, expand, expand_or_keep

VALUES = {"A": "one", "EMPTY": "", "B2": "two", "SP": "a b"}


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("plain", "plain"),
        ("$A", "one"),
        ("${A}", "one"),
        ("$A/$B2.txt", "one/two.txt"),
        ("$AB", ""),
        ("${A}B", "oneB"),
        ("$NONE", ""),
        ("${NONE:-word}", "word"),
        ("${NONE-word}", "word"),
        ("${EMPTY:-word}", "word"),
        ("${EMPTY-word}", ""),
        ("${A:-word}", "one"),
        ("${A:+word}", "word"),
        ("${A+word}", "word"),
        ("${NONE:+word}", ""),
        ("${EMPTY:+word}", ""),
        ("${EMPTY+word}", "word"),
        ("${A:?message}", "one"),
        ("${NONE:-$A}", "one"),
        ("${NONE:-${B2:-x}}", "two"),
        ("${NONE:-'$A'}", "$A"),
        (r"\$A", "$A"),
        (r"\${A}", "${A}"),
        (r"\\$A", r"\one"),
        ("'$A'", "$A"),
        ('"$A"', "one"),
        (r'"\$A \" \\ \x"', r'$A " \ \x'),
        ('"it\'s $A"', "it's one"),
        ("a'b'\"c\"d", "abcd"),
        ("$SP", "a b"),
        ("$", "$"),
        ("$.", "$."),
        ("$1x", "x"),
        ("a\\", "a"),
    ],
)
def test_expansion(word: str, meaning: str) -> None:
    assert expand(word, VALUES) == meaning


@pytest.mark.parametrize(
    "word", ["${A", "${}", "${A:=x}", "${NONE:?needed}", "'open", '"open', "${NONE:-'x}", "${A/x/y}"]
)
def test_what_the_builder_refuses(word: str) -> None:
    with pytest.raises(BadSubstitution):
        expand(word, VALUES)
    assert expand_or_keep(word, VALUES) == word


def test_the_escape_character_can_be_another() -> None:
    assert expand("`$A \\$A", VALUES, "`") == "$A \\one"


@given(st.text(alphabet="$ {}:-+?'\"\\ab"), st.dictionaries(st.sampled_from("ab"), st.text(alphabet="xy", max_size=2)))
def test_every_word_has_an_end(word: str, values: dict[str, str]) -> None:
    assert isinstance(expand_or_keep(word, values), str)
