"""The tutor's texts that stand in the code, in English, and are told in other languages by a catalogue.

The way of gettext: a text is its own key in the catalogue of each other language (`tutor/language/ko/failures.toml`).
What fails is told so: a sentence is best read where it is raised. `tutor.language.Words.told` tells it to the learner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Phrase(str):
    """A text in English as the str that it is, and what it takes to say the same in another language.

    With `values`, `template` is a `str.format` template; without, it is the text as it stands, braces and all. A value
    that is a Phrase is told in the other language too; any other (a path, an engine's words) is only put in, so that
    no brace in it matters. The Phrase of a Phrase is that one, whatever the values.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Phrase:
        if isinstance(template, Phrase):
            return template
        phrase = super().__new__(cls, template.format_map(values) if values else template)
        phrase.template, phrase.values = template, values
        return phrase


def with_lines(phrase: Phrase, lines: Iterable[str]) -> Phrase:
    """A text, and below it lines from outside."""
    return Phrase("{text}{lines}", text=phrase, lines="".join(f"\n{line}" for line in lines))
