# ruff: noqa: PT017, PT018 - what holds for every input, said in one line each
"""Decision files of an ERP: JSON and CSV."""

from __future__ import annotations

import json
from datetime import UTC

from edid.errors import RefusedInputError
from edid.exchange.decisions.notes import decision_notes
from edid.exchange.decisions.rows import MOST, Row, rows
from edid.exchange.decisions.wanted import digest_of
from edid.validation.verdict import Finding, Severity
from tests.fuzz.mutation import either, fields, numbers, plain_bytes, words
from tests.fuzz.target import Target


def _decided(data: bytes) -> None:
    try:
        found = rows(data)
    except RefusedInputError as refusal:
        assert refusal.code == "EDID_DECISION_FILE" and refusal.remedy
        _must_be_told({0: [Finding(refusal.code, Severity.FATAL, f"{refusal.message} {refusal.remedy}")]})
        return
    assert 0 < len(found) <= MOST and [row.place for row in found] == list(range(1, len(found) + 1))
    assert [_plain(row) for row in rows(data)] == [_plain(row) for row in found]
    for row in found:
        assert (row.decision is None) is (row.fault is not None)
        _must_be_storable(row)
    for language in ("fr", "en"):
        _must_be_told(
            {
                row.place: [Finding("DECISION-ROW", Severity.FATAL, row.fault.said(language))]
                for row in found
                if row.fault
            }
        )


def _must_be_storable(row: Row) -> None:
    """What a decision says can be asked of a database, sent as XML, and told in UTC."""
    decision = row.decision
    if decision is None:
        return
    texts = (decision.status, decision.number, decision.supplier, decision.comment, decision.payment_order)
    for text in (*texts, *decision.reasons, *(payment.currency for payment in decision.payments)):
        assert text is None or (text.encode() and "\0" not in text and len(text) <= 2_000), (
            "a text that no database takes"
        )
    assert len(decision.reasons) <= 2_000 and len(decision.payments) <= 2_000
    assert decision.document_id is None or 0 <= decision.document_id < 1 << 63
    assert decision.at is None or decision.at.astimezone(UTC)
    for payment in decision.payments:
        assert all(value is None or value.is_finite() for value in (payment.amount, payment.vat_rate))
        assert len(f"{payment.amount:f}") < 3_000
    assert digest_of("08", decision)


def _must_be_told(refused: dict[int, list[Finding]]) -> None:
    for language in ("fr", "en"):
        notes = decision_notes(refused, 1, file="d.csv", sheet="s", language=language, origin={})
        assert all(content for content in notes.values())


def _plain(row: Row) -> str:
    return repr((row.place, row.decision, str(row.fault)))


def _files() -> tuple[bytes, ...]:
    whole = {"document": 7, "status": "212", "reason": ["TX_TVA_ERR"], "comment": "réglé",
             "at": "2026-11-23T10:00:00+01:00",
             "payments": [{"amount": 12.5, "currency": "EUR", "vat_rate": "20", "paid_on": "23/11/2026"}]}  # fmt: skip
    csv = (
        "number;supplier;issue_date;status;reason;amount;vat_rate;at\nF-1;732829320;20261123;refusée;A|B;1 234,50;20;\n"
    )
    deep = '[{"status": "08", "number": "1", "reason": ' + "[" * 200 + "]" * 200 + "}]"
    return (
        json.dumps(whole).encode(),
        json.dumps([{"number": "F-1", "status": "acceptée", "issue_date": "2026-11-23"}, {"status": "08"}]).encode(),
        csv.encode(),
        csv.replace(";", "\t").encode("cp1252"),
        b'\xef\xbb\xbfdocument,status,comment\r\n7,08,"a ""quoted"" text"\r\n',
        rb'[{"status": "\ud800", "number": "\u0000", "issue_date": "\udfff", "\ud83d": 1}]',
        deep.encode(),
    )


_LINES = either(plain_bytes, words, numbers, fields(b","), fields(b";"), fields(b'"'))
TARGETS = (Target("decisions", _decided, _files, _LINES, weight=8),)
