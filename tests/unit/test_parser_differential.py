"""Our parser against Docker's own: BuildKit's Go parser, as PyPI's `dockerfile` wraps it (BuildKit 0.12.5).

That parser knows syntax only: it lets unknown instructions and wrong arguments pass, which BuildKit refuses in a
second step. So our syntax (lines, words, instructions) is held against it: the same instructions, or both refuse.

Ours differs on purpose where newer builders do, or where the old one trips over bytes:

- `# check=…` is a directive since BuildKit 0.15; before, it was a comment and ended the search for directives.
- `CMD ["a"] b` is the shell form since BuildKit 0.15; before, it was the exec form and `b` was dropped.
- Flags are read as text; 0.12.5 reads them byte by byte, and takes `é` for two characters and the last byte of `à`
  for a space.
- The escape directive holds for flags, too; 0.12.5 always uses a backslash there.
- A `${` that can't be expanded doesn't hide a here-document on the same line.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass

import dockerfile as official
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tutor.builds.dockerfile import DockerfileError, Instruction
from tutor.builds.parser import assignments, parse
from tutor.builds.parser.instructions import Parts, read_instruction, take_apart
from tutor.builds.parser.lines import Reader
from tutor.builds.parser.rules import KEYWORDS
from tutor.builds.parser.words import quoted_words


@dataclass(frozen=True)
class Seen:
    """What both parsers say of one instruction."""

    keyword: str
    trigger: str
    is_json: bool
    flags: tuple[str, ...]
    value: tuple[str, ...]
    start_line: int
    end_line: int
    text: str
    heredocs: tuple[tuple[str, str], ...]


def theirs(source: str) -> list[Seen] | None:
    """The official parser's view; None when it refuses the file."""
    try:
        commands = official.parse_string(source)
    except official.GoParseError:
        return None
    return [
        Seen(
            keyword=(command.cmd or "").lower(),
            trigger=(command.sub_cmd or "").lower(),
            is_json=command.json,
            flags=command.flags,
            value=command.value,
            start_line=command.start_line,
            end_line=command.end_line,
            text=command.original or "",
            heredocs=tuple((heredoc.name, heredoc.content) for heredoc in command.heredocs),
        )
        for command in commands
    ]


def ours(source: str) -> list[Seen] | None:
    """Our syntax's view; None when it refuses the file."""
    reader = Reader(source.removeprefix("\ufeff"))
    seen: list[Seen] = []
    try:
        for line in reader:
            instruction = read_instruction(take_apart(line, reader.escape), reader)
            subject = instruction.trigger or instruction
            bodies = "".join(f"{heredoc.body}{heredoc.name}\n" for heredoc in instruction.heredocs)
            seen.append(
                Seen(
                    keyword=instruction.keyword.lower(),
                    trigger=instruction.trigger.keyword.lower() if instruction.trigger else "",
                    is_json=subject.json is not None,
                    flags=tuple(
                        f"--{flag.name}" if flag.value is None else f"--{flag.name}={flag.value}"
                        for flag in instruction.flags
                    ),
                    value=value(subject, reader.escape),
                    start_line=instruction.line,
                    end_line=instruction.end_line,
                    text=f"{line.text}\n{bodies}" if bodies else line.text,
                    heredocs=tuple((heredoc.name, heredoc.body) for heredoc in instruction.heredocs),
                )
            )
    except DockerfileError:
        return None
    return seen or None


def value(instruction: Instruction, escape: str) -> tuple[str, ...]:
    """The arguments cut up as the official parser does for each instruction."""
    text = instruction.arguments
    match instruction.keyword:
        case "HEALTHCHECK":
            kind, *command = re.split(r"\s+", text, maxsplit=1)
            return tuple(filter(None, (kind, *(command if instruction.json is None else instruction.json))))
        case "ADD" | "COPY" | "VOLUME" | "EXPOSE" | "FROM":
            return instruction.words
        case "ENV" | "LABEL":
            return tuple(part for pair in assignments(text, escape) for part in pair)
        case "ARG":
            return tuple(word.text for word in quoted_words(text, escape))
        case "ONBUILD":
            return ("",) if text else ()
        case keyword if keyword in KEYWORDS:
            return instruction.json if instruction.json is not None else ((text,) if text else ())
        case _:
            return ("",)


FILES = [
    """\
# syntax=docker/dockerfile:1
FROM diamol/base AS build-stage
RUN echo 'Building...' > /build.txt

FROM diamol/base AS test-stage
COPY --from=build-stage /build.txt /build.txt
RUN echo 'Testing...' >> /build.txt

FROM diamol/base
COPY --from=test-stage /build.txt /build.txt
CMD cat /build.txt
""",
    """\
FROM diamol/maven AS builder

WORKDIR /usr/src/iotd
COPY pom.xml .
RUN mvn -B dependency:go-offline

COPY . .
RUN mvn package

# app
FROM diamol/openjdk

WORKDIR /app
COPY --from=builder /usr/src/iotd/target/iotd-service-0.1.0.jar .

EXPOSE 80
ENTRYPOINT ["java", "-jar", "/app/iotd-service-0.1.0.jar"]
""",
    """\
FROM diamol/golang AS builder

COPY main.go .
RUN go build -o /server

FROM diamol/base

ENV IMAGE_API_URL="http://iotd/image" \\
    ACCESS_API_URL="http://accesslog/access-log"
CMD ["/web/server"]

WORKDIR web
COPY index.html .
COPY --from=builder /server .
RUN chmod +x server
""",
    """\
ARG VERSION=12
ARG REGISTRY="example.com" BASE=debian
FROM --platform=$BUILDPLATFORM ${REGISTRY}/${BASE}:${VERSION} as Base
LABEL org.example.title="A title" org.example.note='single $quoted' \\
      org.example.plain=plain\\ escaped
MAINTAINER Somebody <somebody@example.com>
RUN --mount=type=cache,target=/var/cache/apt \\
    --mount=type=bind,source=.,target=/src \\
    apt-get update \\
 # which tools
 && apt-get install -y --no-install-recommends \\

      curl \\
      make \\
 && rm -rf /var/lib/apt/lists/*
USER nobody:nogroup
VOLUME /data /logs
VOLUME ["/with space"]
STOPSIGNAL SIGTERM
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
HEALTHCHECK --interval=30s --timeout=3s CMD curl -f http://localhost/ || exit 1
HEALTHCHECK CMD ["curl", "-f", "http://localhost/"]
HEALTHCHECK NONE
ONBUILD COPY --chown=1:1 . /app
ONBUILD RUN ["make", "all"]
ENTRYPOINT exec top -b
CMD []
""",
    """\
# escape=`
FROM windows/nanoserver
COPY hello.txt C:\\
RUN dir `
    c:\\ `
    && echo "done `"quoted`""
ENV PATH=C:\\tools;C:\\more NAME="a b`"c"
""",
    """\
FROM a
RUN <<EOF
echo one
# no comment
echo two \\
EOF
RUN <<-'END' sh -x
\techo "$HOME"
\tEND
COPY <<one.txt <<"two words" /texts/
first
one.txt
second
two words
ONBUILD ADD <<X /x
FROM inside
X
RUN 3<<FD cat <&3 && echo '<<NOT' x<<NOT <<<NOT
text
FD
CMD <<EOF
""",
    """\
from a
add https://example.com/file.tar.gz /opt/
add ["first file", "second file", "/to/"]
Env OLD form of a value
env name = value
label "quoted name"="quoted value" x=
Arg plain
expose 80 443/tcp 8000-8010/udp
Workdir /with space
user 1000
run echo "한글 문장" && echo 'it''s'
cmd echo hi
unknown thing
""",
]

_SNIPPETS = ["\\", "`", '"', "'", "#", " ", "\t", "\n", "=", "[", "]", "<<E", "--"]
_LINES = ["", "# c", " # c", "\\", "EOF", "   "]
_BEGINNINGS = ["\ufeff", "\n", "# escape=`\n", "# syntax=a\n", " "]


def injured(seed: int) -> str:
    """One of the files with a few small injuries: what typing does to it."""
    chance = random.Random(seed)
    text = chance.choice(FILES)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                text = text[:at] + text[at + 1 :]
            case 1:
                text = text[:at] + chance.choice(_SNIPPETS) + text[at:]
            case 2:
                text = "\n".join(lines[:line] + lines[line + 1 :])
            case 3:
                text = "\n".join([*lines[:line], lines[line].swapcase(), *lines[line + 1 :]])
            case 4:
                text = "\n".join([*lines[:line], chance.choice(_LINES), *lines[line:]])
            case 5:
                text = text.replace("\n", "\r\n")
            case 6:
                text = chance.choice(_BEGINNINGS) + text
            case _:
                text = text[:at]
    return text


def is_known_difference(source: str) -> bool:
    """Whether the file holds, or may hold, one of the differences that stand at the top of this module."""
    reader = Reader(source.removeprefix("\ufeff"))
    try:
        for line in reader:
            parts = take_apart(line, reader.escape)
            if "check" in reader.directives or ("${" in line.text and "<<" in line.text) or _differs(parts):
                return True
            read_instruction(parts, reader)
    except DockerfileError:
        pass
    return False


def _differs(parts: Parts) -> bool:
    flags = parts.line.text[parts.offset : parts.arguments_offset]
    return bool(
        (parts.flags and not flags.isascii())
        or (parts.flags and parts.escape == "`" and re.search(r"[\\`]", flags))
        or _is_list_with_text_behind(re.sub(r"^\S+\s+(?=\[)", "", parts.arguments))
        or (parts.keyword == "ONBUILD" and _differs(take_apart(parts.line, parts.escape, parts.arguments_offset)))
    )


def _is_list_with_text_behind(text: str) -> bool:
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return False
    return text.startswith("[") and text[end:].strip() != ""


@pytest.mark.parametrize("source", FILES, ids=range(len(FILES)))
def test_whole_files(source: str) -> None:
    expected = theirs(source)
    assert expected is not None
    assert ours(source) == expected


@pytest.mark.parametrize("source", FILES[:6], ids=range(6))
def test_stages_hold_the_same_instructions(source: str) -> None:
    parsed = parse(source)
    instructions = [
        *parsed.global_args,
        *(instruction for stage in parsed.stages for instruction in (stage.start, *stage.instructions)),
    ]
    assert [(i.keyword.lower(), i.line, i.end_line) for i in instructions] == [
        (seen.keyword, seen.start_line, seen.end_line) for seen in theirs(source) or []
    ]


def test_hundreds_of_injured_files() -> None:
    compared = [source for source in map(injured, range(600)) if not is_known_difference(source)]
    expected = [theirs(source) for source in compared]
    assert len(compared) >= 450
    assert expected.count(None) >= 10
    for source, seen in zip(compared, expected, strict=True):
        assert ours(source) == seen, source


KEYWORD = st.sampled_from([*KEYWORDS, "run", "Copy", "onbuild RUN", "ONBUILD copy", "ONBUILD env", "FOO"])
PIECE = st.sampled_from(
    [
        *(
            "a",
            "b=c",
            "=",
            '"',
            "'",
            '"x y"',
            "'x y'",
            "\\",
            "\\ ",
            "\\\\",
            " ",
            "  ",
            "\t",
            "한글",
            "$a",
            "#",
            "-",
            ".",
        ),
        *(
            "--from=a",
            "--x",
            "--x='a b'",
            '--y="',
            "--",
            "<<E",
            "<<-E",
            "<<'E'",
            '<<"E F"',
            "1<<E",
            "<<\\E",
            "<E",
            "AS",
        ),
        *(" \\\n", " \\\n# c\n", "\\\n\n", "\\\n  "),
    ]
)
LIST = st.sampled_from(
    [
        '["a"]',
        '["a", "b c"]',
        "[]",
        '[ "\\u00e9" ]',
        "[1]",
        "['a']",
        '["a",]',
        '[["a"]]',
        "[null]",
        '["a',
        '["a", \\\n"b"]',
    ]
)
ARGUMENTS = st.lists(PIECE, max_size=7).map("".join) | LIST
INSTRUCTION = st.tuples(KEYWORD, st.sampled_from([" ", "  ", "\t"]), ARGUMENTS).map("".join)
OTHER = st.sampled_from(["", "# c", " # escape=`", "#escape=`", "E", "\tE", " E", "E F", "\\", "# syntax=x", "text"])
SOURCE = st.tuples(
    st.sampled_from(["", "\ufeff", "# escape=\\\n", "# escape=`\n", "# syntax=a\n# Escape=\\\n", " "]),
    st.lists(INSTRUCTION | OTHER, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\r\n"]),
).map(lambda parts: parts[0] + parts[2].join(parts[1]) + parts[3])


@settings(max_examples=600, deadline=None)
@given(SOURCE)
def test_generated_files(source: str) -> None:
    assume(not is_known_difference(source))
    assert ours(source) == theirs(source)


class TestKnownDifferences:
    """Each of them, so that an official parser which has caught up shows here."""

    def test_check_is_a_directive(self) -> None:
        source = "# check=skip=all\n# escape=`\nFROM a\nRUN b `\n c"
        assert [seen.text for seen in ours(source) or []] == ["FROM a", "RUN b  c"]
        assert [seen.text for seen in theirs(source) or []] == ["FROM a", "RUN b `", "c"]

    def test_text_behind_a_list(self) -> None:
        source = 'CMD ["a"] b'
        assert [(seen.is_json, seen.value) for seen in ours(source) or []] == [(False, ('["a"] b',))]
        assert [(seen.is_json, seen.value) for seen in theirs(source) or []] == [(True, ("a",))]

    def test_text_in_flags(self) -> None:
        source = "COPY --chown=é:à a b"
        assert [seen.flags for seen in ours(source) or []] == [("--chown=é:à",)]
        assert [seen.flags for seen in theirs(source) or []] == [("--chown=Ã©:Ã",)]

    def test_escape_in_flags(self) -> None:
        source = "# escape=`\nCOPY --from=a` b c d"
        assert [(seen.flags, seen.value) for seen in ours(source) or []] == [(("--from=a b",), ("c", "d"))]
        assert [(seen.flags, seen.value) for seen in theirs(source) or []] == [(("--from=a`",), ("b", "c", "d"))]

    def test_unexpandable_variable_before_a_heredoc(self) -> None:
        source = "RUN echo ${a##*/} <<E\nE"
        assert [seen.heredocs for seen in ours(source) or []] == [(("E", ""),)]
        assert [seen.keyword for seen in theirs(source) or []] == ["run", "e"]
