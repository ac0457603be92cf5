"""What each piece of a Dockerfile becomes, and what each mistake is called and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.builds.dockerfile import Dockerfile, DockerfileError, Flag, Heredoc, Instruction
from tutor.builds.parser import assignments, parse
from tutor.sanitise import clean_line

CHAPTER = """\
# one stage builds, one runs
ARG TAG=latest
FROM diamol/golang:$TAG AS Builder
COPY main.go .
RUN go build \\
    # the binary
    -o /server

from diamol/base
ENV IMAGE_API_URL="http://iotd/image" \\
    ACCESS_API_URL="http://accesslog/access-log"
CMD ["/web/server"]
WORKDIR web
COPY --from=builder --chown=1:1 /server .
"""


def only(text: str) -> Instruction:
    """The one instruction after `FROM a`."""
    (instruction,) = parse(f"FROM a\n{text}").final_stage.instructions
    return instruction


def error(text: str | bytes) -> DockerfileError:
    with pytest.raises(DockerfileError) as raised:
        parse(text)
    return raised.value


class TestStages:
    def test_the_chapters_file(self) -> None:
        dockerfile = parse(CHAPTER)
        builder, final = dockerfile.stages
        assert dockerfile.source == CHAPTER
        assert [arg.arguments for arg in dockerfile.global_args] == ["TAG=latest"]
        assert (builder.name, builder.base, builder.label) == ("builder", "diamol/golang:$TAG", "builder")
        assert (final.name, final.base, final.label) == ("", "diamol/base", "stage-1")
        assert [i.keyword for i in builder.instructions] == ["COPY", "RUN"]
        assert [(i.keyword, i.line, i.end_line) for i in final.instructions] == [
            ("ENV", 10, 11),
            ("CMD", 12, 12),
            ("WORKDIR", 13, 13),
            ("COPY", 14, 14),
        ]
        run = builder.instructions[1]
        assert run.arguments == "go build     -o /server"
        assert run.source == "RUN go build \\\n    # the binary\n    -o /server"
        assert dockerfile.source_stage("BUILDER", before=1) is builder

    def test_platform_and_any_case(self) -> None:
        stage = parse("fRoM --platform=linux/arm64 a aS X-1._y").final_stage
        assert (stage.name, stage.base, stage.start.flag("platform")) == ("x-1._y", "a", "linux/arm64")

    def test_an_arg_after_from_is_the_stages(self) -> None:
        dockerfile = parse("FROM a\nARG b\n")
        assert dockerfile.global_args == ()
        assert dockerfile.final_stage.instructions[0].keyword == "ARG"


class TestDirectives:
    def test_all_three(self) -> None:
        dockerfile = parse("#Syntax=docker/dockerfile:1\n  # CHECK = skip=all \n# escape = `\nFROM a\nRUN b `\n c\\\n")
        assert dockerfile.directives == {"syntax": "docker/dockerfile:1", "check": "skip=all", "escape": "`"}
        assert dockerfile.final_stage.instructions[0].arguments == "b  c\\"

    @pytest.mark.parametrize("above", ["# a comment", "", "#", "# other=1", "# 1a=b", "FROM b", "#escape"])
    def test_only_at_the_top(self, above: str) -> None:
        dockerfile = parse(f"{above}\n# escape=`\nFROM a\nRUN b \\\n c\n")
        assert dockerfile.directives == {}
        assert dockerfile.final_stage.instructions[0].arguments == "b  c"

    @pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", "\ufeff".encode()])
    def test_byte_order_mark(self, mark: bytes) -> None:
        dockerfile = parse(mark + b"# escape=`\nFROM a\n")
        assert dockerfile.directives == {"escape": "`"}


class TestLines:
    @pytest.mark.parametrize(
        ("text", "arguments", "end_line"),
        [
            ("RUN a \\\n  b", "a   b", 3),
            ("RUN a\\ \t\nb", "ab", 3),
            ("RUN a \\\n# c \\\n\n  # d\n b", "a  b", 6),
            ("RUN a \\\\", "a \\\\", 2),
            ("RUN a \\\n", "a", 2),
            ("RUN a \\\n\n# c\n", "a", 4),
            ("RUN a # b", "a # b", 2),
            ("\\\n  RUN a", "a", 3),
            ("  RUN\ta\t", "a", 2),
            ("RUN a \\\r\n b\r\n", "a  b", 3),
            ("RUN echo 한글", "echo 한글", 2),
        ],
    )
    def test_joining(self, text: str, arguments: str, end_line: int) -> None:
        run = only(text)
        assert (run.keyword, run.arguments, run.line, run.end_line) == ("RUN", arguments, 2, end_line)

    def test_bytes_that_are_not_utf8(self) -> None:
        assert parse(b"FROM a\nRUN \xff").final_stage.instructions[0].arguments == "\ufffd"


class TestFlags:
    @pytest.mark.parametrize(
        ("text", "flags", "arguments"),
        [
            ("COPY --from=b a c", [("from", "b")], "a c"),
            ("RUN --mount=type=cache,target=/a --mount=b c", [("mount", "type=cache,target=/a"), ("mount", "b")], "c"),
            ("COPY --chown='a b':\"c\" d e", [("chown", "a b:c")], "d e"),
            ("COPY --chown=a\\ b d e", [("chown", "a b")], "d e"),
            ("COPY --link -- --a b", [("link", None)], "--a b"),
            ("COPY --link=True a b", [("link", "True")], "a b"),
            ("RUN a --b", [], "a --b"),
            (
                "RUN --network=none \\\n  --security=insecure \\\n  a",
                [("network", "none"), ("security", "insecure")],
                "a",
            ),
            ("COPY --chown=사용자 a b", [("chown", "사용자")], "a b"),
        ],
    )
    def test_flags(self, text: str, flags: list[tuple[str, str | None]], arguments: str) -> None:
        instruction = only(text)
        assert instruction.flags == tuple(Flag(*flag) for flag in flags)
        assert instruction.arguments == arguments

    def test_all_values_of_a_repeated_flag(self) -> None:
        assert only("RUN --mount=a --network=none --mount=b c").values("mount") == ("a", "b")


class TestExecForm:
    @pytest.mark.parametrize(
        ("text", "form"),
        [
            ('CMD ["a", "b c"]', ("a", "b c")),
            ('CMD ["a", \\\n  "b"]', ("a", "b")),
            ("CMD []", ()),
            ("CMD ['a']", None),
            ('CMD ["a"', None),
            ('CMD ["a",]', None),
            ('CMD ["a"] b', None),
            ("CMD [NaN]", None),
            ('CMD ["\\ud800"]', ("\ufffd",)),
            ("CMD a", None),
            ('EXPOSE ["80"]', None),
            ('HEALTHCHECK --retries=3 CMD ["a"]', ("a",)),
            ("HEALTHCHECK CMD a", None),
            ('COPY ["a b", "c"]', ("a b", "c")),
        ],
    )
    def test_json_or_shell(self, text: str, form: tuple[str, ...] | None) -> None:
        assert only(text).json == form

    def test_words(self) -> None:
        assert only('COPY ["a b", "c"]').words == ("a b", "c")
        assert only("COPY  a \t b ./").words == ("a", "b", "./")


class TestHeredocs:
    @pytest.mark.parametrize(
        ("text", "heredocs"),
        [
            ("RUN <<EOF\na\n# b\n\n\\\nEOF", [Heredoc("EOF", "a\n# b\n\n\\\n", expand=True, strip_tabs=False)]),
            ("RUN <<-EOF\n\ta\n\tEOF", [Heredoc("EOF", "\ta\n", expand=True, strip_tabs=True)]),
            ("RUN <<-E\n E\n\t\tE", [Heredoc("E", " E\n", expand=True, strip_tabs=True)]),
            ("RUN <<E\n\tE\nE", [Heredoc("E", "\tE\n", expand=True, strip_tabs=False)]),
            ("RUN <<'EOF'\n$a\nEOF", [Heredoc("EOF", "$a\n", expand=False, strip_tabs=False)]),
            ('RUN <<"one two"\none two', [Heredoc("one two", "", expand=False, strip_tabs=False)]),
            ("RUN <<\\EOF\nEOF", [Heredoc("EOF", "", expand=True, strip_tabs=False)]),
            ("RUN 3<<a > b\nRUN c\na", [Heredoc("a", "RUN c\n", expand=True, strip_tabs=False)]),
            (
                "COPY <<a.txt <<-'b' /\n1\na.txt\n2\n\tb",
                [
                    Heredoc("a.txt", "1\n", expand=True, strip_tabs=False),
                    Heredoc("b", "2\n", expand=False, strip_tabs=True),
                ],
            ),
            ("RUN <<EOF\r\na\r\nEOF\r\n", [Heredoc("EOF", "a\r\n", expand=True, strip_tabs=False)]),
            ("RUN cat \\\n  <<EOF \\\n  > a\nb\nEOF", [Heredoc("EOF", "b\n", expand=True, strip_tabs=False)]),
            ("RUN '<<EOF'", []),
            ("RUN a<<EOF", []),
            ("RUN <<<EOF", []),
            ("RUN it's <<EOF", []),
            ("RUN <<''", []),
            ("RUN <<-", []),
            ("CMD <<EOF", []),
            ('RUN ["<<EOF"]', []),
        ],
    )
    def test_heredocs(self, text: str, heredocs: list[Heredoc]) -> None:
        instruction = only(text)
        assert instruction.heredocs == tuple(heredocs)
        assert instruction.end_line == 1 + len(text.splitlines())

    def test_the_next_instruction_follows_its_end(self) -> None:
        first, second = parse("FROM a\nADD <<E /\nFROM\nE\nRUN b").final_stage.instructions
        assert (first.source, first.end_line) == ("ADD <<E /\nFROM\nE", 4)
        assert (second.arguments, second.line) == ("b", 5)


class TestOnbuild:
    def test_the_trigger_is_an_instruction(self) -> None:
        instruction = only('ONBUILD copy --from=b ["c", "d"]')
        assert (instruction.keyword, instruction.flags, instruction.json) == ("ONBUILD", (), None)
        trigger = instruction.trigger
        assert trigger is not None
        assert (trigger.keyword, trigger.flag("from"), trigger.words) == ("COPY", "b", ("c", "d"))

    def test_a_triggers_heredoc(self) -> None:
        instruction = only("ONBUILD RUN <<E\na\nE")
        assert instruction.trigger is not None
        assert instruction.trigger.heredocs[0].body == "a\n"
        assert (instruction.heredocs, instruction.end_line) == ((), 4)

    def test_an_unknown_trigger_is_left_to_the_build_that_runs_it(self) -> None:
        assert only("ONBUILD FOO a").trigger is not None


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", ()),
        ("a b  c", (("a", "b  c"),)),
        ("a=b c=", (("a", "b"), ("c", ""))),
        ("a=\"b c\" d='e f' g=h\\ i", (("a", '"b c"'), ("d", "'e f'"), ("g", "h\\ i"))),
        ('a="b', (("a", '"b'),)),
        ("a=b\\", (("a", "b"),)),
    ],
)
def test_assignments(text: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert assignments(text) == pairs


ERRORS = [
    # the text, where, what, and the beginning of the hint
    ("", 1, 1, "the file holds no instructions", "Write FROM"),
    ("\n# a\n", 2, 1, "the file holds no instructions", "Write FROM"),
    ("ARG a\n", 1, 1, "there is no FROM", "Write FROM"),
    ("FROM a\n\nCOPPY b c", 3, 1, "unknown instruction 'COPPY'", "Did you mean COPY?"),
    ("FORM a", 1, 1, "unknown instruction 'FORM'", "Did you mean FROM?"),
    (
        "FROM a\nRUN b &&\n  apt-get c",
        3,
        3,
        "unknown instruction 'apt-get'",
        "If it belongs to the line above, end that",
    ),
    (
        "# escape=`\nFROM a\n./b",
        3,
        1,
        "unknown instruction './b'",
        "If it belongs to the line above, end that line with `",
    ),
    ("FROM a\n\x1b]0;x\x07EXPOſE 1", 2, 1, "unknown instruction 'EXPOſE'", "Did you mean EXPOSE?"),
    ("FROM a\n\\\n", 2, 1, "nothing follows this \\", "Take it away"),
    ("RUN a\nFROM b", 1, 1, "RUN stands before the first FROM", "Start with FROM"),
    ("FROM", 1, 1, "FROM needs an image", "Write FROM IMAGE"),
    ("FROM --platform=a", 1, 1, "FROM needs an image", "Write FROM IMAGE"),
    ("FROM a AS", 1, 8, "FROM takes an image, and AS with a name if you like", "Write FROM IMAGE AS NAME."),
    ("FROM a b c", 1, 8, "FROM takes an image, and AS with a name if you like", "Write FROM IMAGE AS NAME."),
    ("FROM a AS 1st", 1, 11, "'1st' can't be a stage's name", "Begin it with a letter"),
    ("FROM a \\\n AS b@c", 2, 5, "'b@c' can't be a stage's name", "Begin it with a letter"),
    ("# escape=x\nFROM a", 1, 1, "'x' can't be the escape character", "Write # escape="),
    ("# syntax=a\n# Syntax=b\nFROM a", 2, 1, "the directive 'syntax' stands here a second time", "Keep one"),
    ("FROM a\nCOPY b", 2, 1, "COPY needs a destination", "Write COPY SOURCE DESTINATION."),
    ("FROM a\nADD", 2, 1, "ADD needs a source and a destination", "Write ADD SOURCE DESTINATION."),
    ('FROM a\nCOPY ["b"]', 2, 1, "COPY needs a destination", "Write COPY"),
    ("FROM a\nCOPY b <<E\nE", 2, 8, "a here-document can't be the destination of COPY", "Write COPY <<EOF"),
    ("FROM a\nCOPY --form=b c d", 2, 6, "COPY has no flag '--form'", "Did you mean --from?"),
    ("FROM a\nCOPY \\\n  --from=b --x c d", 3, 12, "COPY has no flag '--x'", "Its flags: --from"),
    ("FROM a\nWORKDIR --b c", 2, 9, "WORKDIR has no flag '--b'", "WORKDIR takes no flags."),
    ("FROM a\nCOPY --from b c", 2, 6, "'--from' needs a value", "Write --from=VALUE"),
    ("FROM a\nCOPY --from=b --from=c d e", 2, 15, "the flag '--from' stands here a second time", "Keep one"),
    ("FROM a\nCOPY --link=b c d", 2, 6, "'--link' is either true or false", "Write --link"),
    ("FROM a\nCOPY --link= c d", 2, 6, "'--link' is either true or false", "Write --link"),
    ("FROM a\nRUN b <<EOF\nc", 2, 7, "the here-document 'EOF' is never closed", "After its text, put 'EOF'"),
    ("FROM a\nCMD [1]", 2, 5, "the list may hold strings only", "Put each part in double quotes"),
    ('FROM a\nRUN [["b"]]', 2, 5, "the list may hold strings only", "Put each part"),
    ("FROM a\nHEALTHCHECK CMD [1]", 2, 17, "the list may hold strings only", "Put each part"),
    ("FROM a\nENV", 2, 1, "ENV needs an argument", "Write ENV NAME=VALUE."),
    ("FROM a\nENV b", 2, 5, "ENV needs a value for 'b'", "Write ENV NAME=VALUE"),
    ("FROM a\nENV b=c d", 2, 9, "'d' has no '='", "Write ENV NAME=VALUE"),
    ("FROM a\nENV =b", 2, 1, "ENV needs a name before the '='", "Write ENV NAME=VALUE."),
    ("FROM a\nARG b =c", 2, 7, "ARG needs a name before the '='", "Write ARG NAME"),
    ("FROM a\nLABEL b", 2, 7, "LABEL needs a value for 'b'", "Write LABEL NAME=VALUE"),
    ("FROM a\nWORKDIR", 2, 1, "WORKDIR needs an argument", "Name a folder"),
    ("FROM a\nUSER  ", 2, 1, "USER needs an argument", "Name a user"),
    ("FROM a\nEXPOSE", 2, 1, "EXPOSE needs an argument", "Name the port"),
    ('FROM a\nVOLUME [" "]', 2, 1, "VOLUME needs a folder's name", "Name a folder"),
    ("FROM a\nSHELL bash", 2, 1, "SHELL takes a list with at least one string", "Write the shell as a list"),
    ("FROM a\nSHELL []", 2, 1, "SHELL takes a list with at least one string", "Write the shell as a list"),
    ("FROM a\nONBUILD", 2, 1, "ONBUILD needs an argument", "Name the instruction"),
    ("FROM a\nONBUILD onbuild RUN b", 2, 9, "ONBUILD can't hold ONBUILD", "Put another"),
    ("FROM a\nONBUILD FROM b", 2, 9, "ONBUILD can't hold FROM", "Put another"),
    ("FROM a\nONBUILD ENV b", 2, 13, "ENV needs a value for 'b'", "Write ENV NAME=VALUE"),
    ("FROM a\nHEALTHCHECK", 2, 1, "HEALTHCHECK needs an argument", "Write HEALTHCHECK CMD"),
    ("FROM a\nHEALTHCHECK CMD", 2, 1, "HEALTHCHECK CMD needs a command", "Write HEALTHCHECK CMD"),
    ("FROM a\nHEALTHCHECK NONE b", 2, 1, "HEALTHCHECK NONE takes no arguments", "Write HEALTHCHECK CMD"),
    ("FROM a\nHEALTHCHECK curl", 2, 13, "'curl' is no kind of health check", "Write HEALTHCHECK CMD"),
]


@pytest.mark.parametrize(("text", "line", "column", "problem", "hint"), ERRORS)
def test_error(text: str, line: int, column: int, problem: str, hint: str) -> None:
    raised = error(text)
    assert str(raised) == f"Dockerfile line {line}, column {column}: {problem}"
    assert raised.hint.startswith(hint)
    assert (raised.line, raised.column, raised.problem) == (line, column, problem)


@pytest.mark.parametrize(
    "text",
    ["CMD", "ENTRYPOINT", "RUN", "CMD []", "STOPSIGNAL --x 9", "HEALTHCHECK --x NONE", "ARG b c=d", "COPY <<E /\nE"],
)
def test_what_the_builder_lets_pass(text: str) -> None:
    assert only(text).line == 2


def attempt(source: str | bytes) -> Dockerfile | DockerfileError:
    try:
        return parse(source)
    except DockerfileError as refused:
        return refused


@given(st.binary(max_size=120) | st.text(max_size=120))
def test_any_input_parses_or_is_refused_with_a_place_in_it(source: bytes | str) -> None:
    result = attempt(source)
    if isinstance(result, DockerfileError):
        assert result.hint
        assert clean_line(str(result)) == str(result)
        assert 1 <= result.line <= 1 + len(source)


HOSTILE = {
    "continuations": ("FROM a\n" + "RUN a \\\n" * 100_000, True),
    "open quote": ("FROM a\nENV b=" + '"' * 200_001, True),
    "open quote and heredoc": ("FROM a\nRUN " + "'" * 200_001 + "<<E", True),
    "escaped quotes": ("FROM a\nRUN " + '\\"<<' * 100_000, True),
    "heredoc marks": ("FROM a\nRUN " + " <<E" * 10_000 + "\nE" * 10_000, True),
    "flags": ("FROM a\nCOPY " + "--link " * 100_000, False),
    "one long flag": ("FROM a\nCOPY " + "--link" * 100_000, False),
    "nested lists": ("FROM a\nCMD " + "[" * 100_000, False),
    "triggers": ("FROM a\n" + "ONBUILD " * 100_000, False),
    "directive": ("# escape=" + " " * 200_000 + "x " * 1_000, False),
    "unknown instruction": ("A" * 1_000_000, False),
}


@pytest.mark.parametrize(("text", "parses"), HOSTILE.values(), ids=HOSTILE)
def test_long_hostile_files_take_linear_time(text: str, parses: bool) -> None:
    """Each would take minutes, were any part of the work quadratic."""
    result = attempt(text)
    assert isinstance(result, Dockerfile) == parses
    assert parses or len(str(result)) < 200
