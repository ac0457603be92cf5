"""The changes between two texts: every line of both is told once, under its right number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.difference import Added, Removed, Same, Skipped, difference

START = "FROM a\nWORKDIR web\nCOPY page .\nCOPY code .\nRUN go\nENV A=1\nEXPOSE 80\nCMD x\n"


def test_a_changed_line_is_taken_out_and_put_in_with_three_lines_around() -> None:
    assert difference(START, START.replace("RUN go", "RUN go build")) == (
        Skipped(1),
        Same("WORKDIR web", 2, 2),
        Same("COPY page .", 3, 3),
        Same("COPY code .", 4, 4),
        Removed("RUN go", 5),
        Added("RUN go build", 5),
        Same("ENV A=1", 6, 6),
        Same("EXPOSE 80", 7, 7),
        Same("CMD x", 8, 8),
    )


def test_the_same_lines_are_no_difference_however_they_end() -> None:
    assert difference(START, START) == ()
    assert difference("", "") == ()
    assert difference("a\nb\n", "a\r\nb") == ()


def test_all_that_is_new_has_numbers_of_the_new_text_only() -> None:
    assert difference("", "a\nb") == (Added("a", 1), Added("b", 2))
    assert difference("a\nb", "") == (Removed("a", 1), Removed("b", 2))


_TEXTS = st.lists(st.sampled_from(["FROM a", "COPY b .", "RUN c", ""]), max_size=20).map("\n".join)


@given(_TEXTS, _TEXTS)
def test_every_line_of_both_texts_is_told_once(before: str, after: str) -> None:
    lines = difference(before, after)
    if not lines:
        assert before.splitlines() == after.splitlines()
        return
    old, new = before.splitlines(), after.splitlines()
    told_old = [line for line in lines if isinstance(line, Same | Removed)]
    told_new = [line for line in lines if isinstance(line, Same | Added)]
    assert all(old[line.before - 1] == line.text for line in told_old)
    assert all(new[line.after - 1] == line.text for line in told_new)
    skipped = sum(line.count for line in lines if isinstance(line, Skipped))
    assert len(told_old) + skipped == len(old)
    assert len(told_new) + skipped == len(new)
