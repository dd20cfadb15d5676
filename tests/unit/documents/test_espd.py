from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from edid.documents import espd
from edid.documents.kinds import Facts, Kind
from edid.documents.reading import read

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
BODY = """<cbc:UBLVersionID>2.3</cbc:UBLVersionID>
<cbc:CustomizationID>urn:www.cenbii.eu:transaction:biitrdm070:ver3.0</cbc:CustomizationID>
<cbc:ProfileExecutionID>ESPD-EDMv3.0.1</cbc:ProfileExecutionID>
<cbc:ID schemeAgencyID="XXX">DUME-42</cbc:ID><cbc:UUID>8d3f2f9e-0000-4000-8000-000000000001</cbc:UUID>
<cbc:ContractFolderID>MARCHE-2026-7</cbc:ContractFolderID><cbc:IssueDate>2026-09-01</cbc:IssueDate>
<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID schemeID="SIRET">21930053000017</cbc:ID>
</cac:PartyIdentification><cac:PartyName><cbc:Name>Commune</cbc:Name></cac:PartyName></cac:Party></cac:ContractingParty>
<cac:EconomicOperatorParty>{company}</cac:EconomicOperatorParty>"""
COMPANY = """<cac:Party><cac:PartyIdentification><cbc:ID schemeID="SIREN">732829320</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>Soumissionnaire</cbc:Name></cac:PartyName></cac:Party>"""


def document(word: str, company: str = COMPANY, body: str = BODY) -> bytes:
    name = f"QualificationApplication{word}"
    return (
        f'<{name} xmlns="{UBL}{name}-2" xmlns:cac="{UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{UBL}CommonBasicComponents-2">{body.format(company=company)}</{name}>'
    ).encode()


@pytest.mark.parametrize(("word", "kind"), [("Request", Kind.ESPD_REQUEST), ("Response", Kind.ESPD_RESPONSE)])
def test_the_facts_of_a_dume(drop, work, limits, word, kind):
    reading = read(drop(document(word)), work, limits)
    assert (reading.kind, reading.version) == (kind, "ESPD-EDMv3.0.1")
    assert reading.envelope_flow_id == "8d3f2f9e-0000-4000-8000-000000000001"
    assert reading.facts == Facts(
        number="DUME-42",
        issue_date=date(2026, 9, 1),
        profile="urn:www.cenbii.eu:transaction:biitrdm070:ver3.0",
        contract="MARCHE-2026-7",
        seller_name="Soumissionnaire",
        seller_id="732829320",
        seller_scheme="SIREN",
        buyer_name="Commune",
        buyer_id="21930053000017",
        buyer_scheme="SIRET",
    )


def test_the_company_of_an_older_model_is_found_too(drop, work, limits):
    company = f"<cac:QualifyingParty>{COMPANY}</cac:QualifyingParty>"
    assert read(drop(document("Response", company)), work, limits).facts.seller_id == "732829320"


def test_one_that_says_nothing_is_read_all_the_same(drop, work, limits):
    reading = read(drop(document("Request", body="")), work, limits)
    assert (reading.facts, reading.envelope_flow_id, reading.version) == (Facts(), None, None)


_NAMES = st.sampled_from(["ID", "UUID", "IssueDate", "ContractingParty", "EconomicOperatorParty", "Party", "PartyName"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(st.text(max_size=20), lambda inner: st.lists(st.tuples(_NAMES, inner), max_size=4), max_leaves=20))
def test_nothing_in_it_raises(made):
    def fill(node, content):
        if isinstance(content, str):
            node.text = "".join(sign for sign in content if sign.isprintable())
            return
        for name, inner in content:
            fill(etree.SubElement(node, name), inner)

    root = etree.Element(f"{{{espd.REQUEST}}}QualificationApplicationRequest")
    fill(root, made)
    assert espd.read(root.getroottree(), Kind.ESPD_REQUEST).kind is Kind.ESPD_REQUEST
