"""What the daemon of the demonstration logs, told live in plain words."""

from __future__ import annotations

import json
from typing import IO, Any

from rich.console import Console

_SAID = {
    "daemon.ready": "[bold]the daemon is ready[/] (edid run)",
    "file.claimed": "taken from the drop folder: {file}",
    "file.rejected": "[red]refused[/], kept in rejected/ with its reason: {file} ({code})",
    "document.valid": "[green]valid[/] by the rules of its sheet: invoice {number}",
    "document.rejected": "[red]refused[/], kept in rejected/ with its reasons: {file}",
    "document.duplicate": "[yellow]duplicate[/], kept in duplicates/: invoice {number}",
    "flow.ready": "named by its EDI sheet: [cyan]{flow}[/]",
    "flow.sent": "[green]delivered[/] over SFTP, confirmed, renamed: [cyan]{flow}[/]",
    "flow.status": "Chorus Pro reports on flow [cyan]{about}[/]: {label}",
    "document.status": "Chorus Pro says of invoice {about}: [bold]{label}[/]",
    "flow.filed": "fetched and filed: [cyan]{flow}[/] ({invoices} incoming invoices)",
    "status.given": "[green]said to Chorus Pro[/], in a message of its own: [cyan]{flow}[/] ({what})",
    "flow.transient": "[yellow]will be tried again[/]: {flow}: {error}",
}


def narrate(stream: IO[str], console: Console) -> None:
    """Tell each line of the log until it ends; warnings that have no words here are shown as they are."""
    for line in stream:
        try:
            event = json.loads(line)
        except ValueError:
            console.print(line.rstrip(), markup=False)
            continue
        said = _SAID.get(event["event"])
        if event["event"] == "flow.filed" and not event["invoices"]:
            continue  # its statuses are told one by one
        if event["event"] == "status.given":
            event["what"] = f"{event['statuses']} decision" if event["statuses"] else "receipt of a flow"
        if said is not None:
            console.print(f"  {event['timestamp'][11:23]}  {said.format_map(_Known(event))}")
        elif event["level"] in {"warning", "error", "critical"}:
            console.print(f"  {event['timestamp'][11:23]}  {event['event']}: {event.get('error', '')}", markup=False)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"
