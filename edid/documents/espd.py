"""The facts of a DUME (ESPD): what a public buyer asks of tenderers, and what a company answers.

UBL 2.3 QualificationApplicationRequest and QualificationApplicationResponse, as the ESPD Exchange Data Model uses
them. Where its versions differ in the namespace of an element, the name alone counts. No schema of these is installed
with edid: they are identified and read, and judged by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from edid.documents.kinds import Facts, Kind, Reading
from edid.documents.parties import Identifier, best
from edid.documents.values import content, day, text

REQUEST = "urn:oasis:names:specification:ubl:schema:xsd:QualificationApplicationRequest-2"
RESPONSE = "urn:oasis:names:specification:ubl:schema:xsd:QualificationApplicationResponse-2"
ROOTS = {
    f"{{{REQUEST}}}QualificationApplicationRequest": Kind.ESPD_REQUEST,
    f"{{{RESPONSE}}}QualificationApplicationResponse": Kind.ESPD_RESPONSE,
}
_BUYER = "{*}ContractingParty/{*}Party"
_COMPANIES = ("{*}EconomicOperatorParty/{*}Party", "{*}EconomicOperatorParty/{*}QualifyingParty/{*}Party")


def read(tree: etree._ElementTree, kind: Kind) -> Reading:
    """Return what a request or response `tree` says; never raises for what it finds there.

    Of the facts: `number` is its ID, `contract` the ContractFolderID, `buyer_*` the contracting party, `seller_*` the
    economic operator, `profile` the CustomizationID. `envelope_flow_id` is its UUID, `version` the version of the data
    model (ProfileExecutionID), else that of UBL.
    """
    root = tree.getroot()
    buyer = root.find(_BUYER)
    company = next((party for place in _COMPANIES if (party := root.find(place)) is not None), None)
    buyer_id, seller_id = best(_identifiers(buyer)), best(_identifiers(company))
    facts = Facts(
        number=_text(root, "{*}ID"),
        issue_date=day(_text(root, "{*}IssueDate")),
        profile=_text(root, "{*}CustomizationID"),
        contract=_text(root, "{*}ContractFolderID"),
        seller_name=_name(company),
        seller_id=seller_id.value,
        seller_scheme=seller_id.scheme,
        seller_vat=_text(company, "{*}PartyTaxScheme/{*}CompanyID"),
        buyer_name=_name(buyer),
        buyer_id=buyer_id.value,
        buyer_scheme=buyer_id.scheme,
    )
    return Reading(
        kind,
        facts=facts,
        envelope_flow_id=_text(root, "{*}UUID"),
        version=_text(root, "{*}ProfileExecutionID") or _text(root, "{*}UBLVersionID"),
    )


def _name(party: etree._Element | None) -> str | None:
    return _text(party, "{*}PartyLegalEntity/{*}RegistrationName") or _text(party, "{*}PartyName/{*}Name")


def _identifiers(party: etree._Element | None) -> Iterator[Identifier]:
    if party is None:
        return
    for path in ("{*}PartyIdentification/{*}ID", "{*}PartyLegalEntity/{*}CompanyID"):
        for node in party.iterfind(path):
            yield Identifier(content(node), text(node.get("schemeID") or node.get("schemeName")))


def _text(node: etree._Element | None, path: str) -> str | None:
    return None if node is None else content(node.find(path))
