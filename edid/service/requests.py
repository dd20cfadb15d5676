"""Requests from the command line to a running daemon: small files in the state folder, read at every look."""

from __future__ import annotations

from pathlib import Path

from edid.store.durable import durable_write


def ask_poll(state: Path, sheet: str) -> None:
    """Ask the daemon to read the partner's out folder of `sheet` soon."""
    folder = state / "requests"
    folder.mkdir(exist_ok=True)
    durable_write(folder / f"{sheet}.poll", b"")


def take_poll(state: Path, sheet: str) -> bool:
    """Tell whether a poll was asked for, and forget the request."""
    try:
        (state / "requests" / f"{sheet}.poll").unlink()
    except FileNotFoundError:
        return False
    return True
