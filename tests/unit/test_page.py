"""A page recognised as its template rendered, and the values in it."""

from __future__ import annotations

import time

import pytest

from tutor.grade.page import Shown, values_shown

TEMPLATE = "<h1>Hello {{.User}}</h1>\n<p>Edition: {{ .Edition }}</p>\n"


def test_values_come_with_the_action_they_stand_for() -> None:
    page = "<h1>Hello Kim</h1>\n<p>Edition: first</p>\n"
    assert values_shown(TEMPLATE, page) == (Shown(".User", "Kim"), Shown(".Edition", "first"))


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("<h1>Hello   Kim </h1>\r\n\t<p>Edition: 1</p>", ["Kim", "1"]),
        ("<h1>Hello </h1><p>Edition: </p>", None),  # white space between tags is part of the template
        ("<h1>Hello</h1>\n<p>Edition:</p>", ["", ""]),
        ("<h1>Hello &lt;b&gt;&#39;x&#39;</h1> <p>Edition: 1</p>", ["<b>'x'", "1"]),
        ("<h1>Hello 김철수</h1> <p>Edition: 1</p>", ["김철수", "1"]),
        ("<h1>Hello {{.User}}</h1> <p>Edition: {{ .Edition }}</p>", ["{{.User}}", "{{ .Edition }}"]),
    ],
)
def test_white_space_and_escapes(page: str, values: list[str] | None) -> None:
    found = values_shown(TEMPLATE, page)
    assert (None if found is None else [shown.value for shown in found]) == values


@pytest.mark.parametrize(
    "page",
    [
        "",
        "404 page not found",
        "<h1>Hello Kim</h1>",
        "before <h1>Hello Kim</h1> <p>Edition: 1</p>",
        "<h1>Hello Kim</h1> <p>Edition: 1</p> after",
        "<h1>Bye Kim</h1> <p>Edition: 1</p>",
    ],
)
def test_another_page_is_not_taken_for_it(page: str) -> None:
    assert values_shown(TEMPLATE, page) is None


def test_go_drops_comments() -> None:
    template = "<!-- {{.Secret}} --><p>{{.User}}</p><!-- end -->"
    assert values_shown(template, "<p>Kim</p>") == (Shown(".User", "Kim"),)


@pytest.mark.parametrize(
    ("template", "page", "values"),
    [
        ("a {{if .User}}hello {{.User}}{{else}}nobody{{end}} b", "a nobody b", ["nobody"]),
        ("a {{if .User}}{{if .X}}y{{end}}{{end}} b {{.Z}}", "a b 3", ["", "3"]),
        ("{{range .L}}<li>{{.}}</li>{{end}}", "<li>1</li><li>2</li>", ["<li>1</li><li>2</li>"]),
        ("{{- .User -}} x", "Kim x", ["Kim"]),
        ("{{/* said to authors */}}<p>{{.User}}</p>", "<p>Kim</p>", ["", "Kim"]),
        ("a {{if .X}} never ended", "a whatever", ["whatever"]),
        ("{{end}} a {{.User}}", "a Kim", ["", "Kim"]),
        ("no action", "no  action", []),
        ("", "", []),
    ],
)
def test_control_actions_may_stand_for_any_text(template: str, page: str, values: list[str]) -> None:
    found = values_shown(template, page)
    assert found is not None
    assert [shown.value for shown in found] == values


def test_a_page_without_actions_must_be_the_same() -> None:
    assert values_shown("plain", "plain and more") is None
    assert values_shown("plain", "other") is None
    assert values_shown("", "something") is None


def test_a_value_may_hold_what_stands_after_it() -> None:
    found = values_shown("<p>{{.User}}</p>", "<p></p></p>")
    assert found == (Shown(".User", "</p>"),)


def test_hostile_template_and_page_take_no_longer_than_plain_ones() -> None:
    began = time.process_time()
    assert values_shown("a{{.X}}" * 2_000 + "!", "a" * 1_000_000) is None
    assert time.process_time() - began < 5
