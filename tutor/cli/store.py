"""The learner's progress, opened for a command or for the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tutor.language import Words

if TYPE_CHECKING:
    from tutor.progress.store import Progress


def open_progress(words: Words) -> Progress:
    """The store; what it had to set aside is told on standard error. Raises TutorError when it can't be used."""
    from tutor.places import progress_file
    from tutor.progress.store import Progress

    store = Progress(progress_file())
    if store.notice:
        click.echo(words.told(store.notice), err=True)
    return store
