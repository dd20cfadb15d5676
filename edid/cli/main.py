"""The command `edid`: its sub-commands, and how errors and exit codes reach a person.

Exit codes: 0 done; 1 the answer is no (an invalid file, a failed exchange, a problem found); 2 wrong usage, or not
judged; 3 the configuration needs an operator; 4 try again later.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from rich.console import Console
from rich.markup import escape

from edid import __version__
from edid.cli.context import DEFAULT_CONFIG, State
from edid.cli.lazily import LazyGroup
from edid.errors import ConfigError, EdidError, OperatorError, TransientError


class Commands(LazyGroup):
    """The commands of edid, in the order in which help shows them."""

    PLACES: ClassVar = {
        "config": "edid.cli.config:app",
        "flows": "edid.cli.flows:app",
        "documents": "edid.cli.documents:app",
        "rules": "edid.cli.rules:app",
        "status": "edid.cli.status:app",
        "todo": "edid.cli.todo:app",
        "held": "edid.cli.held:app",
        "alerts": "edid.cli.alerts:app",
        "partners": "edid.cli.partners:app",
        "journal": "edid.cli.journal:app",
        "run": "edid.cli.service:run",
        "validate": "edid.cli.validate:validate",
        "explain": "edid.cli.explain:explain_command",
        "send": "edid.cli.send:send",
        "poll": "edid.cli.poll:poll",
        "route": "edid.cli.route:route_command",
        "sandbox": "edid.cli.sandbox:sandbox",
        "demo": "edid.cli.demo:demo",
    }


app = typer.Typer(
    name="edid",
    cls=Commands,
    help="EDI file exchange daemon for French e-invoicing: from a dropped invoice to a filed return.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"edid {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    context: typer.Context,
    config_file: Annotated[
        Path,
        typer.Option("--config", "-c", envvar="EDID_CONFIG", help="edid.yaml to work with.", show_default=True),
    ] = DEFAULT_CONFIG,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    context.obj = State(config_file)


def run() -> None:
    """Run the command line; the console script's entry point."""
    try:
        app()
    except EdidError as error:
        _tell(error)
        sys.exit(exit_code(error))
    except OSError as error:
        refused = OperatorError(
            f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.",
            remedy="Run it as edid's user, or mend the rights or the disk there.",
        )
        _tell(refused)
        sys.exit(exit_code(refused))


def _tell(error: EdidError) -> None:
    Console(stderr=True).print(f"[bold red]edid:[/] {escape(str(error))}", highlight=False, soft_wrap=True)


def exit_code(error: EdidError) -> int:
    """Return the process exit code for `error`."""
    if isinstance(error, (ConfigError, OperatorError)):
        return 3
    if isinstance(error, TransientError):
        return 4
    return 1
