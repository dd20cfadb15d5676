# ruff: noqa: PT017, PT018 - what holds for every input, said in one line each
"""What every reading of a file must keep to, whatever the file holds."""

from __future__ import annotations

import re
from pathlib import Path

from edid.config.settings import Limits
from edid.documents.identify import identify
from edid.documents.kinds import Facts, Kind, Reading
from edid.documents.particulars.reading import read as read_particulars
from edid.documents.reading import read
from edid.documents.xml import parse, parse_shortened, stream
from edid.errors import RefusedInputError
from edid.validation import wire
from tests.fuzz.target import Desk, desk
from tests.fuzz.targets.names import must_be_safe

LIMITS = Limits(
    document_size=1_000_000, unpacked_size=2_000_000, attachment_size=100_000, flow_documents=20, flow_size=3_000_000
)
_INVOICES = (Kind.UBL_INVOICE, Kind.UBL_CREDIT_NOTE, Kind.CII)
_SIREN = re.compile(r"[0-9]{9}", re.ASCII)


def read_or_refused(data: bytes) -> Reading | None:
    """Read `data` as a dropped file: it is read, or refused with a code and a remedy; never anything else."""
    at = desk()
    reading = _read(at, data)
    left = _bytes_below(at.work)
    assert left <= LIMITS.unpacked_size + LIMITS.flow_size, "more was unpacked than allowed"
    at.must_be_clean(data)
    if reading is not None:
        _must_be_sound(reading, at.work)
        assert identify(at.path) is reading.kind, "identified as something else"
        again = _read(at, data)
        assert again == reading, "read twice, it says something else"
    return reading


def particulars_too(data: bytes) -> None:
    """Read `data`, and if it is an invoice what rules ask of it, in the three ways that large files need."""
    reading = read_or_refused(data)
    if reading is None or reading.kind not in _INVOICES:
        return
    path, kind = desk().path, reading.kind
    whole = read_particulars(parse(path, limit=LIMITS.document_size), kind)
    assert whole is not None
    assert whole == read_particulars(parse(path, limit=LIMITS.document_size), kind)
    shortened = parse_shortened(path, limit=LIMITS.document_size)
    assert shortened is not None
    short = read_particulars(shortened.tree, kind, taken=shortened.taken)
    assert short == whole, "without the inside of its attachments, the invoice says something else"
    skeleton = read_particulars(stream(path, limit=LIMITS.document_size).tree, kind, skeleton=True)
    assert skeleton is not None and skeleton.number == whole.number


def _read(at: Desk, data: bytes) -> Reading | None:
    at.lay(data)
    try:
        return read(at.path, at.work, LIMITS)
    except RefusedInputError as refusal:
        assert refusal.code and refusal.remedy and str(refusal).encode(), "a refusal that helps nobody"
        assert len(str(refusal)) < 2_000, "a refusal that nobody reads to its end"
        return None


def _must_be_sound(reading: Reading, work: Path) -> None:
    assert wire.unpacked(wire.packed(reading)) == reading, "it cannot be handed to the daemon"
    for facts in (reading.facts, *(invoice.facts for invoice in reading.invoices)):
        _must_be_facts(facts)
    for member in reading.members:
        assert member.path.parent == work and member.path.stat().st_size == member.size <= LIMITS.document_size
        assert member.name.isprintable()
    assert len(reading.members) <= LIMITS.flow_documents
    for invoice in reading.invoices:
        names = [attachment.name for attachment in invoice.attachments]
        assert len({name.casefold() for name in names}) == len(names), "two attachments of one name"
        for attachment in invoice.attachments:
            must_be_safe(attachment.name, 100)
            assert attachment.path.parent == work
            assert attachment.path.stat().st_size == attachment.size <= LIMITS.attachment_size
        assert all(fault.isprintable() for fault in invoice.faults)


def _must_be_facts(facts: Facts | None) -> None:
    if facts is None:
        return
    assert facts.seller_siren is None or _SIREN.fullmatch(facts.seller_siren), "a SIREN of other signs than digits"
    for amount in (facts.net_total, facts.vat_total, facts.gross_total, facts.payable):
        assert amount is None or amount.is_finite()


def _bytes_below(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.iterdir())
