"""Nothing that a terminal acts upon gets through, whatever the bytes; what a reader needs does."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.sanitise import clean_line, clean_text, decode

TABLE = [
    ("plain", "plain"),
    ("", ""),
    ("한글 그대로 ✓ ─", "한글 그대로 ✓ ─"),
    ("\x1b[1;31mred\x1b[0m", "red"),
    ("\x9b31mred", "red"),
    ("\x1b[38:2::1:2:3mred", "red"),
    ("\x1b[?25lhidden cursor", "hidden cursor"),
    ("\x1b]0;a title\x07text", "text"),
    ("\x1b]52;c;aGk=\x1b\\text", "text"),
    ("\x9d0;a title\x9ctext", "text"),
    ("\x1b]0;never ended", ""),
    ("\x1b]0;ended by the next\x1b[1mtext", "text"),
    ("before \x1bPdevice string\x1b\\after", "before after"),
    ("\x1bXsos\x1b\\\x1b^pm\x1b\\\x1b_apc\x1b\\text", "text"),
    ("\x90dcs\x9c\x98sos\x9c\x9epm\x9c\x9fapc\x9ctext", "text"),
    ("\x1b]0;cancelled\x18text", "text"),
    ("\x1b(Btext", "text"),
    ("\x1bctext", "text"),
    ("\x1b#8text", "text"),
    ("cut off\x1b", "cut off"),
    ("cut off\x1b[", "cut off"),
    ("cut off\x1b[3", "cut off"),
    ("[31mthe rest of a cut one", "[31mthe rest of a cut one"),
    ("\x1b\x1b[0m[31mx", "[31mx"),
    ("broken \x1b[31\x01mx", "broken mx"),
    ("a\x00\x07\x08\x7f\x85\x8db", "a b"),
    ("10%\r50%\r100%", "100%"),
    ("100%\r", "100%"),
    ("100%\r\x1b[K", "100%"),
    ("\r\n", ""),
    ("windows\r\n", "windows"),
    ("one\ntwo\r\nthree", "one two three"),
    ("old\rnew\ntwo", "new two"),
    ("a\u2028b\u2029c\x0bd\x0ce", "a b c d e"),
    ("a\tb", "a       b"),
    ("\x1b[1ma\x1b[0m\tb", "a       b"),
    ("user\u202egnp.exe", "usergnp.exe"),
    ("\u2066\u2067\u2068\u2069\u061c\u200e\u200fx", "x"),
    ("zero\u200bwidth\ufeff", "zerowidth"),
    ("a\u200db", "ab"),
    ("\udc80lone", "\ufffdlone"),
    ("no\xa0break\u3000space", "no\xa0break\u3000space"),
    ("[/markup] stays", "[/markup] stays"),
]


@pytest.mark.parametrize(("text", "clean"), TABLE)
def test_line(text: str, clean: str) -> None:
    assert clean_line(text) == clean


def test_text_keeps_its_lines() -> None:
    assert clean_text("a\r\n\n\x1b[1mb\u2028c\td\n") == "a\n\nb\nc       d\n"


def test_decode_replaces_what_is_not_utf8() -> None:
    assert decode(b"\xea\xb0\x80\xff") == "가\ufffd"


def test_every_control_and_format_character_goes() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and chr(code) != "\t":
            assert clean_line(f"a{chr(code)}") in {"a", "a\ufffd"}, hex(code)


def test_every_other_character_stays() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code))[0] in "LMNPS":
            assert clean_line(f"\x01{chr(code)}") == chr(code), hex(code)


def _is_safe(text: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)


PIECES = st.sampled_from(
    [
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x1bP",
        "\x9b",
        "\x9d",
        "\x07",
        "\x1b\\",
        "\x9c",
        "\r",
        "\n",
        "\t",
        "\u202e",
        "0;1",
        "m",
    ]
)
HOSTILE = st.lists(PIECES | st.text(max_size=4) | st.characters(), max_size=30).map("".join)


@given(st.binary(max_size=200))
def test_any_bytes_come_out_safe(data: bytes) -> None:
    assert _is_safe(clean_line(decode(data)))


@given(HOSTILE | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Lu", "Zs"])))
def test_any_text_comes_out_safe_and_stays_so(text: str) -> None:
    line = clean_line(text)
    assert _is_safe(line)
    assert clean_line(line) == line
    block = clean_text(text)
    assert _is_safe(block.replace("\n", ""))
    assert clean_text(block) == block


@pytest.mark.parametrize("piece", ["\x1b]", "\x1b[0", "\x1b[0 ", "\x9d", "\x1b ", "\r", "\r\x0b", "\x1b", "\x90\x1b"])
def test_long_hostile_lines_take_linear_time(piece: str) -> None:
    """200,000 pieces would take minutes, were any part of the work quadratic."""
    assert _is_safe(clean_line(piece * 200_000 + "\x01"))
