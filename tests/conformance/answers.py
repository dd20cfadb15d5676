"""What stylesheets answer to documents: from the official file by plain SaxonC, or by way of edid."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from edid.validation.packs import Pack

if TYPE_CHECKING:
    from edid.validation.saxon.svrl import Answer

PROJECT = Path(__file__).resolve().parents[2]


class Question(NamedTuple):
    """One document and the packs to be asked about it."""

    document: Path
    packs: tuple[Pack, ...]


class Objection(NamedTuple):
    """A failed assert or a successful report, all of it, as it stands in the SVRL but for blanks in the message."""

    rule: str | None
    flag: str | None
    message: str
    location: str | None


class Reply(NamedTuple):
    """What one stylesheet says of one document."""

    objections: tuple[Objection, ...] = ()
    fired: int = 0
    broke_off: str | None = None
    """The cause, when it ended with an error."""
    read: Answer | None = None
    """What `edid.validation.saxon.svrl` makes of the same answer; only by way of edid."""


def ask(ways: Sequence[str], questions: Sequence[Question], folder: Path) -> dict[str, list[list[Reply]]]:
    """Return, for each of `ways` (`raw`, `edid`; at the same time), the replies to each question, pack by pack.

    Every way has a process of its own: SaxonC is bound to one thread, and they must not share anything.
    """
    (folder / "questions").write_bytes(pickle.dumps(list(questions)))
    command = [sys.executable, "-m", "tests.conformance.answering"]
    running = {}
    for way in ways:
        with (folder / f"{way}.complaints").open("wb") as complaints:  # Saxon says every error on stderr as well
            running[way] = subprocess.Popen([*command, way, str(folder)], cwd=PROJECT, stderr=complaints)
    for way, process in running.items():
        if process.wait() != 0:
            said = (folder / f"{way}.complaints").read_bytes()[-1000:].decode(errors="replace")
            raise RuntimeError(f"asking for '{way}' answers ended with {process.returncode}: {said}")
    return {way: list(_pickles(folder / way)) for way in ways}


def _pickles(path: Path) -> Iterator[list[Reply]]:
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)
