"""`edid sandbox`: a simulated Chorus Pro on loopback, to try a configuration before qualification."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edid.errors import ConfigError
from edid.sandbox.scenarios import SCRIPTS, Scenario

if TYPE_CHECKING:
    from edid.sandbox.offers import Offers
    from edid.sandbox.server import SandboxServer


class IncomingForm(StrEnum):
    """How incoming invoices are offered."""

    PIVOT = "pivot"
    UBL = "ubl"
    CII = "cii"
    FACTUR_X = "factur-x"


def sandbox(
    root: Annotated[Path, typer.Argument(help="Folder of the simulated partner; created when absent.")],
    authorized_keys: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Public keys that may log in, as in OpenSSH.")
    ],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 2222,
    user: Annotated[str, typer.Option(help="Login of the partner account.")] = "sandbox",
    scenario: Annotated[Scenario, typer.Option(help="What becomes of the deposits.")] = Scenario.ALL_INTEGRATED,
    cbc: Annotated[bool, typer.Option("--cbc", help="Offer AES-CBC ciphers only, as AIFE does.")] = False,
    fetch_once: Annotated[bool, typer.Option(help="Drop an offered file once it was fetched.")] = True,
    purge_days: Annotated[int, typer.Option(min=0, help="Drop offered files after this many days; 0: never.")] = 7,
    account: Annotated[
        list[str] | None,
        typer.Option(help="APPLICATION=CODE,CODE: only these may deposit, e.g. AAA123=FSO1100A. Repeatable."),
    ] = None,
    incoming: Annotated[str | None, typer.Option(help="APPLICATION=N: offer N incoming invoices at the start.")] = None,
    incoming_as: Annotated[
        IncomingForm, typer.Option(help="pivot: all in one FEN0036A flow; else each as a flow of its own.")
    ] = IncomingForm.PIVOT,
) -> None:
    """Simulate Chorus Pro over SFTP until Ctrl-C. Prints the lines that a sheet needs to use it."""
    from edid.sandbox.offers import Offers
    from edid.sandbox.platform import SandboxPlatform
    from edid.sandbox.server import SandboxServer

    server = SandboxServer(
        root,
        port=port,
        user=user,
        authorized_keys=authorized_keys.read_text(encoding="utf-8").splitlines(),
        cbc_only=cbc,
        fetch_once=fetch_once,
    )
    platform = SandboxPlatform(
        root,
        scenario,
        purge_after=timedelta(days=purge_days) if purge_days else None,
        accounts=_accounts(account),
        being_written=server.being_written,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    with server, platform:
        if incoming is not None:
            for name in _offer(Offers(root), *_incoming(incoming), incoming_as):
                typer.echo(f"# offered: {name}")
        typer.echo(_sheet_lines(server))
        typer.echo(f"# scenario {scenario.value}: {SCRIPTS[scenario].about}")
        typer.echo(f"# what the platform does: {platform.ledger.path}; Ctrl-C stops it")
        stop.wait()


def _offer(offers: Offers, recipient: str, count: int, form: IncomingForm) -> list[str]:
    from edid.sandbox.receiver import Syntax, deposit_direct, deposit_pivot

    if form is IncomingForm.PIVOT:
        return [deposit_pivot(offers, recipient, count)]
    return deposit_direct(offers, recipient, count, Syntax(form.value))


def _sheet_lines(server: SandboxServer) -> str:
    return "\n".join(
        (
            "transport:",
            "  protocol: sftp",
            f"  host: {server.host}",
            f"  port: {server.port}",
            f"  user: {server.user}",
            "  key:",
            "    file: PATH-OF-YOUR-PRIVATE-KEY",
            "  host_keys:",
            f'    - "{server.host_key_line}"',
        )
    )


def _accounts(given: list[str] | None) -> dict[str, tuple[str, ...] | None] | None:
    if not given:
        return None
    accounts: dict[str, tuple[str, ...] | None] = {}
    for text in given:
        application, _, codes = text.partition("=")
        accounts[application] = tuple(code for code in codes.split(",") if code) or None
    return accounts


def _incoming(text: str) -> tuple[str, int]:
    recipient, _, count = text.partition("=")
    if not count.isdigit():
        raise ConfigError(f"--incoming {text} is not APPLICATION=N.", remedy="For example: --incoming AAA123=3.")
    return recipient, int(count)
