"""The facts of a UN/CEFACT CrossIndustryInvoice (D16B, D22B), alone or inside a Factur-X.

Places: EN 16931-3-3 (CII binding), which are those of Chorus Pro as well; its samples give dates without a format.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from edid.documents.kinds import Facts
from edid.documents.parties import Identifier, best
from edid.documents.values import amount, compact_day, content, text

INVOICE = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_NAMES = {
    "rsm": INVOICE,
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
_AGREEMENT = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
_CONTEXT = "rsm:ExchangedDocumentContext"


def read(tree: etree._ElementTree) -> Facts:
    """Return the facts of a CrossIndustryInvoice `tree`; never raises for what it finds there."""
    root = tree.getroot()
    deal, money = root.find(_AGREEMENT, _NAMES), root.find(_SETTLEMENT, _NAMES)
    seller, buyer = _find(deal, "ram:SellerTradeParty"), _find(deal, "ram:BuyerTradeParty")
    seller_id, buyer_id = best(_identifiers(seller)), best(_identifiers(buyer))
    totals = _find(money, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    currency = _text(money, "ram:InvoiceCurrencyCode")
    return Facts(
        number=_text(root, "rsm:ExchangedDocument/ram:ID"),
        issue_date=compact_day(_text(root, "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString")),
        type_code=_text(root, "rsm:ExchangedDocument/ram:TypeCode"),
        currency=currency,
        frame=_text(root, f"{_CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        profile=_text(root, f"{_CONTEXT}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        service_code=_text(deal, "ram:BuyerReference"),
        engagement=_text(deal, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        contract=_text(deal, "ram:ContractReferencedDocument/ram:IssuerAssignedID"),
        seller_name=_text(seller, "ram:Name"),
        seller_id=seller_id.value,
        seller_scheme=seller_id.scheme,
        seller_vat=_vat(seller),
        buyer_name=_text(buyer, "ram:Name"),
        buyer_id=buyer_id.value,
        buyer_scheme=buyer_id.scheme,
        buyer_vat=_vat(buyer),
        net_total=amount(_text(totals, "ram:TaxBasisTotalAmount")),
        vat_total=amount(_tax_total(totals, currency)),
        gross_total=amount(_text(totals, "ram:GrandTotalAmount")),
        payable=amount(_text(totals, "ram:DuePayableAmount")),
        original_number=_text(money, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
    )


def _find(node: etree._Element | None, path: str) -> etree._Element | None:
    return None if node is None else node.find(path, _NAMES)


def _text(node: etree._Element | None, path: str) -> str | None:
    return None if node is None else content(node.find(path, _NAMES))


def _identifiers(party: etree._Element | None) -> Iterator[Identifier]:
    if party is None:
        return
    for path in ("ram:ID", "ram:GlobalID", "ram:SpecifiedLegalOrganization/ram:ID"):
        for node in party.iterfind(path, _NAMES):
            yield Identifier(content(node), text(node.get("schemeID") or node.get("schemeName")))


def _vat(party: etree._Element | None) -> str | None:
    for node in () if party is None else party.iterfind("ram:SpecifiedTaxRegistration/ram:ID", _NAMES):
        if node.get("schemeID") in {"VA", "VAT"}:
            return content(node)
    return None


def _tax_total(totals: etree._Element | None, currency: str | None) -> str | None:
    """Return the VAT in the invoice's currency; another total may give it in the accounting currency."""
    for node in () if totals is None else totals.iterfind("ram:TaxTotalAmount", _NAMES):
        if currency is None or node.get("currencyID") in {currency, None}:
            return content(node)
    return None
