"""The facts of a UBL 2.1 Invoice or CreditNote.

Places: EN 16931-3-2 (UBL binding), and those of Chorus Pro where it differs (AIFE, Dossier de specifications externes
Chorus Pro, annex of the UBL formats E1 and E2): frame in an extension, service code in the customer's contact.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from edid.documents.kinds import Facts
from edid.documents.parties import Identifier, best
from edid.documents.values import amount, content, day, text

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": _CBC,
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
}
_FRAME_NAMESPACES = (INVOICE, CREDIT_NOTE, _CBC, "")
"""Chorus Pro's samples put CategoryCode in the namespace of the document itself."""


def read(tree: etree._ElementTree) -> Facts:
    """Return the facts of an Invoice or CreditNote `tree`; never raises for what it finds there."""
    root = tree.getroot()
    currency = _text(root, "cbc:DocumentCurrencyCode")
    seller = root.find("cac:AccountingSupplierParty/cac:Party", _NAMES)
    buyer = root.find("cac:AccountingCustomerParty/cac:Party", _NAMES)
    seller_id, buyer_id = best(_identifiers(seller)), best(_identifiers(buyer))
    return Facts(
        number=_text(root, "cbc:ID"),
        issue_date=day(_text(root, "cbc:IssueDate")),
        type_code=_text(root, "cbc:InvoiceTypeCode") or _text(root, "cbc:CreditNoteTypeCode"),
        currency=currency,
        frame=_extension_frame(root) or _text(root, "cbc:ProfileID"),
        profile=_text(root, "cbc:CustomizationID"),
        service_code=_text(root, "cbc:BuyerReference") or _text(buyer, "cac:Contact/cbc:ID"),
        engagement=_text(root, "cac:OrderReference/cbc:ID"),
        contract=_text(root, "cac:ContractDocumentReference/cbc:ID"),
        seller_name=_name(seller),
        seller_id=seller_id.value,
        seller_scheme=seller_id.scheme,
        seller_vat=_vat(seller),
        buyer_name=_name(buyer),
        buyer_id=buyer_id.value,
        buyer_scheme=buyer_id.scheme,
        buyer_vat=_vat(buyer),
        net_total=amount(_text(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")),
        vat_total=amount(_tax_total(root, currency)),
        gross_total=amount(_text(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")),
        payable=amount(_text(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")),
        original_number=_text(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
    )


def _text(node: etree._Element | None, path: str) -> str | None:
    return None if node is None else content(node.find(path, _NAMES))


def _extension_frame(root: etree._Element) -> str | None:
    place = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"
    for extension in root.iterfind(place, _NAMES):
        for namespace in _FRAME_NAMESPACES:
            name = f"{{{namespace}}}CategoryCode" if namespace else "CategoryCode"
            if frame := content(extension.find(name)):
                return frame
    return None


def _name(party: etree._Element | None) -> str | None:
    return _text(party, "cac:PartyLegalEntity/cbc:RegistrationName") or _text(party, "cac:PartyName/cbc:Name")


def _identifiers(party: etree._Element | None) -> Iterator[Identifier]:
    if party is None:
        return
    for path in ("cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID"):
        for node in party.iterfind(path, _NAMES):
            yield Identifier(content(node), text(node.get("schemeID") or node.get("schemeName")))


def _vat(party: etree._Element | None) -> str | None:
    """Return the VAT number; Chorus Pro writes the regime (`TVA DEBIT`) where EN 16931 writes `VAT`."""
    for scheme in () if party is None else party.iterfind("cac:PartyTaxScheme", _NAMES):
        tax = (_text(scheme, "cac:TaxScheme/cbc:ID") or "").upper()
        number = _text(scheme, "cbc:CompanyID")
        if number and (tax == "VAT" or tax.startswith("TVA")):
            return number
    return None


def _tax_total(root: etree._Element, currency: str | None) -> str | None:
    """Return the VAT in the invoice's currency; another total may give it in the accounting currency."""
    for node in root.iterfind("cac:TaxTotal/cbc:TaxAmount", _NAMES):
        if currency is None or node.get("currencyID") in {currency, None}:
            return content(node)
    return None
