"""Text from outside made safe to show: build output, container names, labels, file contents, HTTP bodies.

What comes out holds no character that a terminal acts upon or that breaks a row: no escape sequences, control
characters, direction marks, invisible characters or lone surrogates. It is still text, never markup: hand it to a
widget with markup off.
"""

from __future__ import annotations

import re

TAB_WIDTH = 8

_SEQUENCE = re.compile(
    # OSC, DCS, SOS, PM and APC strings with their payload, up to their terminator, the next escape or the line's end
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c\r\n]*+(?:\x1b\\|[\x07\x18\x1a\x9c])?"
    r"|(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]?"  # CSI, broken ones too
    r"|\x1b[ -/]*+[0-~]?"  # every other escape
)
"""Control sequences after ECMA-48, 7 and 8 bit. The quantifiers never backtrack: any input takes linear time."""

_LINE_BREAK = re.compile("[\n\x0b\x0c\x85\u2028\u2029]")

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters (Cc); line breaks and tabs are dealt with before
    # Format characters (Cf): direction marks, zero-width joiners and spaces, tags. None of them is ever seen.
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001-\U000e007f"
    "]+"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes) -> str:
    """Bytes as text: UTF-8, with U+FFFD for what isn't. Not yet clean."""
    return data.decode("utf-8", "replace")


def clean_line(text: str) -> str:
    """Text as one safe row.

    Of a row redrawn with carriage returns (a progress bar) the last state stays; tabs become spaces; several rows
    become one, joined by spaces.
    """
    if text.isprintable():
        return text
    rows = (_last_state(row) for row in _LINE_BREAK.split(_SEQUENCE.sub("", text)))
    return _finish(" ".join(row for row in rows if row))


def clean_text(text: str) -> str:
    """Text of several lines, each of them safe; every kind of line break becomes a newline."""
    return "\n".join(clean_line(row) for row in _LINE_BREAK.split(text))


def _last_state(row: str) -> str:
    return next((state for state in reversed(row.split("\r")) if state), "") if "\r" in row else row


def _finish(row: str) -> str:
    return _SURROGATE.sub("\ufffd", _UNSAFE.sub("", row)).expandtabs(TAB_WIDTH)
