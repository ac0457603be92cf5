"""Bytes from a container or a build, cut into clean lines."""

from __future__ import annotations

import codecs

from tutor.sanitise import clean_line

LONGEST_LINE = 65_536
"""Characters after which a line is cut in two, so that output without newlines can't fill the memory."""


class LineCutter:
    """Feed it bytes as they arrive; it gives whole lines, decoded as UTF-8 and without control sequences."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        *lines, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
        if len(self._rest) > LONGEST_LINE:
            lines.append(self._rest)
            self._rest = ""
        return [clean_line(line) for line in lines]

    def end(self) -> list[str]:
        """The last line, if it had no newline."""
        rest, self._rest = self._rest + self._decoder.decode(b"", final=True), ""
        return [clean_line(rest)] if rest else []
