"""The particulars of a UBL 2.1 Invoice or CreditNote.

Places: EN 16931-3-2 (UBL binding), and those of Chorus Pro where it differs (AIFE, Dossier de specifications externes
Chorus Pro, annex of the UBL formats E1 and E2): frame in an extension, service code in the customer's contact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from lxml import etree

from edid.documents.particulars import blob, currencies, lines
from edid.documents.particulars.condition import Condition
from edid.documents.particulars.credit import is_credit
from edid.documents.particulars.model import Datum, Particulars, Party, Supplement
from edid.documents.particulars.spot import Spot, top
from edid.documents.ubl import CREDIT_NOTE, INVOICE
from edid.documents.values import amount, content
from edid.documents.xml import Element

_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "inv": INVOICE,
    "cn": CREDIT_NOTE,
}
_FRAMES = ("inv:CategoryCode", "cn:CategoryCode", "cbc:CategoryCode", "CategoryCode")
"""Chorus Pro's samples put CategoryCode in the namespace of the document itself."""
_SCHEMES = ("schemeID", "schemeName")
_SUBJECT = re.compile(r"#([A-Z]{3})#\s*")
"""How UBL writes the subject code of a note (BT-21) before its text."""
_OTHER_REFERENCES = frozenset({"50", "130"})
"""Type codes of references that are no supporting document: the tender (BT-17) and the object (BT-18)."""
_AMOUNTS = (
    "cac:TaxTotal/cbc:TaxAmount",
    "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount",
    "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount",
    "cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
    "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
    "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
    "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount",
    "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount",
    "cac:LegalMonetaryTotal/cbc:PrepaidAmount",
    "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount",
    "cac:LegalMonetaryTotal/cbc:PayableAmount",
)
_LINES = lines.Search(
    _NAMES,
    line="*[self::cac:InvoiceLine or self::cac:CreditNoteLine]",
    preceding="cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
    description="cac:Item/cbc:Description",
)
_FOREIGN = currencies.Search(_NAMES, tax_total="cbc:TaxAmount")


def read(root: Element, condition: Condition) -> Particulars:
    """Return the particulars of the Invoice or CreditNote `root`; never raises for what it finds there."""
    at = top(root, _NAMES)
    type_code = at.value("cbc:InvoiceTypeCode") or at.value("cbc:CreditNoteTypeCode")
    currency = at.value("cbc:DocumentCurrencyCode")
    payable = at.value("cac:LegalMonetaryTotal/cbc:PayableAmount")
    payee, of_lines = at.first("cac:PayeeParty"), _LINES.lines(root, condition)
    customer = at.first("cac:AccountingCustomerParty/cac:Party")
    validator = customer and customer.first("cac:ServiceProviderParty/cac:Party")
    return Particulars(
        syntax="ubl",
        is_credit_note=etree.QName(root).localname == "CreditNote" or is_credit(type_code),
        number=at.value("cbc:ID"),
        issue_date=at.value("cbc:IssueDate"),
        type_code=type_code,
        currency=currency,
        other_currencies=_FOREIGN.amounts(root, currency, at.value("cbc:TaxCurrencyCode"), condition),
        frame=_extension_frame(at) or at.value("cbc:ProfileID"),
        profile=at.value("cbc:CustomizationID"),
        service_code=at.value("cbc:BuyerReference") or (customer and customer.value("cac:Contact/cbc:ID")),
        engagement=at.value("cac:OrderReference/cbc:ID"),
        contract=at.value("cac:ContractDocumentReference/cbc:ID"),
        contract_type=at.value("cac:ContractDocumentReference/cbc:DocumentType")
        or at.value("cac:ContractDocumentReference/cbc:DocumentTypeCode"),
        payment_means=condition.most(at.values("cac:PaymentMeans/cbc:PaymentMeansCode"), "payment means"),
        payment_accounts=condition.most(
            at.values("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"), "payment accounts"
        ),
        payment_terms=condition.most(at.values("cac:PaymentTerms/cbc:Note"), "payment terms"),
        notes=condition.most((_note(each) for each in at.values("cbc:Note")), "notes"),
        seller=_party(at.first("cac:AccountingSupplierParty/cac:Party"), condition) or Party(),
        buyer=_party(customer, condition) or Party(),
        payee=_payee(payee, condition),
        validator=_party(validator, condition),
        supplements=condition.most(_supplements(at, condition), "attachments"),
        preceding=condition.most(
            at.values("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"), "prior invoices"
        ),
        delivery_location=at.value("cac:Delivery/cac:DeliveryLocation/cbc:ID"),
        line_count=of_lines.total,
        line_preceding_too_long=of_lines.preceding_too_long,
        item_descriptions_too_long=of_lines.descriptions_too_long,
        payable=None if payable is None else amount(payable.value),
        amounts=condition.most(chain.from_iterable(at.values(route, "currencyID") for route in _AMOUNTS), "amounts"),
    )


def _extension_frame(at: Spot) -> Datum | None:
    for extension in at.every("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"):
        for route in _FRAMES:
            if frame := extension.value(route):
                return frame
    return None


def _note(written: Datum) -> Datum:
    subject = _SUBJECT.match(written.value)
    return replace(written, value=written.value[subject.end() :], scheme=subject[1]) if subject else written


def _party(at: Spot | None, condition: Condition) -> Party | None:
    if at is None:
        return None
    own = condition.most(at.values("cac:PartyIdentification/cbc:ID", *_SCHEMES), "identifiers of a party")
    legal = condition.most(at.values("cac:PartyLegalEntity/cbc:CompanyID", *_SCHEMES), "identifiers of a party")
    return Party(
        identifiers=own + legal,
        legal=legal,
        name=at.value("cac:PartyLegalEntity/cbc:RegistrationName"),
        trade_name=at.value("cac:PartyName/cbc:Name"),
        street=at.value("cac:PostalAddress/cbc:StreetName"),
        city=at.value("cac:PostalAddress/cbc:CityName"),
        country=at.value("cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        contacts=sum(1 for _ in at.every("cac:Contact")),
        place=at.itself(),
    )


def _payee(at: Spot | None, condition: Condition) -> Party | None:
    """Return the payee, whose name (BT-59) is its party name: UBL gives it no registration name."""
    payee = _party(at, condition)
    return payee and replace(payee, name=payee.trade_name, trade_name=None)


def _supplements(at: Spot, condition: Condition) -> Iterator[Supplement]:
    for reference in at.every("cac:AdditionalDocumentReference"):
        type_code = reference.value("cbc:DocumentTypeCode")
        bytes_at = reference.first("cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
        if bytes_at is None and type_code is not None and type_code.value in _OTHER_REFERENCES:
            continue
        name = reference.value("cbc:ID")
        bare = Supplement(name=name, reference=name, type_code=type_code, place=reference.itself())
        if bytes_at is None:
            yield bare
            continue
        held = blob.read(content(bytes_at.element), condition, condition.taken_from(bytes_at.element))
        yield replace(
            bare,
            filename=bytes_at.attribute("filename"),
            mime=bytes_at.attribute("mimeCode"),
            embedded=True,
            **held._asdict(),
        )
