"""The root command and what happens around every command: options, errors, exit statuses."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from tutor import __version__
from tutor.cli.commands import Commands
from tutor.cli.misuse import misuse
from tutor.cli.plain import HELP as PLAIN_HELP
from tutor.cli.plain import colours
from tutor.cli.settings import Settings, language_in
from tutor.errors import ExitStatus, TutorError
from tutor.language import LANGUAGES, Words
from tutor.phrase import Phrase
from tutor.places import default_workspace

EPILOG = """
\b
Examples:
  diamol-tutor                     open the tutor
  diamol-tutor doctor --fix        get an engine and the base images
  diamol-tutor run 1               carry out section 1 without screens
  diamol-tutor grade               grade your copy of the exercise
  diamol-tutor --lang ko list      the sections in Korean

\b
Shell completion, once for your shell:
  eval "$(_DIAMOL_TUTOR_COMPLETE=bash_source diamol-tutor)"     in ~/.bashrc
  eval "$(_DIAMOL_TUTOR_COMPLETE=zsh_source diamol-tutor)"      in ~/.zshrc
  _DIAMOL_TUTOR_COMPLETE=fish_source diamol-tutor | source      in config.fish

Exit status: 0 passed, 1 not passed, 2 wrong use, 3 no Docker engine.
"""


def language_of(arguments: list[str]) -> str:
    """The language that a command line asks for, whatever else may be wrong with it."""
    context = cli.make_context("diamol-tutor", list(arguments), resilient_parsing=True)
    return language_in(context)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="diamol-tutor")
# eager, as --help is: the help is told in it
@click.option("--lang", type=click.Choice(list(LANGUAGES)), is_eager=True, help="Language of lessons and messages.")
@click.option(
    "--builder", type=click.Choice(["buildkit", "classic"]), default="buildkit", help="Docker's builder to use."
)
@click.option(
    "--workspace", type=click.Path(path_type=Path), help="Where your own copies go (default: ~/diamol-tutor)."
)
@click.option("--plain", is_flag=True, help=PLAIN_HELP)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(
    context: click.Context, lang: str | None, builder: str, workspace: Path | None, plain: bool, debug: bool
) -> None:
    """Learn multi-stage Dockerfiles: six sections whose examples build live on your Docker engine.

    Without a command it opens the tutor where you left it.
    """
    language, folder = language_in(context), workspace or default_workspace()
    context.obj = Settings(language, builder, folder, debug, language_given=lang is not None, plain=plain)
    context.color = colours(plain)
    if context.invoked_subcommand is None:
        from tutor.cli.app import open_app

        context.exit(open_app(context.obj))


def main(arguments: list[str] | None = None) -> None:
    """Run a command line and leave with its exit status. No failure ends in a traceback, unless asked with --debug."""
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    try:
        status = cli.main(given, prog_name="diamol-tutor", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else ExitStatus.PASS)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(ExitStatus.USAGE)
    except click.UsageError as error:
        if error.ctx is not None:
            click.echo(error.ctx.get_usage(), err=True)
        complain(misuse(error), Words(language_of(given)), plain="--plain" in given)
        sys.exit(ExitStatus.USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo(Words(language_of(given)).told(Phrase("Stopped.")), err=True)
        sys.exit(130)
    except TutorError as error:
        if debug:
            raise
        complain(error, Words(language_of(given)), plain="--plain" in given)
        sys.exit(error.status)
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitStatus.PASS)
    except Exception as error:
        if debug:
            raise
        told = TutorError(
            "Something went wrong in the tutor itself: {kind}: {said}",
            "Please report it with what `diamol-tutor --debug …` shows.",
            kind=type(error).__name__,
            said=error,
        )
        complain(told, Words(language_of(given)))
        sys.exit(ExitStatus.NOT_PASSED)


def complain(error: TutorError, words: Words, plain: bool = False) -> None:
    """A failure on standard error: the sentence, then the next step."""
    click.echo(words.told(error.message), err=True)
    if hint := words.told(error.hint):
        click.echo(hint if plain else f"  -> {hint}", err=True)
