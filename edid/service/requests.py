"""Requests from the command line to a running daemon: small files in the state folder, read at every look."""

from __future__ import annotations

from pathlib import Path

from edid.store.durable import durable_write


def ask_poll(state: Path, sheet: str) -> None:
    """Ask the daemon to read the partner's out folder of `sheet` soon."""
    _ask(state, f"{sheet}.poll")


def take_poll(state: Path, sheet: str) -> bool:
    """Tell whether a poll was asked for, and forget the request."""
    return _take(state, f"{sheet}.poll")


def ask_retry(state: Path, sheet: str) -> None:
    """Ask the daemon to look for flows of `sheet` to send soon, even if it is waiting after a failure."""
    _ask(state, f"{sheet}.retry")


def take_retry(state: Path, sheet: str) -> bool:
    """Tell whether such a look was asked for, and forget the request."""
    return _take(state, f"{sheet}.retry")


def _ask(state: Path, name: str) -> None:
    folder = state / "requests"
    folder.mkdir(exist_ok=True)
    durable_write(folder / name, b"")


def _take(state: Path, name: str) -> bool:
    try:
        (state / "requests" / name).unlink()
    except FileNotFoundError:
        return False
    return True
