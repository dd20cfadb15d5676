"""What we write as CDAR is valid by D22B and BR-FR-CDV, and is read back as it was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyfrctc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from edid.documents import cdar as reader
from edid.documents.kinds import Characteristic, Facts, InvoiceStatus, Reason
from edid.errors import RefusedInputError
from edid.lifecycle.messages.amounts import cashed, paid
from edid.lifecycle.messages.cdar import CdarToWrite, cdar
from edid.lifecycle.messages.codes import CDAR_CODES
from edid.lifecycle.messages.details import Enclosure
from edid.lifecycle.messages.parties import Party, buyer, company, platform, seller
from edid.lifecycle.messages.tree import words
from edid.validation import judge
from edid.validation.verdict import Outcome

MOTIVES = {"206": "QTE_ERR", "207": "TX_TVA_ERR", "208": "JUSTIF_ABS", "210": "TX_TVA_ERR", "213": "REJ_SEMAN"}
AGENT = company("30000000700011", role="AB", name="Maître d'œuvre")


def status(code: str, facts: Facts, at: datetime, **more) -> CdarToWrite:
    """Return what a status with this code needs at least, and `more`."""
    needed = {}
    if code in MOTIVES:
        needed["reasons"] = (Reason(MOTIVES[code], "Un motif"),)
    if code == "212":
        needed["characteristics"] = (cashed(Decimal("1200.00"), Decimal(20)), cashed(Decimal("-105.5"), Decimal("5.5")))
    if code == "211":
        needed["characteristics"] = (paid(Decimal(1200), date(2026, 7, 2)),)
    if code == "214":
        needed["author"] = AGENT
    return CdarToWrite(code, facts, at, **(needed | more))


def read_back(written: bytes) -> InvoiceStatus:
    (said,) = reader.read_tree(etree.fromstring(written).getroottree()).invoice_statuses
    return said


def valid(written: bytes) -> None:
    verdict = judge(written, profile="fr-ctc")
    assert verdict.outcome is Outcome.VALID, verdict
    assert verdict.findings == ()
    assert {pack.name for pack in verdict.packs} == {"CDAR", "BR-FR-CDV"}


@cache
def d22b() -> etree.XMLSchema:
    folder = Path(pyfrctc.__file__).parent / "cdar-xsd"
    return etree.XMLSchema(file=str(folder / "CrossDomainAcknowledgementAndResponse_100pD22B.xsd"))


@pytest.mark.parametrize("code", CDAR_CODES)
@pytest.mark.parametrize("direction", ["received", "sent"])
def test_every_status_is_valid_by_the_official_rules(facts, at, code, direction):
    """Of a self-billed invoice the one who sent it is the buyer: each status exists in both directions."""
    role = CDAR_CODES[code].author
    ours = {"received": facts.buyer_id, "sent": facts.seller_id}[direction]
    if role in {"BY", "SE"} and (role == "BY") == (direction == "sent"):
        facts = replace(facts, seller_id=facts.buyer_id, buyer_id=facts.seller_id, type_code="389")
    more = {"author": company(ours, role=role, name="Nous")} if role in {"BY", "SE"} else {}
    for message in (
        status(code, facts, at),
        status(code, facts, at, comment="Déjà vu", received_at=at, created_at=at + timedelta(minutes=5), **more),
    ):
        written = cdar(message)
        valid(written)
        said = read_back(written)
        assert (said.code, said.number, said.invoice_date) == (code, "F-2026/042", date(2026, 7, 1))
        assert (said.supplier_type, said.supplier_id) == ("0002", facts.seller_id[:9])
        assert (said.at, said.comment) == (at, message.comment)
        assert (said.phase, said.condition) == (CDAR_CODES[code].phase, CDAR_CODES[code].condition)


def test_the_rules_do_say_so_when_a_motive_is_not_of_the_status(facts, at):
    verdict = judge(cdar(status("208", facts, at, reasons=(Reason("TX_TVA_ERR"),))), profile="fr-ctc")
    assert verdict.outcome is Outcome.INVALID
    assert {finding.rule.split("_")[0] for finding in verdict.findings} == {"BR-FR-CDV-CL-09"}


def test_a_full_dispute_is_valid_and_comes_back_whole(facts, at):
    wrong, right = (Characteristic("BT-152", kind, "Taux", "/Invoice", percent=rate) for kind, rate in RATES)
    reasons = (
        Reason("TX_TVA_ERR", "Taux erroné", "NIN", "Corriger", ("Ligne 3",), (wrong, right)),
        Reason("AUTRE", "Voir le bon", notes=("Bon 12",)),
    )
    written = cdar(status("207", facts, at, reasons=reasons, comment="Deux points"))
    valid(written)
    said = read_back(written)
    assert said.reasons == (replace(reasons[0], notes=("Deux points", "Ligne 3")), reasons[1])
    assert said.comment == "Deux points\nLigne 3\nBon 12"
    assert (said.debtor_id, said.supplier_name) == ("200000008", "Établissements Çà & Là")


RATES = (("DIV", Decimal("10.00")), ("DVA", Decimal("20.00")))


def test_sums_come_back_with_their_rates_and_days(facts, at):
    (sums,) = read_back(cdar(status("212", facts, at))).reasons
    assert sums == Reason(characteristics=status("212", facts, at).characteristics)
    (payment,) = read_back(cdar(status("211", facts, at))).reasons
    assert payment.characteristics[0] == paid(Decimal(1200), date(2026, 7, 2))


def test_files_go_with_a_completed_invoice(facts, at):
    written = cdar(status("209", facts, at, enclosures=(Enclosure("bon é.pdf", b"%PDF-1.7"),)))
    valid(written)
    (held,) = etree.fromstring(written).iterfind(".//{*}AttachmentBinaryObject")
    assert (held.text, held.get("filename"), held.get("mimeCode")) == ("JVBERi0xLjc=", "bon é.pdf", "application/pdf")


def test_moments_are_french_time_and_there_is_no_byte_order_mark(facts, at):
    written = cdar(status("204", facts, at))
    assert written.startswith(b"<?xml")
    moments = [node.text for node in etree.fromstring(written).iterfind(".//{*}DateTimeString")]
    assert moments == ["20260703003015", "20260703003015", "20260701"]


def test_a_message_is_known_by_what_it_says(facts, at):
    said = status("210", facts, at)
    assert cdar(said) == cdar(status("210", facts, at))
    others = [
        replace(said, code="207"),
        replace(said, at=at + timedelta(seconds=1)),
        replace(said, reasons=(Reason("DOUBLON"),)),
        replace(said, comment="x"),
        replace(said, facts=replace(facts, seller_id="40000000600001")),
        replace(said, facts=replace(facts, number="F-2026/042 bis et bien plus long encore")),
    ]
    names = {read_back(cdar(each)).message_id for each in (said, *others)}
    assert len(names) == 7
    assert all(name.startswith("F-2026/042") and len(name) <= 50 for name in names)
    assert read_back(cdar(replace(said, message_id="M-1"))).message_id == "M-1"


def test_parties_can_be_told(facts, at):
    to = (seller(facts, address="100000009_STATUTS"), platform())
    written = cdar(status("205", facts, at, recipients=to, sender=Party("BY", "200000008"), process=None))
    root = etree.fromstring(written)
    assert [node.text for node in root.iterfind(".//{*}URIID")] == ["100000009_STATUTS"]
    assert [node.text for node in root.iterfind("{*}ExchangedDocument/*/{*}RoleCode")] == ["BY", "BY", "SE", "WK"]
    assert root.find(".//{*}BusinessProcessSpecifiedDocumentContextParameter") is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Facts(seller_id="10000000900015"), ("100000009", "0002", "100000009")),
        (Facts(seller_id="100 000 009", seller_scheme="0002"), ("100000009", "0002", "100000009")),
        (Facts(seller_vat="FR44100000009"), ("100000009", "0002", "100000009")),
        (Facts(seller_vat="DE123456789"), ("DE123456789", "0223", "DE123456789")),
        (Facts(seller_id="DE123456789", seller_scheme="2"), ("DE123456789", "0223", "DE123456789")),
        (Facts(seller_id="CH-7", seller_scheme="0227"), ("CH-7", "0227", "CH-7")),
        (Facts(), (None, None, None)),
    ],
)
def test_a_party_is_known_by_its_siren_where_it_has_one(given, expected):
    party = seller(given)
    assert (party.id, party.scheme, party.address) == expected
    turned = Facts(buyer_id=given.seller_id, buyer_scheme=given.seller_scheme, buyer_vat=given.seller_vat)
    assert replace(buyer(turned), role="SE") == party


@pytest.mark.parametrize(
    ("code", "lacking"),
    [
        ("199", {}),
        ("204", {"number": None}),
        ("204", {"number": " "}),
        ("204", {"issue_date": None}),
        ("204", {"seller_id": None}),
        ("204", {"buyer_id": None}),
        ("212", {"buyer_id": None}),
    ],
)
def test_a_status_that_cannot_be_said_is_refused(facts, at, code, lacking):
    with pytest.raises(RefusedInputError) as refused:
        cdar(status(code, replace(facts, **lacking), at))
    assert refused.value.code == "EDID_STATUS"
    assert refused.value.remedy


@pytest.mark.parametrize("code", ["206", "207", "208", "210", "213", "212", "214"])
def test_what_a_status_demands_is_not_left_out(facts, at, code):
    with pytest.raises(RefusedInputError):
        cdar(CdarToWrite(code, facts, at, reasons=(Reason(text="sans code"),)))


def test_a_sum_without_rate_is_refused(facts, at):
    sums = (cashed(Decimal(1), Decimal(20)), Characteristic(type_code="MEN", amount=Decimal(1)))
    with pytest.raises(RefusedInputError, match="rate"):
        cdar(status("212", facts, at, characteristics=sums))


anything = st.text(max_size=80)
data = st.builds(
    Characteristic,
    id=st.just("BT-1"),
    type_code=st.sampled_from(["DIV", "DVA", "MAJ", "CBB", "RAP"]),
    name=anything,
    location=anything,
    value=anything.filter(lambda text: not text.strip()[:4].isdigit()),
    amount=st.none() | st.decimals("-1e9", "1e9", places=2),
    currency=st.just("EUR"),
    percent=st.none() | st.decimals(0, 100, places=2),
)
motives = st.builds(
    Reason,
    code=st.just("AUTRE"),
    text=anything,
    action_code=st.just("OTH"),
    action=anything,
    notes=st.lists(anything, max_size=3).map(tuple),
    characteristics=st.lists(data, max_size=3).map(tuple),
)


@given(st.lists(motives, min_size=1, max_size=3), st.none() | anything, anything.filter(words), anything)
@settings(max_examples=150, deadline=None)
def test_whatever_people_write_fits_the_format_and_comes_back(reasons, comment, number, name):
    facts = Facts(number, date(2026, 7, 1), "380", seller_id="100000009", buyer_id="200000008", seller_name=name)
    written = cdar(CdarToWrite("207", facts, datetime(2026, 7, 2, tzinfo=UTC), tuple(reasons), comment=comment))
    d22b().assertValid(etree.fromstring(written))
    said = read_back(written)
    expected = [as_read(each) for each in reasons]
    if words(comment):
        expected[0] = replace(expected[0], notes=(words(comment), *expected[0].notes))
    assert list(said.reasons) == expected
    assert (said.number, said.supplier_name) == (words(number), words(name))


def as_read(reason: Reason) -> Reason:
    return replace(
        reason,
        text=words(reason.text),
        action=words(reason.action),
        notes=tuple(filter(None, map(words, reason.notes))),
        characteristics=tuple(
            replace(
                each,
                name=words(each.name),
                location=words(each.location),
                value=words(each.value),
                currency=None if each.amount is None else each.currency,
            )
            for each in reason.characteristics
        ),
    )
