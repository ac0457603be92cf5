"""A Dockerfile's instructions gathered into stages."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.builds.dockerfile import Dockerfile, DockerfileError, Instruction, Stage
from tutor.builds.parser.instructions import Parts, read_instruction, take_apart
from tutor.builds.parser.lines import Reader
from tutor.builds.parser.rules import check, check_keyword
from tutor.phrase import Phrase
from tutor.sanitise import decode


@dataclass
class _Stage:
    start: Instruction
    instructions: list[Instruction] = field(default_factory=list)


def parse(source: str | bytes) -> Dockerfile:
    """Parse a Dockerfile. Raises DockerfileError, with line and column, for what the builder would refuse.

    Parse before a file is sent to an engine: BuildKit in Docker 20.10 panics on one that has no FROM (`ARG a` is
    enough), and the whole engine ends with it.
    """
    text = (decode(source) if isinstance(source, bytes) else source).removeprefix("\ufeff")
    reader = Reader(text)
    global_args: list[Instruction] = []
    stages: list[_Stage] = []
    for line in reader:
        parts = take_apart(line, reader.escape)
        check_keyword(parts)
        instruction = read_instruction(parts, reader)
        check(parts, instruction)
        if instruction.keyword == "FROM":
            stages.append(_Stage(instruction))
        elif stages:
            stages[-1].instructions.append(instruction)
        elif instruction.keyword == "ARG":
            global_args.append(instruction)
        else:
            raise _before_from(parts)
    if not stages:
        raise _no_from(reader, is_empty=not global_args)
    return Dockerfile(text, tuple(map(_stage, range(len(stages)), stages)), tuple(global_args), reader.directives)


def _stage(index: int, stage: _Stage) -> Stage:
    base, *named = stage.start.words
    return Stage(index, named[1].lower() if named else "", base, stage.start, tuple(stage.instructions))


def _before_from(parts: Parts) -> DockerfileError:
    return parts.error(
        "{keyword} stands before the first FROM", "Start with FROM; only ARG may come before it.", keyword=parts.keyword
    )


def _no_from(reader: Reader, is_empty: bool) -> DockerfileError:
    problem = Phrase("the file holds no instructions") if is_empty else Phrase("there is no FROM")
    return DockerfileError(problem, max(1, reader.number), hint="Write FROM and the image to start from.")
