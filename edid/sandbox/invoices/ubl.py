"""Example invoices and credit notes in UBL 2.1, as Chorus Pro takes them on FSO1100A (class E1).

Places of the data: EN 16931-1 and CEN/TS 16931-3-2; on the historical interfaces `schemeName="1"`
says that a party is known by its SIRET (AIFE, Dossier de specifications externes Chorus Pro v1.0).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Unpack

from edid.lifecycle.messages.tree import Branch
from edid.sandbox.invoices.content import NOTES, Choices, Invoice, Line, VatShare, example_invoice
from edid.sandbox.invoices.parties import Party

_COMMON: dict[str | None, str] = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
_STYLESHEET = "FSO1100A.xsl"


def ubl_invoice(number: str, issue_date: date, **choices: Unpack[Choices]) -> bytes:
    """Return a UBL invoice with the content of `example_invoice`."""
    return write_ubl(example_invoice(number, issue_date, **choices))


def ubl_credit_note(number: str, issue_date: date, *, credit_of: str, **choices: Unpack[Choices]) -> bytes:
    """Return a UBL credit note that corrects the invoice `credit_of`, issued ten days before."""
    return write_ubl(example_invoice(number, issue_date, credit_of=credit_of, **choices))


def write_ubl(invoice: Invoice) -> bytes:
    """Return `invoice` as a UBL document, with the style sheet instruction of the historical interface."""
    kind = "Invoice" if invoice.type_code == "380" else "CreditNote"
    root = Branch.root(kind, {None: _ROOT.format(kind), **_COMMON})
    _header(root, invoice, kind)
    _party(root.branch("cac:AccountingSupplierParty"), invoice.seller, invoice)
    _party(root.branch("cac:AccountingCustomerParty"), invoice.buyer, invoice)
    root.branch("cac:Delivery").leaf("cbc:ActualDeliveryDate", invoice.issue_date)
    _payment(root, invoice)
    _totals(root, invoice)
    for place, line in enumerate(invoice.lines, start=1):
        _line(root, place, line, invoice.currency, kind)
    return root.document(stylesheet=_STYLESHEET if invoice.historical else None)


def _header(root: Branch, invoice: Invoice, kind: str) -> None:
    root.leaf("cbc:CustomizationID", "urn:cen.eu:en16931:2017")
    root.leaf("cbc:ProfileID", invoice.frame)
    root.leaf("cbc:ID", invoice.number)
    root.leaf("cbc:IssueDate", invoice.issue_date)
    if kind == "Invoice":
        root.leaf("cbc:DueDate", invoice.due_date)
    root.leaf(f"cbc:{kind}TypeCode", invoice.type_code)
    for code, text in NOTES:
        root.leaf("cbc:Note", f"#{code}#{text}")
    root.leaf("cbc:DocumentCurrencyCode", invoice.currency)
    root.leaf("cbc:BuyerReference", invoice.service_code)
    if invoice.engagement is not None:
        root.branch("cac:OrderReference").leaf("cbc:ID", invoice.engagement)
    if invoice.original_number is not None:
        original = root.branch("cac:BillingReference").branch("cac:InvoiceDocumentReference")
        original.leaf("cbc:ID", invoice.original_number)
        original.leaf("cbc:IssueDate", invoice.original_date)
    if invoice.contract is not None:
        root.branch("cac:ContractDocumentReference").leaf("cbc:ID", invoice.contract)


def _party(holder: Branch, company: Party, invoice: Invoice) -> None:
    party = holder.branch("cac:Party")
    party.leaf("cbc:EndpointID", company.siren, schemeID="0225")
    siret_mark = {"schemeID": "0009", **({"schemeName": "1"} if invoice.historical else {})}
    party.branch("cac:PartyIdentification").leaf("cbc:ID", company.siret, **siret_mark)
    party.branch("cac:PartyName").leaf("cbc:Name", company.name)
    address = party.branch("cac:PostalAddress")
    address.leaf("cbc:StreetName", company.street)
    address.leaf("cbc:CityName", company.city)
    address.leaf("cbc:PostalZone", company.postcode)
    address.branch("cac:Country").leaf("cbc:IdentificationCode", "FR")
    tax = party.branch("cac:PartyTaxScheme")
    tax.leaf("cbc:CompanyID", company.vat)
    tax.branch("cac:TaxScheme").leaf("cbc:ID", "VAT")
    legal = party.branch("cac:PartyLegalEntity")
    legal.leaf("cbc:RegistrationName", company.name)
    legal.leaf("cbc:CompanyID", company.siren, schemeID="0002")
    party.branch("cac:Contact").leaf("cbc:ElectronicMail", company.email)


def _payment(root: Branch, invoice: Invoice) -> None:
    means = root.branch("cac:PaymentMeans")
    means.leaf("cbc:PaymentMeansCode", "30")
    if invoice.type_code == "381":
        means.leaf("cbc:PaymentDueDate", invoice.due_date)
    means.leaf("cbc:PaymentID", invoice.number)
    if invoice.seller.iban is not None:
        means.branch("cac:PayeeFinancialAccount").leaf("cbc:ID", invoice.seller.iban)


def _totals(root: Branch, invoice: Invoice) -> None:
    money = {"currencyID": invoice.currency}
    tax = root.branch("cac:TaxTotal")
    tax.leaf("cbc:TaxAmount", invoice.vat_total, **money)
    for share in invoice.vat:
        _vat_share(tax.branch("cac:TaxSubtotal"), share, money)
    total = root.branch("cac:LegalMonetaryTotal")
    total.leaf("cbc:LineExtensionAmount", invoice.net_total, **money)
    total.leaf("cbc:TaxExclusiveAmount", invoice.net_total, **money)
    total.leaf("cbc:TaxInclusiveAmount", invoice.gross_total, **money)
    total.leaf("cbc:PayableAmount", invoice.gross_total, **money)


def _vat_share(subtotal: Branch, share: VatShare, money: dict[str, str]) -> None:
    subtotal.leaf("cbc:TaxableAmount", share.base, **money)
    subtotal.leaf("cbc:TaxAmount", share.amount, **money)
    _vat_category(subtotal.branch("cac:TaxCategory"), share.rate)


def _vat_category(category: Branch, rate: Decimal) -> None:
    category.leaf("cbc:ID", "S")
    category.leaf("cbc:Percent", rate)
    category.branch("cac:TaxScheme").leaf("cbc:ID", "VAT")


def _line(root: Branch, place: int, line: Line, currency: str, kind: str) -> None:
    written = root.branch(f"cac:{kind}Line")
    written.leaf("cbc:ID", place)
    quantity = "cbc:InvoicedQuantity" if kind == "Invoice" else "cbc:CreditedQuantity"
    written.leaf(quantity, line.quantity, unitCode="C62")
    written.leaf("cbc:LineExtensionAmount", line.net, currencyID=currency)
    item = written.branch("cac:Item")
    item.leaf("cbc:Name", line.name)
    item.branch("cac:SellersItemIdentification").leaf("cbc:ID", line.reference)
    _vat_category(item.branch("cac:ClassifiedTaxCategory"), line.vat_rate)
    written.branch("cac:Price").leaf("cbc:PriceAmount", line.unit_price, currencyID=currency)
