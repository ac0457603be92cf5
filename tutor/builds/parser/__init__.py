"""Dockerfile text made into the model of `tutor.builds.dockerfile`: `parse(source)`.

    lines.py         the file's lines: parser directives, comments, continuations, here-document bodies
    words.py         splitting text into words, as each instruction does it
    instructions.py  one line's keyword, flags, arguments and exec form
    rules.py         what each instruction demands
    stages.py        instructions gathered into stages

The rules are those of the Dockerfile reference and of BuildKit's own parser; where BuildKit versions differ, the
newest one's hold. Variables are not expanded here.
"""

from tutor.builds.parser.stages import parse
from tutor.builds.parser.words import assignments

__all__ = ["assignments", "parse"]
