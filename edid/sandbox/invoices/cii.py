"""Example invoices in UN/CEFACT CII (CrossIndustryInvoice), as on FSO1106A and inside Factur-X.

Places of the data: EN 16931-1 and CEN/TS 16931-3-3.
"""

from __future__ import annotations

from datetime import date
from typing import Unpack

from edid.lifecycle.messages.tree import Branch
from edid.sandbox.invoices.content import NOTES, Choices, Invoice, Line, VatShare, example_invoice
from edid.sandbox.invoices.parties import Party

_STANDARD = "urn:un:unece:uncefact:data:standard:"
_SPACES: dict[str | None, str] = {
    "rsm": _STANDARD + "CrossIndustryInvoice:100",
    "ram": _STANDARD + "ReusableAggregateBusinessInformationEntity:100",
    "qdt": _STANDARD + "QualifiedDataType:100",
    "udt": _STANDARD + "UnqualifiedDataType:100",
}


def cii_invoice(number: str, issue_date: date, *, credit_of: str | None = None, **choices: Unpack[Choices]) -> bytes:
    """Return a CII invoice, or a credit note of `credit_of`, with the content of `example_invoice`."""
    return write_cii(example_invoice(number, issue_date, credit_of=credit_of, **choices))


def write_cii(invoice: Invoice) -> bytes:
    """Return `invoice` as a CII document of the EN 16931 profile."""
    root = Branch.root("rsm:CrossIndustryInvoice", _SPACES)
    _context(root.branch("rsm:ExchangedDocumentContext"), invoice)
    _document(root.branch("rsm:ExchangedDocument"), invoice)
    trade = root.branch("rsm:SupplyChainTradeTransaction")
    for place, line in enumerate(invoice.lines, start=1):
        _line(trade.branch("ram:IncludedSupplyChainTradeLineItem"), place, line)
    _agreement(trade.branch("ram:ApplicableHeaderTradeAgreement"), invoice)
    delivery = trade.branch("ram:ApplicableHeaderTradeDelivery").branch("ram:ActualDeliverySupplyChainEvent")
    _day(delivery.branch("ram:OccurrenceDateTime"), invoice.issue_date)
    _settlement(trade.branch("ram:ApplicableHeaderTradeSettlement"), invoice)
    return root.document()


def _context(context: Branch, invoice: Invoice) -> None:
    context.branch("ram:BusinessProcessSpecifiedDocumentContextParameter").leaf("ram:ID", invoice.frame)
    context.branch("ram:GuidelineSpecifiedDocumentContextParameter").leaf("ram:ID", "urn:cen.eu:en16931:2017")


def _document(document: Branch, invoice: Invoice) -> None:
    document.leaf("ram:ID", invoice.number)
    document.leaf("ram:TypeCode", invoice.type_code)
    _day(document.branch("ram:IssueDateTime"), invoice.issue_date)
    for code, text in NOTES:
        note = document.branch("ram:IncludedNote")
        note.leaf("ram:Content", text)
        note.leaf("ram:SubjectCode", code)


def _day(holder: Branch, day: date) -> None:
    holder.leaf("udt:DateTimeString", f"{day:%Y%m%d}", format="102")


def _line(item: Branch, place: int, line: Line) -> None:
    item.branch("ram:AssociatedDocumentLineDocument").leaf("ram:LineID", place)
    product = item.branch("ram:SpecifiedTradeProduct")
    product.leaf("ram:SellerAssignedID", line.reference)
    product.leaf("ram:Name", line.name)
    price = item.branch("ram:SpecifiedLineTradeAgreement").branch("ram:NetPriceProductTradePrice")
    price.leaf("ram:ChargeAmount", line.unit_price)
    item.branch("ram:SpecifiedLineTradeDelivery").leaf("ram:BilledQuantity", line.quantity, unitCode="C62")
    settlement = item.branch("ram:SpecifiedLineTradeSettlement")
    tax = settlement.branch("ram:ApplicableTradeTax")
    tax.leaf("ram:TypeCode", "VAT")
    tax.leaf("ram:CategoryCode", "S")
    tax.leaf("ram:RateApplicablePercent", line.vat_rate)
    total = settlement.branch("ram:SpecifiedTradeSettlementLineMonetarySummation")
    total.leaf("ram:LineTotalAmount", line.net)


def _agreement(agreement: Branch, invoice: Invoice) -> None:
    agreement.leaf("ram:BuyerReference", invoice.service_code)
    _party(agreement.branch("ram:SellerTradeParty"), invoice.seller, invoice)
    _party(agreement.branch("ram:BuyerTradeParty"), invoice.buyer, invoice)
    if invoice.engagement is not None:
        order = agreement.branch("ram:BuyerOrderReferencedDocument")
        order.leaf("ram:IssuerAssignedID", invoice.engagement)
    if invoice.contract is not None:
        contract = agreement.branch("ram:ContractReferencedDocument")
        contract.leaf("ram:IssuerAssignedID", invoice.contract)


def _party(party: Branch, company: Party, invoice: Invoice) -> None:
    party.leaf("ram:GlobalID", company.siret, schemeID="0009")
    party.leaf("ram:Name", company.name)
    legal = party.branch("ram:SpecifiedLegalOrganization")
    if invoice.historical:  # where the historical interfaces look for the SIRET; elsewhere it is the SIREN
        legal.leaf("ram:ID", company.siret, schemeID="0009")
    else:
        legal.leaf("ram:ID", company.siren, schemeID="0002")
    address = party.branch("ram:PostalTradeAddress")
    address.leaf("ram:PostcodeCode", company.postcode)
    address.leaf("ram:LineOne", company.street)
    address.leaf("ram:CityName", company.city)
    address.leaf("ram:CountryID", "FR")
    party.branch("ram:URIUniversalCommunication").leaf("ram:URIID", company.siren, schemeID="0225")
    party.branch("ram:SpecifiedTaxRegistration").leaf("ram:ID", company.vat, schemeID="VA")


def _settlement(settlement: Branch, invoice: Invoice) -> None:
    settlement.leaf("ram:PaymentReference", invoice.number)
    settlement.leaf("ram:InvoiceCurrencyCode", invoice.currency)
    if invoice.validator is not None:
        _party(settlement.branch("ram:InvoiceeTradeParty"), invoice.validator, invoice)
    means = settlement.branch("ram:SpecifiedTradeSettlementPaymentMeans")
    means.leaf("ram:TypeCode", "30")
    if invoice.seller.iban is not None:
        means.branch("ram:PayeePartyCreditorFinancialAccount").leaf("ram:IBANID", invoice.seller.iban)
    for share in invoice.vat:
        _vat_share(settlement.branch("ram:ApplicableTradeTax"), share)
    _day(settlement.branch("ram:SpecifiedTradePaymentTerms").branch("ram:DueDateDateTime"), invoice.due_date)
    _totals(settlement.branch("ram:SpecifiedTradeSettlementHeaderMonetarySummation"), invoice)
    if invoice.original_number is not None:
        _original(settlement.branch("ram:InvoiceReferencedDocument"), invoice)


def _vat_share(tax: Branch, share: VatShare) -> None:
    tax.leaf("ram:CalculatedAmount", share.amount)
    tax.leaf("ram:TypeCode", "VAT")
    tax.leaf("ram:BasisAmount", share.base)
    tax.leaf("ram:CategoryCode", "S")
    tax.leaf("ram:RateApplicablePercent", share.rate)


def _totals(total: Branch, invoice: Invoice) -> None:
    total.leaf("ram:LineTotalAmount", invoice.net_total)
    total.leaf("ram:TaxBasisTotalAmount", invoice.net_total)
    total.leaf("ram:TaxTotalAmount", invoice.vat_total, currencyID=invoice.currency)
    total.leaf("ram:GrandTotalAmount", invoice.gross_total)
    total.leaf("ram:DuePayableAmount", invoice.gross_total)


def _original(reference: Branch, invoice: Invoice) -> None:
    reference.leaf("ram:IssuerAssignedID", invoice.original_number)
    if invoice.original_date is not None:
        issued = reference.branch("ram:FormattedIssueDateTime")
        _qualified_day(issued, invoice.original_date)


def _qualified_day(holder: Branch, day: date) -> None:
    holder.leaf("qdt:DateTimeString", f"{day:%Y%m%d}", format="102")
