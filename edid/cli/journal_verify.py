"""`edid journal verify`: tells whether the audit trail is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from edid.audit import anchor as anchoring
from edid.audit.fault import Language
from edid.audit.originals import store_of
from edid.audit.verify import Verification
from edid.audit.verify import verify as verify_trail
from edid.cli.context import one_of, state
from edid.cli.output import show_one
from edid.config.credentials import read_secret
from edid.config.settings import Settings

_TOLD = 20
_Language = Annotated[str | None, typer.Option("--language", help="fr or en; else that of edid.yaml.")]
_Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON, for programs.")]


def verify(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Only the chain of events, not the stored bytes.")] = False,
    anchors: Annotated[
        Path | None, typer.Option(help="Folder of anchors to hold the chain against; else that of edid.yaml.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(help="Ed25519 public key of the anchors; else that of audit.anchor.key, if any.")
    ] = None,
    language: _Language = None,
    json_: _Json = False,
) -> None:
    """Look whether any event, row or stored byte was changed, removed, moved or added. Exit code 1 when so."""
    one_of("--language", language, ("fr", "en"))
    settings = state(context).configuration().settings
    known = _anchors(settings, anchors, public_key)
    store = None if quick else store_of(settings)
    console = Console(stderr=True)
    with state(context).journal() as journal, console.status("") as status:
        done = verify_trail(journal, store, known.known, lambda count: status.update(f"{count}"))
    done.wrong(known.faults)
    _tell(done, "en" if (language or settings.language) == "en" else "fr", json_, quick=quick)
    if not done.sound:
        raise typer.Exit(1)


def _anchors(settings: Settings, folder: Path | None, public_key: Path | None) -> anchoring.Anchors:
    configured = settings.audit.anchor
    place = folder or configured.folder
    if place is None:
        return anchoring.Anchors()
    key = None
    if public_key is not None:
        key = anchoring.public_key(public_key)
    elif configured.key is not None and folder is None:
        key = anchoring.private_key(read_secret(configured.key)).public_key()
    return anchoring.anchors(place, key)


def _tell(done: Verification, language: Language, json_: bool, *, quick: bool) -> None:
    if json_:
        show_one(
            {
                "sound": done.sound,
                "quick": quick,
                "events": done.events,
                "blobs": done.blobs,
                "anchors": done.anchors,
                "head": {"event": done.head.event_id, "hash": done.head.hash},
                "count": done.count,
                "first_event": min((fault.event for fault in done.faults if fault.event is not None), default=None),
                "faults": [
                    {
                        "wrong": fault.wrong,
                        "event": fault.event,
                        "sha256": fault.blob,
                        "detail": fault.detail,
                        "text_fr": fault.said("fr"),
                        "text_en": fault.said("en"),
                    }
                    for fault in done.faults
                ],
            }
        )
        return
    console = Console(soft_wrap=True, highlight=False)
    for fault in done.faults[:_TOLD]:
        console.print(f"[red]{escape(fault.said(language))}[/]")
    looked = f"{done.events} {'événements' if language == 'fr' else 'events'}"
    if not quick:
        looked += f", {done.blobs} {'originaux' if language == 'fr' else 'originals'}"
    looked += f", {done.anchors} {'ancrages' if language == 'fr' else 'anchors'}"
    if done.sound:
        said = "rien n'a été changé" if language == "fr" else "nothing was changed"
    else:
        said = f"{done.count} anomalie(s)" if language == "fr" else f"{done.count} fault(s)"
    between = " :" if language == "fr" else ":"
    console.print(f"{looked}{between} {said}")
    console.print(f"{done.head.event_id} {done.head.hash}")
