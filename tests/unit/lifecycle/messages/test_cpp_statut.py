"""What we write as CPPStatut is valid by our schema and by AIFE's, and is read back as it was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from edid import resources
from edid.documents import cpp_statut as reader
from edid.documents.kinds import Facts, FlowStatus, InvoiceStatus, Reason
from edid.errors import RefusedInputError
from edid.flows.names import parse_strict
from edid.lifecycle.messages.codes import FLOW_LABELS, INVOICE_LABELS
from edid.lifecycle.messages.cpp_statut import (
    LONGEST_COMMENT,
    Fault,
    StatusLine,
    flow_acknowledgement,
    invoice_statuses,
)
from edid.lifecycle.messages.envelope import Envelope
from edid.lifecycle.messages.suppliers import supplier_of
from edid.lifecycle.messages.tree import words

FLOW = parse_strict("FSO1301A_AAA123_AAA1231301000000000000042")


@pytest.fixture
def envelope(at) -> Envelope:
    return Envelope.of(FLOW, receiver="CPP001", at=at)


@pytest.fixture(scope="session")
def official(corpus) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(corpus / "chorus" / "xsd" / "CPPStatutPivot_V1_19.xsd"))


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(resources.folder("schemas") / "CPPStatut_V1_19.xsd"))


def valid(written: bytes) -> etree._Element:
    root = etree.fromstring(written)
    schema().assertValid(root)
    return root


def statuses(written: bytes) -> tuple[InvoiceStatus, ...]:
    return reader.read_tree(valid(written).getroottree()).invoice_statuses


def test_a_status_of_a_recipient_comes_back_whole(envelope, facts, at):
    line = StatusLine(
        "08", facts, "Bon à payer", at=at - timedelta(days=1), payment_order="MD-7", debtor="20000000800026"
    )
    written = invoice_statuses(envelope, [line])
    reading = reader.read_tree(valid(written).getroottree())
    assert (reading.version, reading.envelope_flow_id) == ("V1_19", "AAA1231301000000000000042")
    assert reading.invoice_statuses == (
        InvoiceStatus(
            code="08",
            number="F-2026/042",
            at=at - timedelta(days=1),
            invoice_date=date(2026, 7, 1),
            supplier_type="1",
            supplier_id="10000000900015",
            supplier_name="Établissements Çà & Là",
            debtor_id="20000000800026",
            service_code="ACHATS",
            label="Mandatée",
            comment="Bon à payer",
            payment_order="MD-7",
        ),
    )


@pytest.mark.parametrize("code", sorted(INVOICE_LABELS))
def test_every_status_is_valid_for_the_platform(envelope, facts, official, code):
    reasons = (Reason("COORD_BANC_ERR", "Coordonnées bancaires"), Reason("AUTRE"))
    written = invoice_statuses(envelope, [StatusLine(code, facts, "Voir", reasons), StatusLine(code, facts)])
    official.assertValid(etree.fromstring(written))
    assert [(it.code, it.comment) for it in statuses(written)] == [
        (code, "COORD_BANC_ERR (Coordonnées bancaires) ; AUTRE : Voir"),
        (code, None),
    ]


@pytest.mark.parametrize("code", sorted(FLOW_LABELS))
def test_every_word_about_a_flow_is_valid_for_the_platform(envelope, at, official, code):
    faults = [Fault("IRR_SYNTAX", "Mal formé", "ligne 3"), Fault("X", "y")]
    for given_faults in ((), faults):
        written = flow_acknowledgement(envelope, code, "CPP0010036000000000000007", comment="Reçu", faults=given_faults)
        official.assertValid(etree.fromstring(written))
        assert reader.read_tree(valid(written).getroottree()).flow_statuses == (
            FlowStatus(
                code=code,
                flow_id="CPP0010036000000000000007",
                at=at,
                label=FLOW_LABELS[code],
                comment="Reçu",
                errors=tuple((it.nature, it.code, it.label, it.description or "") for it in given_faults),
            ),
        )


def test_the_envelope_says_who_sends_to_whom(envelope, facts):
    root = valid(invoice_statuses(envelope, [StatusLine("06", facts)]))
    assert [root.findtext(f".//{side}/Id") for side in ("Emetteur", "Recepteur")] == ["AAA123", "CPP001"]
    assert root.find("CPPFactureStatuts").get("compteur") == "1"


def test_a_comment_is_cut_where_the_platform_would_cut_it(envelope, facts):
    (said,) = statuses(invoice_statuses(envelope, [StatusLine("05", facts, "é" * 300, (Reason("AUTRE"),))]))
    assert len(said.comment) == LONGEST_COMMENT
    assert said.comment.startswith("AUTRE : éé")
    assert said.comment.endswith("é…")


@pytest.mark.parametrize("lacking", [{"number": None}, {"seller_id": None}, {"buyer_id": None}, {"buyer_id": "123"}])
def test_a_status_that_cannot_be_said_is_refused(envelope, facts, lacking):
    with pytest.raises(RefusedInputError) as refused:
        invoice_statuses(envelope, [StatusLine("06", replace(facts, **lacking))])
    assert refused.value.code == "EDID_STATUS"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Facts(seller_id="10000000900015", seller_scheme="1"), ("1", "10000000900015")),
        (Facts(seller_id="Dupont", seller_scheme="7"), ("7", "Dupont")),
        (Facts(seller_id="DE1", seller_scheme="0223"), ("2", "DE1")),
        (Facts(seller_id="100000009"), ("1", "100000009")),
        (Facts(seller_vat="FR44100000009"), ("1", "100000009")),
        (Facts(seller_id="x", seller_vat="DE123456789"), ("2", "DE123456789")),
        (Facts(seller_id="x"), ("3", "x")),
    ],
)
def test_a_supplier_keeps_the_number_by_which_the_platform_knows_it(given, expected):
    assert supplier_of(given) == expected


anything = st.text(max_size=300)


@given(anything, st.lists(st.builds(Reason, st.just("AUTRE") | st.none(), anything | st.none()), max_size=3), anything)
@settings(max_examples=150, deadline=None)
def test_whatever_people_write_fits_the_format_and_comes_back(text, reasons, number):
    facts = Facts(number, date(2026, 7, 1), seller_id="1" * 14, buyer_id="2" * 14, seller_name=text, service_code=text)
    line = StatusLine("06", facts, text, tuple(reasons), payment_order=text)
    written = invoice_statuses(Envelope("F1", "CPP001", "AAA123", datetime(2026, 7, 2, tzinfo=UTC)), [line])
    (said,) = statuses(written)
    assert (said.number, said.payment_order) == (words(number) or "", words(text))
    assert len(said.comment or "") <= LONGEST_COMMENT
    if not reasons:
        assert said.comment == words(text, LONGEST_COMMENT)
