"""The particulars of a UN/CEFACT CrossIndustryInvoice (D16B, D22B), alone or inside a Factur-X.

Places: EN 16931-3-3 (CII binding), which are those of Chorus Pro as well (AIFE, example flows FSO1116A).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from edid.documents.cii import INVOICE
from edid.documents.particulars import blob, currencies, lines
from edid.documents.particulars.condition import Condition
from edid.documents.particulars.credit import is_credit
from edid.documents.particulars.model import Datum, Particulars, Party, Supplement
from edid.documents.particulars.spot import Spot, top
from edid.documents.values import amount, content
from edid.documents.xml import Element

_NAMES = {
    "rsm": INVOICE,
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
_TRADE = "rsm:SupplyChainTradeTransaction"
_DEAL = f"{_TRADE}/ram:ApplicableHeaderTradeAgreement"
_DELIVERY = f"{_TRADE}/ram:ApplicableHeaderTradeDelivery"
_MONEY = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
_CONTEXT = "rsm:ExchangedDocumentContext"
_MEANS = f"{_MONEY}/ram:SpecifiedTradeSettlementPaymentMeans"
_TOTALS = f"{_MONEY}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_SCHEMES = ("schemeID", "schemeName")
_SUPPORTING = "916"
"""UNTDID 1001: a supporting document (BG-24), not a tender (50) or an object (130)."""
_AMOUNTS = (
    f"{_MONEY}/ram:ApplicableTradeTax/ram:CalculatedAmount",
    f"{_MONEY}/ram:ApplicableTradeTax/ram:BasisAmount",
    f"{_TOTALS}/ram:LineTotalAmount",
    f"{_TOTALS}/ram:ChargeTotalAmount",
    f"{_TOTALS}/ram:AllowanceTotalAmount",
    f"{_TOTALS}/ram:TaxBasisTotalAmount",
    f"{_TOTALS}/ram:TaxTotalAmount",
    f"{_TOTALS}/ram:RoundingAmount",
    f"{_TOTALS}/ram:GrandTotalAmount",
    f"{_TOTALS}/ram:TotalPrepaidAmount",
    f"{_TOTALS}/ram:DuePayableAmount",
)
_LINES = lines.Search(
    _NAMES,
    line=f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem",
    preceding="ram:SpecifiedLineTradeSettlement/ram:InvoiceReferencedDocument/ram:IssuerAssignedID",
    description="ram:SpecifiedTradeProduct/ram:Description",
)
_FOREIGN = currencies.Search(_NAMES, tax_total="ram:TaxTotalAmount")


def read(root: Element, condition: Condition) -> Particulars:
    """Return the particulars of the CrossIndustryInvoice `root`; never raises for what it finds there."""
    at = top(root, _NAMES)
    type_code = at.value("rsm:ExchangedDocument/ram:TypeCode")
    currency = at.value(f"{_MONEY}/ram:InvoiceCurrencyCode")
    accounting = at.value(f"{_MONEY}/ram:TaxCurrencyCode")
    payable = at.value(f"{_TOTALS}/ram:DuePayableAmount")
    of_lines = _LINES.lines(root, condition)
    return Particulars(
        syntax="cii",
        is_credit_note=is_credit(type_code),
        number=at.value("rsm:ExchangedDocument/ram:ID"),
        issue_date=at.value("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString", "format"),
        type_code=type_code,
        currency=currency,
        other_currencies=_FOREIGN.amounts(root, currency, accounting, condition),
        frame=at.value(f"{_CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        profile=at.value(f"{_CONTEXT}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        service_code=at.value(f"{_DEAL}/ram:BuyerReference"),
        engagement=at.value(f"{_DEAL}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        contract=at.value(f"{_DEAL}/ram:ContractReferencedDocument/ram:IssuerAssignedID"),
        contract_type=at.value(f"{_DEAL}/ram:ContractReferencedDocument/ram:ReferenceTypeCode"),
        payment_means=condition.most(at.values(f"{_MEANS}/ram:TypeCode"), "payment means"),
        payment_accounts=condition.most(_accounts(at), "payment accounts"),
        payment_terms=condition.most(
            at.values(f"{_MONEY}/ram:SpecifiedTradePaymentTerms/ram:Description"), "payment terms"
        ),
        notes=condition.most(_notes(at), "notes"),
        seller=_party(at.first(f"{_DEAL}/ram:SellerTradeParty"), condition) or Party(),
        buyer=_party(at.first(f"{_DEAL}/ram:BuyerTradeParty"), condition) or Party(),
        payee=_party(at.first(f"{_MONEY}/ram:PayeeTradeParty"), condition),
        validator=_party(at.first(f"{_MONEY}/ram:InvoiceeTradeParty"), condition),
        supplements=condition.most(_supplements(at, condition), "attachments"),
        preceding=condition.most(
            at.values(f"{_MONEY}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"), "prior invoices"
        ),
        delivery_location=at.value(f"{_DELIVERY}/ram:ShipToTradeParty/ram:ID")
        or at.value(f"{_DELIVERY}/ram:ShipToTradeParty/ram:GlobalID"),
        line_count=of_lines.total,
        line_preceding_too_long=of_lines.preceding_too_long,
        item_descriptions_too_long=of_lines.descriptions_too_long,
        payable=None if payable is None else amount(payable.value),
        amounts=condition.most(chain.from_iterable(at.values(route, "currencyID") for route in _AMOUNTS), "amounts"),
    )


def _accounts(at: Spot) -> Iterator[Datum]:
    for account in at.every(f"{_MEANS}/ram:PayeePartyCreditorFinancialAccount"):
        if number := account.value("ram:IBANID") or account.value("ram:ProprietaryID"):
            yield number


def _notes(at: Spot) -> Iterator[Datum]:
    for note in at.every("rsm:ExchangedDocument/ram:IncludedNote"):
        subject = note.value("ram:SubjectCode")
        for text in note.values("ram:Content"):
            yield replace(text, scheme=subject.value) if subject else text


def _party(at: Spot | None, condition: Condition) -> Party | None:
    if at is None:
        return None
    own = chain(at.values("ram:ID", *_SCHEMES), at.values("ram:GlobalID", *_SCHEMES))
    legal = condition.most(at.values("ram:SpecifiedLegalOrganization/ram:ID", *_SCHEMES), "identifiers of a party")
    return Party(
        identifiers=condition.most(own, "identifiers of a party") + legal,
        legal=legal,
        name=at.value("ram:Name"),
        trade_name=at.value("ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        street=at.value("ram:PostalTradeAddress/ram:LineOne"),
        city=at.value("ram:PostalTradeAddress/ram:CityName"),
        country=at.value("ram:PostalTradeAddress/ram:CountryID"),
        contacts=sum(1 for _ in at.every("ram:DefinedTradeContact")),
        place=at.itself(),
    )


def _supplements(at: Spot, condition: Condition) -> Iterator[Supplement]:
    for reference in at.every(f"{_DEAL}/ram:AdditionalReferencedDocument"):
        type_code, name = reference.value("ram:TypeCode"), reference.value("ram:IssuerAssignedID")
        bare = Supplement(name=name, reference=name, type_code=type_code, place=reference.itself())
        embeds = False
        for bytes_at in reference.every("ram:AttachmentBinaryObject"):
            embeds = True
            held = blob.read(content(bytes_at.element), condition, condition.taken_from(bytes_at.element))
            yield replace(
                bare,
                filename=bytes_at.attribute("filename"),
                mime=bytes_at.attribute("mimeCode"),
                embedded=True,
                **held._asdict(),
            )
        if not embeds and type_code is not None and type_code.value == _SUPPORTING:
            yield bare
