"""What the shell may complete: sections, folders of examples, base images. Nothing here asks an engine."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from tutor.cli.settings import language_in


def sections(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The sections by number or id, each with its title."""
    from tutor.course.outline import lesson_file, lesson_title, read_outline
    from tutor.places import lessons_folder

    folder = lessons_folder()
    language = language_in(context)
    found = []
    for entry in read_outline(folder)[1]:
        title = lesson_title(lesson_file(entry, language, folder))
        names = (str(entry.number), entry.id) if incomplete else (str(entry.number),)
        found += [CompletionItem(name, help=title) for name in names if name.startswith(incomplete)]
    return found


def sections_or_all(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    every = [CompletionItem("all")] if "all".startswith(incomplete) else []
    return [*sections(context, parameter, incomplete), *every]


def examples(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The folders that a learner has copies of."""
    from tutor.places import exercises_folder

    names = sorted(folder.name for folder in exercises_folder().iterdir() if folder.is_dir() and folder.name != "bases")
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def base_images(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from tutor.engines.bases.recipes import load_recipes

    names = [recipe.image for recipe in load_recipes().bases]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
