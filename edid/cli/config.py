"""`edid config`: check, schema, show."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from edid.cli.context import state
from edid.config.credentials import read_secret
from edid.config.loader import Configuration
from edid.config.schema import json_schema
from edid.config.transport import SftpSettings
from edid.errors import ConfigError
from edid.exchange import checks
from edid.flows.subscriptions import subscription_faults
from edid.transport.probe import probe

app = typer.Typer(help="Check, describe and show the configuration.", no_args_is_help=True)


_COLOURS = {"ok": "green", "warning": "yellow", "failed": "red"}


class Kind(StrEnum):
    """The two kinds of configuration file."""

    SETTINGS = "settings"
    SHEET = "sheet"


@app.command()
def check(
    context: typer.Context,
    connect: Annotated[
        bool, typer.Option("--connect", help="Also log in at each partner and list its folders; changes nothing.")
    ] = False,
) -> None:
    """Check every file of the configuration. Needs no network without --connect."""
    configuration = state(context).configuration()
    console = Console(highlight=False, soft_wrap=True)
    for warning in configuration.warnings:
        console.print(f"[yellow]warning[/] {escape(str(warning))}")
    _tell_secrets(configuration, console)
    faulty = [_tell_subscription_faults(configuration, console), _tell_rules(configuration, console)]
    if any(faulty):
        raise typer.Exit(3)
    names = ", ".join(configuration.sheets) or "none"
    console.print(f"[green]ok[/] {escape(str(configuration.path))}: {len(configuration.sheets)} sheet(s): {names}")
    if connect and not _connect(configuration, console):
        raise typer.Exit(1)


def _tell_secrets(configuration: Configuration, console: Console) -> None:
    """Warn of secret files that the daemon would refuse. Credentials exist for the service only."""
    for name, sheet in configuration.sheets.items():
        transport = sheet.transport
        if not sheet.enabled or not isinstance(transport, SftpSettings):
            continue
        for ref in (transport.key, transport.passphrase):
            if ref is None or ref.file is None or _is_for_another_user(ref.file):
                continue
            try:
                read_secret(ref)
            except ConfigError as error:
                console.print(f"[yellow]warning[/] {escape(name)}: {escape(str(error))}")


def _is_for_another_user(file: Path) -> bool:
    """Tell whether root looks at a file that belongs to the service's own user: right as it is."""
    try:
        return os.geteuid() == 0 and file.lstat().st_uid != 0 and not file.lstat().st_mode & 0o077
    except OSError:
        return False


def _tell_subscription_faults(configuration: Configuration, console: Console) -> bool:
    """Interface codes are data of the flows room: what is wrong with them is told here, not by the models."""
    faulty = False
    for name, sheet in configuration.sheets.items():
        for fault in subscription_faults(sheet.interfaces):
            faulty = True
            place = f"{name}: interfaces.{fault.key[0]}[{fault.key[1]}]"
            console.print(f"[red]error[/] {escape(place)}: {escape(fault.message)} {escape(fault.remedy)}")
    return faulty


def _tell_rules(configuration: Configuration, console: Console) -> bool:
    """Rule packs are data of the validation room, those of the state folder too: names of them are checked here."""
    try:
        catalogue = checks.catalogue_of(configuration)
    except ConfigError as error:
        console.print(f"[yellow]warning[/] names of rule packs were not checked: {escape(str(error))}")
        return False
    warnings = [*checks.pack_warnings(configuration, catalogue), *checks.rule_warnings(configuration, catalogue)]
    for warning in warnings:
        console.print(f"[yellow]warning[/] {escape(str(warning))}")
    problems = list(checks.pack_errors(configuration, catalogue))
    for problem in problems:
        console.print(f"[red]error[/] {escape(str(problem))}")
    return bool(problems)


def _connect(configuration: Configuration, console: Console) -> bool:
    healthy = True
    for name, sheet in configuration.sheets.items():
        with console.status(f"{name}: connecting"):
            report = probe(sheet.transport)
        for step in report.steps:
            console.print(f"{escape(name)}: [{_COLOURS[step.outcome]}]{step.outcome}[/] {escape(step.name)}: ", end="")
            console.print(f"{step.detail} {step.remedy}".rstrip(), markup=False)
        healthy = healthy and report.passed
    return healthy


@app.command()
def schema(kind: Annotated[Kind, typer.Argument(help="settings (edid.yaml) or sheet.")]) -> None:
    """Print the JSON Schema of a configuration file, for editors."""
    typer.echo(json.dumps(json_schema(kind.value), ensure_ascii=False, indent=2))


@app.command()
def show(context: typer.Context) -> None:
    """Print the configuration as edid understands it, defaults included, as JSON. Secrets are references."""
    configuration = state(context).configuration()
    data = {
        "settings": configuration.settings.model_dump(mode="json"),
        "sheets": {name: sheet.model_dump(mode="json") for name, sheet in configuration.sheets.items()},
    }
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
