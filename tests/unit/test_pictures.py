"""The README's pictures: they load nothing, name no place, and are as wide as their text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pictures import PICTURES, without_addresses

ROOT = Path(__file__).parents[2]


def test_every_picture_of_the_readme_is_one_that_is_made() -> None:
    named = re.findall(r"!\[.*?\]\(pictures/(\w+)\.svg\)", (ROOT / "README.md").read_text("utf-8"))
    assert sorted(named) == sorted(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_loads_nothing_and_names_no_folder_of_a_machine(name: str) -> None:
    svg = (ROOT / "pictures" / f"{name}.svg").read_text("utf-8")
    assert re.findall(r"\w+://(?!www.w3.org/2000/svg)", svg) == []
    assert "@font-face" not in svg
    assert re.findall(r"/(?:home|root|tmp|work)/[\w.-]+", svg) == []


def test_what_would_load_from_the_web_is_taken_out_and_anything_left_is_refused() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><!-- by https://maker.example --><style>%s</style>%s</svg>'
    font = "@font-face { src: url('https://fonts.example/a.woff2'); }\n.t { font-family: Fira Code, monospace; }"
    clean = without_addresses(svg % (font, '<text textLength="36.6" x="1">한국어</text>'))
    assert "example" not in clean
    assert "DejaVu Sans Mono" in clean
    assert '<text textLength="73.2" x="1">한국어</text>' in clean
    with pytest.raises(ValueError, match="picture names https"):
        without_addresses(svg % ("", "<text>https://left.example</text>"))
