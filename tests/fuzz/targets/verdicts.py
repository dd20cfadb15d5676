"""Answers of judge processes, and verdicts as they are kept."""

from __future__ import annotations

import json
import pickletools
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from edid.documents import kinds
from edid.exchange.answers.motives import errors, fatal, findings, reasons, said
from edid.exchange.todo import _findings
from edid.validation import process, verdict, wire
from edid.validation.judging import Judgement
from edid.validation.verdict import Finding, Outcome, PackUsed, Severity, Verdict, concluded
from tests.fuzz.mutation import either, fields, plain_bytes
from tests.fuzz.target import Target

_BETWEEN = b"\x1f"
_FACTS = kinds.Facts(number="F-1", issue_date=date(2026, 11, 23), payable=Decimal("12.50"))
_FINDING = Finding("BR-CO-15", Severity.FATAL, "message", line=3, path="/a", terms=("BT-23",))
_VERDICT = concluded((PackUsed("EN16931-UBL", "1", "ab" * 32),), (_FINDING,), profile="p")
_STATUS = kinds.InvoiceStatus(
    "08", "F-1", datetime(2026, 11, 23, tzinfo=UTC), reasons=(kinds.Reason("A", notes=("n",)),)
)


def _answered(data: bytes) -> None:
    before = _written_on_classes()
    try:
        judgement = process._answer(data)
    except process.LostProcessError:
        return
    finally:
        assert _written_on_classes() == before, "an answer changed a class of ours"
    assert isinstance(judgement, Judgement)
    assert isinstance(judgement.verdict.outcome, Outcome)
    for finding in judgement.verdict.findings:
        assert isinstance(finding.rule, str), "something else than a text"
        assert isinstance(finding.message, str), "something else than a text"


def _written_on_classes() -> dict[tuple[str, str], object]:
    return {(each.__qualname__, name): value for each in _CLASSES for name, value in vars(each).items()}


_CLASSES = tuple(wire._CLASSES.values())


def _judgements() -> tuple[bytes, ...]:
    invoice = kinds.Reading(kinds.Kind.UBL_INVOICE, facts=_FACTS, interface_hint="FSO1110A")
    status = kinds.Reading(kinds.Kind.CPP_STATUT, invoice_statuses=(_STATUS,))
    return (
        wire.packed(Judgement(invoice, _VERDICT, seconds=0.5)),
        wire.packed(Judgement(status, replace(_VERDICT, outcome=Outcome.VALID, findings=()))),
        wire.packed(Judgement(None, verdict.not_judged("because"))),
    )


_OPCODES = tuple(each.code.encode("latin-1") for each in pickletools.opcodes)


def _opcodes(data: bytes, chance: random.Random) -> bytes:
    """Put one instruction of the pickle language in the place of another, or before it."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(_OPCODES) + data[at + chance.randrange(2) :]


def _kept(data: bytes) -> None:
    """Write a verdict with texts of a stranger to the journal, and tell it."""
    texts = [part.decode("utf-8", "replace") for part in data.split(_BETWEEN)] + [""] * 8
    found = tuple(
        Finding(texts[0], severity, texts[1], path=texts[2], found=texts[3], remedy=texts[4], terms=(texts[5],))
        for severity in Severity
    )
    kept = json.loads(json.dumps(concluded((), found, profile=texts[6]).as_json()))
    assert Verdict(Outcome(kept["outcome"])).outcome is Outcome.INVALID
    rows = [{"code": texts[0], "text": texts[1], "action": texts[2], "notes": [texts[3], texts[4]]}]
    for language in ("fr", "en"):
        items = findings(kept, language)
        assert [item["severity"] for item in items] == [str(severity) for severity in Severity]
        motives = [*reasons(rows, "cdar", language), *errors({"errors": [["", *texts[:3]]]}, language)]
        for text in (
            fatal(items),
            said(motives),
            *(str(value) for item in [*items, *motives] for value in item.values()),
        ):
            assert text is None or (text.isprintable() and len(text) <= 2_000)
        assert _findings(kept, language)


def _texts() -> tuple[bytes, ...]:
    return (
        _BETWEEN.join((b"BR-CO-15", b"The total is wrong", b"/Invoice/cbc:ID", b"12", b"corrigez", b"BT-23", b"p")),
        _BETWEEN.join((b"IRR_TYPE", b"\xe2\x80\xae", b"NIN", b"\0", b"x" * 900, b"", b"")),
        _BETWEEN.join((b"MOT01", b"why", b"", b"", b"", b"", b"")),
    )


TARGETS = (
    Target("judge answers", _answered, _judgements, either(_opcodes, plain_bytes), weight=7),
    Target("kept verdicts", _kept, _texts, either(fields(_BETWEEN), plain_bytes), weight=2),
)
