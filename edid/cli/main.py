"""The command `edid`: its sub-commands, and how errors and exit codes reach a person.

Exit codes: 0 done; 1 the answer is no (an invalid file, a failed exchange, a problem found); 2 wrong usage, or not
judged; 3 the configuration needs an operator; 4 try again later.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from edid import __version__
from edid.cli import (
    alerts,
    config,
    demo,
    documents,
    explain,
    flows,
    held,
    journal,
    partners,
    poll,
    route,
    rules,
    sandbox,
    send,
    service,
    status,
    todo,
    validate,
)
from edid.cli.context import DEFAULT_CONFIG, State
from edid.errors import ConfigError, EdidError, OperatorError, TransientError

app = typer.Typer(
    name="edid",
    help="EDI file exchange daemon for French e-invoicing: from a dropped invoice to a filed return.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(config.app, name="config")
app.add_typer(flows.app, name="flows")
app.add_typer(documents.app, name="documents")
app.add_typer(rules.app, name="rules")
app.add_typer(status.app, name="status")
app.add_typer(todo.app, name="todo")
app.add_typer(held.app, name="held")
app.add_typer(alerts.app, name="alerts")
app.add_typer(partners.app, name="partners")
app.add_typer(journal.app, name="journal")
app.command("run")(service.run)
app.command("validate")(validate.validate)
app.command("explain")(explain.explain_command)
app.command("send")(send.send)
app.command("poll")(poll.poll)
app.command("route")(route.route_command)
app.command("sandbox")(sandbox.sandbox)
app.command("demo")(demo.demo)


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
