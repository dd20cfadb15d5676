"""Whatever edid keeps is named by an event: what no event names could be changed without a word."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from edid.audit.mentions import named
from edid.journal import chain
from edid.journal.tables import documents, events, files, flows
from tests.unit.audit.conftest import document
from tests.unit.exchange.corridor import Corridor


def test_every_stored_byte_is_named_by_an_event(corridor: Corridor, store: Path) -> None:
    told = {digest for row in corridor.rows(events) for digest in named(row.data)}
    assert {path.parent.name + path.name for path in store.glob("??/*")} == told


def test_every_row_with_bytes_is_named_by_an_event_about_it(corridor: Corridor) -> None:
    told = {(row.entity, row.entity_id, row.data.get("sha256")) for row in corridor.rows(events)}
    for entity, table in (("file", files), ("document", documents), ("flow", flows)):
        for row in corridor.rows(table):
            assert row.sha256 is None or (entity, row.id, row.sha256) in told, (entity, row.id)


def test_a_status_names_the_bytes_that_brought_it(corridor: Corridor) -> None:
    returns = {flow.id: flow.sha256 for flow in corridor.flows() if flow.direction == "in"}
    (status,) = corridor.events("document.status")
    (report,) = corridor.events("flow.status")
    for event in (status, report):
        assert returns[event.data["source"]["flow"]] == event.data["source"]["sha256"]


def test_a_judged_document_names_its_verdict(corridor: Corridor) -> None:
    row = document(corridor, "F-1", "sent")
    (event,) = (each for each in corridor.events("document.valid") if each.entity_id == row.id)
    assert event.data["verdict_sha256"] == chain.digest_of(row.verdict)
    assert _as_documented(row.verdict) == event.data["verdict_sha256"]


def _as_documented(verdict: Any) -> str:
    """What docs/audit.md tells an auditor to do."""
    return sha256(json.dumps(verdict, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
