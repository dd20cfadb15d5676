"""Promise 3: what ERP and partner can see is whole. Payloads have their bytes, notes can be read, items have notes."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults.seen import Seen, is_note
from tests.faults.world import digest


def half_visible(seen: Seen) -> Iterator[str]:
    """Yield what stands under a final name and is not whole, at any instant."""
    for name, content in seen.at_partner().items():
        if not name.endswith(".part") and not _is_whole(seen, content):
            yield f"half visible: {name} at the partner"
    scenario = seen.world.scenario
    yield from _half_filed(seen, "in", scenario.filed + (scenario.after.filed if scenario.after else ()))
    yield from _half_filed(seen, "rejected", scenario.kept)
    yield from (f"half visible: status/{name}" for name, data in seen.answers.items() if not isinstance(data, dict))


def half_noted(seen: Seen) -> Iterator[str]:
    """Yield notes beside nothing. For the end only: a note comes before what it is about."""
    for folder in ("in", "rejected"):
        names = set(seen.below(folder))
        for name in sorted(filter(is_note, names)):
            if not any(not is_note(each) and name in _notes(folder, each) for each in names):
                yield f"left behind: the note {folder}/{name} stands beside nothing"


def members(content: bytes) -> list[bytes]:
    """Return what a flow holds: itself, or the files of an archive; nothing when it is no whole flow."""
    if content.startswith(b"<"):
        return [content]
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            return [file.read() for entry in archive if (file := archive.extractfile(entry)) is not None]
    except (tarfile.TarError, EOFError, OSError):
        return []


def is_message(seen: Seen, content: bytes) -> bool:
    """Tell whether this is a flow of which edid wrote the bytes."""
    return seen.world.scenario.messages > 0 and bool(seen.rows("flows", direction="out", sha256=digest(content)))


def _is_whole(seen: Seen, content: bytes) -> bool:
    wanted = seen.world.scenario.delivered
    return (bool(wanted) and sorted(members(content)) == sorted(wanted)) or is_message(seen, content)


def _half_filed(seen: Seen, folder: str, wanted: tuple[bytes, ...]) -> Iterator[str]:
    names = set(seen.below(folder))
    for name in sorted(names):
        content = (seen.world.sheet / folder / name).read_bytes()
        if is_note(name):
            if not _reads(name, content):
                yield f"half visible: {folder}/{name}"
        elif content not in wanted:
            yield f"half visible: {folder}/{name}"
        elif not any(notes <= names for notes in _wanted_notes(folder, name)):
            yield f"half visible: {folder}/{name} without its notes"


def _wanted_notes(folder: str, name: str) -> list[set[str]]:
    """Return the sets of notes of which a payload must have one whole."""
    if folder == "rejected":
        return [{f"{name}.verdict.json", f"{name}.verdict.txt"}]
    return [{f"{name}.json"}, {str(Path(name).parent / note) for note in ("facts.json", "verdict.json")}]


def _notes(folder: str, name: str) -> set[str]:
    more = {str(Path(name).parent / "verdict.txt")} if folder == "in" else set()
    return set().union(*_wanted_notes(folder, name), more)


def _reads(name: str, content: bytes) -> bool:
    if not name.endswith(".json"):
        return content.endswith(b"\n")
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
