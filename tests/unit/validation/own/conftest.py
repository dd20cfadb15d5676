"""Good invoices in both syntaxes, to break one fact at a time."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import date

import pikepdf
import pytest
from lxml import etree

from edid.documents.kinds import Kind
from edid.documents.particulars.reading import read
from edid.sandbox.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from edid.validation.own.packs import OWN_PACKS
from edid.validation.own.rule import Circumstances
from edid.validation.own.running import run

ISSUED = date(2026, 9, 1)
DEPOSITED = date(2026, 9, 15)
NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
SUPPLIER, CUSTOMER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
TRADE = "rsm:SupplyChainTradeTransaction"
DEAL, MONEY = f"{TRADE}/ram:ApplicableHeaderTradeAgreement", f"{TRADE}/ram:ApplicableHeaderTradeSettlement"
LINE = f"{TRADE}/ram:IncludedSupplyChainTradeLineItem"
SELLER, BUYER = f"{DEAL}/ram:SellerTradeParty", f"{DEAL}/ram:BuyerTradeParty"
TOTALS = f"{MONEY}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
CONTEXT = "rsm:ExchangedDocumentContext"
PLACES = {
    "number": ("cbc:ID", "rsm:ExchangedDocument/ram:ID"),
    "date": ("cbc:IssueDate", "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"),
    "type": ("cbc:InvoiceTypeCode", "rsm:ExchangedDocument/ram:TypeCode"),
    "currency": ("cbc:DocumentCurrencyCode", f"{MONEY}/ram:InvoiceCurrencyCode"),
    "frame": ("cbc:ProfileID", f"{CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
    "service": ("cbc:BuyerReference", f"{DEAL}/ram:BuyerReference"),
    "engagement": ("cac:OrderReference/cbc:ID", f"{DEAL}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    "contract": (
        "cac:ContractDocumentReference/cbc:ID",
        f"{DEAL}/ram:ContractReferencedDocument/ram:IssuerAssignedID",
    ),
    "prior invoice": (
        "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
        f"{MONEY}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID",
    ),
    "supplier": (f"{SUPPLIER}/cac:PartyIdentification/cbc:ID", f"{SELLER}/ram:SpecifiedLegalOrganization/ram:ID"),
    "recipient": (f"{CUSTOMER}/cac:PartyIdentification/cbc:ID", f"{BUYER}/ram:SpecifiedLegalOrganization/ram:ID"),
    "seller's private id": (f"{SUPPLIER}/cac:PartyIdentification/cbc:ID", f"{SELLER}/ram:GlobalID"),
    "buyer's private id": (f"{CUSTOMER}/cac:PartyIdentification/cbc:ID", f"{BUYER}/ram:GlobalID"),
    "seller": (f"{SUPPLIER}/cac:PartyLegalEntity/cbc:RegistrationName", f"{SELLER}/ram:Name"),
    "buyer": (f"{CUSTOMER}/cac:PartyLegalEntity/cbc:RegistrationName", f"{BUYER}/ram:Name"),
    "seller's trade name": (
        f"{SUPPLIER}/cac:PartyName/cbc:Name",
        f"{SELLER}/ram:SpecifiedLegalOrganization/ram:TradingBusinessName",
    ),
    "buyer's trade name": (
        f"{CUSTOMER}/cac:PartyName/cbc:Name",
        f"{BUYER}/ram:SpecifiedLegalOrganization/ram:TradingBusinessName",
    ),
    "street": (f"{SUPPLIER}/cac:PostalAddress/cbc:StreetName", f"{SELLER}/ram:PostalTradeAddress/ram:LineOne"),
    "city": (f"{SUPPLIER}/cac:PostalAddress/cbc:CityName", f"{SELLER}/ram:PostalTradeAddress/ram:CityName"),
    "seller's contact": (f"{SUPPLIER}/cac:Contact/cbc:Name", f"{SELLER}/ram:DefinedTradeContact/ram:PersonName"),
    "buyer's contact": (f"{CUSTOMER}/cac:Contact/cbc:Name", f"{BUYER}/ram:DefinedTradeContact/ram:PersonName"),
    "payee": ("cac:PayeeParty/cac:PartyName/cbc:Name", f"{MONEY}/ram:PayeeTradeParty/ram:Name"),
    "payee's id": ("cac:PayeeParty/cac:PartyIdentification/cbc:ID", f"{MONEY}/ram:PayeeTradeParty/ram:GlobalID"),
    "means": (
        "cac:PaymentMeans/cbc:PaymentMeansCode",
        f"{MONEY}/ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode",
    ),
    "account": (
        "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID",
        f"{MONEY}/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount/ram:IBANID",
    ),
    "terms": ("cac:PaymentTerms/cbc:Note", f"{MONEY}/ram:SpecifiedTradePaymentTerms/ram:Description"),
    "note": ("cbc:Note", "rsm:ExchangedDocument/ram:IncludedNote/ram:Content"),
    "delivery": (
        "cac:Delivery/cac:DeliveryLocation/cbc:ID",
        f"{TRADE}/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty/ram:ID",
    ),
    "payable": ("cac:LegalMonetaryTotal/cbc:PayableAmount", f"{TOTALS}/ram:DuePayableAmount"),
    "line's prior invoice": (
        "cac:InvoiceLine/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
        f"{LINE}/ram:SpecifiedLineTradeSettlement/ram:InvoiceReferencedDocument/ram:IssuerAssignedID",
    ),
    "description": (
        "cac:InvoiceLine/cac:Item/cbc:Description",
        f"{LINE}/ram:SpecifiedTradeProduct/ram:Description",
    ),
    "attachment": (
        "cac:AdditionalDocumentReference/cbc:ID",
        f"{DEAL}/ram:AdditionalReferencedDocument/ram:IssuerAssignedID",
    ),
}


def clark(step: str) -> str:
    prefix, _, local = step.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


class Draft:
    """An invoice in one syntax; its places are called alike in both."""

    def __init__(self, syntax: str, data: bytes) -> None:
        self.syntax = syntax
        self.root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))

    def route(self, place: str) -> str:
        return PLACES[place][0 if self.syntax == "ubl" else 1]

    def node(self, place: str) -> etree._Element:
        found = self.root.find(self.route(place), NAMES)
        assert found is not None, f"{place} is not in this {self.syntax}"
        return found

    def write(self, place: str, value: str, **attributes: str) -> None:
        """Write `value`, making what is missing on the way; `attributes` replace those that are there."""
        node = self.root
        for step in self.route(place).split("/"):
            child = node.find(step, NAMES)
            node = etree.SubElement(node, clark(step)) if child is None else child
        node.text = value
        if attributes:
            node.attrib.clear()
            node.attrib.update(attributes)

    def add(self, place: str, value: str, *, above: int = 1, **attributes: str) -> None:
        """Write `value` a second time: the element `above` levels up is made anew."""
        steps = self.route(place).split("/")
        holder = self.root.find("/".join(steps[:-above]), NAMES) if len(steps) > above else self.root
        assert holder is not None, f"nothing holds {place} in this {self.syntax}"
        for step in steps[-above:]:
            holder = etree.SubElement(holder, clark(step))
        holder.text = value
        holder.attrib.update(attributes)

    def erase(self, place: str) -> None:
        node = self.node(place)
        node.getparent().remove(node)

    def attach(self, name: str | None, content: bytes | str, **attributes: str) -> None:
        """Embed bytes, or a text that stands for them as it is."""
        text = content if isinstance(content, str) else base64.b64encode(content).decode()
        if self.syntax == "ubl":
            holder = etree.SubElement(self.root, clark("cac:AdditionalDocumentReference"))
            inner, leaf, called = "cac:Attachment", "cbc:EmbeddedDocumentBinaryObject", "cbc:ID"
        else:
            deal = self.root.find(DEAL, NAMES)
            holder = etree.SubElement(deal, clark("ram:AdditionalReferencedDocument"))
            inner, leaf, called = "", "ram:AttachmentBinaryObject", "ram:IssuerAssignedID"
        if name is not None:
            etree.SubElement(holder, clark(called)).text = name
        parent = etree.SubElement(holder, clark(inner)) if inner else holder
        etree.SubElement(parent, clark(leaf), mimeCode="application/pdf", **attributes).text = text

    @property
    def kind(self) -> Kind:
        if self.syntax == "cii":
            return Kind.CII
        return Kind.UBL_CREDIT_NOTE if self.root.tag.endswith("CreditNote") else Kind.UBL_INVOICE

    def bytes(self) -> bytes:
        return etree.tostring(self.root, pretty_print=True)

    def findings(self, pack: str = "CHORUS-PRO", environment: str = "production", day: date = DEPOSITED):
        tree = etree.ElementTree(etree.fromstring(self.bytes(), etree.XMLParser(huge_tree=True)))
        particulars = read(tree, self.kind)
        listed, total = run(OWN_PACKS[pack], particulars, Circumstances(day, environment))
        assert total >= len(listed)
        return listed


def zipped(*names: str, content: bytes = b"%PDF-1.7 quotation") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture(name="zipped", scope="session")
def zipped_fixture() -> Callable[..., bytes]:
    """Make a zip of files with these names."""
    return zipped


def historical(syntax: str, **choices: object) -> Draft:
    """An invoice for the historical interfaces, each party with one identifier, where Chorus Pro reads it."""
    make = ubl_invoice if syntax == "ubl" else cii_invoice
    draft = Draft(syntax, make("F-2026-1", ISSUED, **choices))
    doubles = (
        (f"{SUPPLIER}/cac:PartyLegalEntity/cbc:CompanyID", f"{CUSTOMER}/cac:PartyLegalEntity/cbc:CompanyID")
        if syntax == "ubl"
        else (f"{SELLER}/ram:GlobalID", f"{BUYER}/ram:GlobalID")
    )
    for route in doubles:
        node = draft.root.find(route, NAMES)
        node.getparent().remove(node)
    return draft


@pytest.fixture(params=["ubl", "cii"])
def syntax(request) -> str:
    return request.param


@pytest.fixture
def draft(syntax) -> Draft:
    """A good invoice for the historical interfaces."""
    return historical(syntax)


@pytest.fixture
def credit(syntax) -> Draft:
    """A good credit note for the historical interfaces."""
    if syntax == "ubl":
        return Draft(syntax, ubl_credit_note("A-2026-1", ISSUED, credit_of="F-2026-1"))
    return Draft(syntax, cii_invoice("A-2026-1", ISSUED, credit_of="F-2026-1"))


@pytest.fixture
def reform(syntax) -> Draft:
    """A good invoice for the approved platforms."""
    make = ubl_invoice if syntax == "ubl" else cii_invoice
    return Draft(syntax, make("F-2026-1", ISSUED, frame="B1"))


@pytest.fixture(scope="session")
def rules() -> Callable[..., dict[str, str]]:
    """Say which rules were found broken, and how heavy the first finding of each is."""

    def told(findings) -> dict[str, str]:
        first: dict[str, str] = {}
        for finding in findings:
            first.setdefault(finding.rule, str(finding.severity))
        return first

    return told


@pytest.fixture(scope="session")
def issued() -> date:
    """The issue date of the drafts."""
    return ISSUED


@pytest.fixture(scope="session")
def circumstances() -> Circumstances:
    return Circumstances(DEPOSITED, "production")


@pytest.fixture(scope="session")
def embedded() -> Callable[[bytes], bytes]:
    """Take the invoice out of a Factur-X."""

    def out(pdf: bytes) -> bytes:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return document.attachments["factur-x.xml"].get_file().read_bytes()

    return out


@pytest.fixture(scope="session")
def drafts() -> Callable[[str], Draft]:
    """Make a good invoice for the historical interfaces in a syntax."""
    return historical


@pytest.fixture(scope="session")
def places() -> list[str]:
    """What the places of a draft are called."""
    return sorted(PLACES)
