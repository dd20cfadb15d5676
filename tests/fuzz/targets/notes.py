# ruff: noqa: PT018 - what holds for every input, said in one line each
"""Small files that edid reads again after a restart: notes of fetches and filings, memory of alerts, anchors."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from edid.audit.anchor import anchors
from edid.exchange import filing, torn
from edid.exchange.alerts.memory import MemoryFile, moment
from edid.exchange.filing import Origin
from tests.fuzz.mutation import either, fields, numbers, plain_bytes, words
from tests.fuzz.target import Target, desk

_ORIGIN = Origin(7, "FEN0036A_ABC123_CPP0010036000000000000001", 1)


def _noted(data: bytes) -> None:
    at = desk()
    at.lay(data)
    folder = at.work
    (folder / "watch").mkdir()
    for name in ("7.json", "anchor-2026-11-23.json", "watch/s.polls.json", "facts.json"):
        (folder / name).write_bytes(data)
    _of_a_fetch(data)
    said = filing._note_says(folder / "facts.json", _ORIGIN)
    assert said is _names_origin(data)
    memory = MemoryFile(folder, "s", "polls").read()
    assert all(moment(value) is None or moment(value) for value in memory.values())
    found = anchors(folder, None)
    assert len(found.known) <= 1 and len(found.faults) <= 2


def _of_a_fetch(data: bytes) -> None:
    incoming = desk().work / "incoming"
    incoming.mkdir()
    (incoming / "7.json").write_bytes(data)
    (incoming / "7.part").write_bytes(b"half")
    house: Any = SimpleNamespace(incoming=lambda _sheet: incoming)
    sheet: Any = SimpleNamespace(name="s")
    for left in torn.cut_off(house, sheet):
        remote = left.remote
        assert isinstance(remote.name, str) and isinstance(remote.size, int), "a note that is no note"
        assert left.size == 4


def _names_origin(data: bytes) -> bool:
    said = _parsed(data)
    return isinstance(said, dict) and said.get("origin") == _ORIGIN.as_json()


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _written() -> tuple[bytes, ...]:
    notes = (
        {"name": "FEN0036A_ABC123_CPP0010036000000000000001", "size": 1234},
        {"origin": _ORIGIN.as_json(), "kind": "cpp-pivot"},
        {"polled": "2026-11-23T10:00:00+00:00", "since": "2026-11-23T10:00:00"},
        {"at": "2026-11-23T10:00:00+00:00", "event": 12, "hash": "ab" * 32},
        {"name": None, "size": "12"},
    )
    return (*(json.dumps(note).encode() for note in notes), b"[" * 300 + b"]" * 300, b"[" * 100_000)


_LINES = either(plain_bytes, words, numbers, fields(b","), fields(b'"'))
TARGETS = (Target("notes", _noted, _written, _LINES, weight=1),)
