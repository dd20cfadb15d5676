"""Documents made here, small and complete enough to be read."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from lxml import etree

from edid.config.settings import Limits
from edid.errors import RefusedInputError

UBL = b"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="FSO1110A.xsl"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
 xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><CategoryCode>A1</CategoryCode></ext:ExtensionContent>
</ext:UBLExtension></ext:UBLExtensions>
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ProfileID>B1</cbc:ProfileID>
<cbc:ID> F2026-001 </cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>EJ-77</cbc:ID></cac:OrderReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F2025-9</cbc:ID></cac:InvoiceDocumentReference>
</cac:BillingReference>
<cac:ContractDocumentReference><cbc:ID>M-12</cbc:ID></cac:ContractDocumentReference>
<cac:AccountingSupplierParty><cac:Party>
 <cac:PartyIdentification><cbc:ID schemeID="SEPA">FR00ZZZ123456</cbc:ID></cac:PartyIdentification>
 <cac:PartyIdentification><cbc:ID schemeID="0002">732829320</cbc:ID></cac:PartyIdentification>
 <cac:PartyIdentification><cbc:ID schemeName="1">73282932000074</cbc:ID></cac:PartyIdentification>
 <cac:PartyTaxScheme><cbc:CompanyID>FR44732829320</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
 </cac:PartyTaxScheme>
 <cac:PartyLegalEntity><cbc:RegistrationName>Vendeur &amp; Fils</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
 <cac:PartyName><cbc:Name>Mairie</cbc:Name></cac:PartyName>
 <cac:PartyLegalEntity><cbc:CompanyID schemeID="0002">213500010</cbc:CompanyID></cac:PartyLegalEntity>
 <cac:Contact><cbc:ID>SERVICE-7</cbc:ID></cac:Contact>
</cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="USD">1.00</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">20.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
 <cbc:TaxInclusiveAmount currencyID="EUR">120.00</cbc:TaxInclusiveAmount>
 <cbc:PayableAmount currencyID="EUR">90.50</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:Note>first line of the invoice</cbc:Note></cac:InvoiceLine>
</Invoice>
"""

CII = b"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext>
 <ram:BusinessProcessSpecifiedDocumentContextParameter><ram:ID>A9</ram:ID>
 </ram:BusinessProcessSpecifiedDocumentContextParameter>
 <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:factur-x</ram:ID>
 </ram:GuidelineSpecifiedDocumentContextParameter>
</rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>C2026-5</ram:ID><ram:TypeCode>381</ram:TypeCode>
 <ram:IssueDateTime><udt:DateTimeString>20261123</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
 <ram:IncludedSupplyChainTradeLineItem><ram:Note>a line</ram:Note></ram:IncludedSupplyChainTradeLineItem>
 <ram:ApplicableHeaderTradeAgreement>
  <ram:BuyerReference>SERV1</ram:BuyerReference>
  <ram:SellerTradeParty><ram:ID>internal-7</ram:ID><ram:Name>Vendeur</ram:Name>
   <ram:SpecifiedLegalOrganization><ram:ID schemeID="0009">73282932000074</ram:ID></ram:SpecifiedLegalOrganization>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">LOCAL</ram:ID></ram:SpecifiedTaxRegistration>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR44732829320</ram:ID></ram:SpecifiedTaxRegistration>
  </ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:Name>Mairie</ram:Name></ram:BuyerTradeParty>
  <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>EJ-5</ram:IssuerAssignedID>
  </ram:BuyerOrderReferencedDocument>
  <ram:ContractReferencedDocument><ram:IssuerAssignedID>M-9</ram:IssuerAssignedID></ram:ContractReferencedDocument>
 </ram:ApplicableHeaderTradeAgreement>
 <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
   <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
   <ram:TaxTotalAmount currencyID="GBP">17.00</ram:TaxTotalAmount>
   <ram:TaxTotalAmount currencyID="EUR">20.00</ram:TaxTotalAmount>
   <ram:GrandTotalAmount>120.00</ram:GrandTotalAmount><ram:DuePayableAmount>120.00</ram:DuePayableAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  <ram:InvoiceReferencedDocument><ram:IssuerAssignedID>C2026-4</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>
 </ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""


@pytest.fixture(scope="session")
def ubl() -> bytes:
    return UBL


@pytest.fixture(scope="session")
def cii() -> bytes:
    return CII


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """An empty work folder; everything beside it must stay as it was."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def drop(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write bytes to a file without a telling name."""

    def write(data: bytes) -> Path:
        path = tmp_path / "dropped"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture(scope="session")
def pdf() -> Callable[..., bytes]:
    """Make a PDF, with `embedded` under `name` when given."""

    def make(embedded: bytes | None = None, name: str = "factur-x.xml", **save: object) -> bytes:
        document = pikepdf.new()
        document.add_blank_page()
        if embedded is not None:
            document.attachments[name] = pikepdf.AttachedFileSpec(document, embedded, filename=name)
        target = io.BytesIO()
        document.save(target, **save)
        return target.getvalue()

    return make


@pytest.fixture(scope="session")
def zipped() -> Callable[..., bytes]:
    """Make a zip of names and contents."""

    def make(*members: tuple[str, bytes]) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return target.getvalue()

    return make


@pytest.fixture(scope="session")
def pivot() -> Callable[..., bytes]:
    """Make a CPPFacturePivot of one invoice with attachments given as (name, content in bytes or text as it is)."""

    def make(*attachments: tuple[str, bytes | str | None]) -> bytes:
        parts = "".join(_attachment(place, *it) for place, it in enumerate(attachments, start=1))
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="FEN0036A.xsl"?>
<CPPFacturePivot Version="V2_02" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Enveloppe><EnveloppeUnitaire NumOrdre="1"><Parametres>
<ParametreIndiv NumOrdre="0001"><Code>DtPrd</Code><Valeurparametre>2026-11-23</Valeurparametre></ParametreIndiv>
<ParametreIndiv NumOrdre="0002"><Code>IdFlx</Code><Valeurparametre>CPP0001</Valeurparametre></ParametreIndiv>
</Parametres></EnveloppeUnitaire></Enveloppe>
<CPPFactures Compteur="1"><CPPFacturePivotUnitaire NumOrdre="7">
<Fournisseur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>73282932000074</Identifiant>
<RaisonSociale>Vendeur</RaisonSociale></Fournisseur>
<Debiteur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>21350001000012</Identifiant><Nom>Mairie</Nom>
<CodeService>S1</CodeService></Debiteur>
<DonneesFacture><Id>F1</Id><IdCPRO>9001</IdCPRO><Renvoi>Recyclée</Renvoi><IdFactureOrigine>F0</IdFactureOrigine>
<Type>380</Type><Cadre>A1</Cadre><DateEmissionFacture>2026-11-20</DateEmissionFacture><Devise>EUR</Devise>
<Montants><MontantHT>100.00</MontantHT><MontantTTC>125.50</MontantTTC><MontantNetAPayer>125.50</MontantNetAPayer>
</Montants><TVAs><TVA><MontantTVA>20.00</MontantTVA></TVA><TVA><MontantTVA>5.50</MontantTVA></TVA></TVAs>
<Engagement><NumeroMarche>M1</NumeroMarche><NumeroEngagement>E1</NumeroEngagement></Engagement>
<Lignes><Ligne NumOrdre="1"><PrixUnitaire>1</PrixUnitaire></Ligne></Lignes></DonneesFacture>
{parts}</CPPFacturePivotUnitaire></CPPFactures></CPPFacturePivot>""".encode()

    return make


def _attachment(place: int, name: str, content: bytes | str | None) -> str:
    text = base64.encodebytes(content).decode() if isinstance(content, bytes) else content
    held = "" if text is None else f"<Contenu>{text}</Contenu>"
    return (
        f'<PJ NumOrdre="{place}">{held}<NomPJ>{name}</NomPJ><TypePJ>01</TypePJ>'
        "<MimeTypePJ>application/pdf</MimeTypePJ></PJ>\n"
    )


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """A schema of invoices with numbered lines and base64 attachments."""
    return etree.XMLSchema(
        etree.XML(
            """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:sequence>
            <xs:element name="n" type="xs:int" minOccurs="0" maxOccurs="unbounded"/>
            <xs:element name="b" type="xs:base64Binary" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence></xs:complexType></xs:element></xs:schema>"""
        )
    )


@pytest.fixture
def refused() -> Callable[..., RefusedInputError]:
    """Call something that must be refused; return the refusal."""

    def call(function: Callable[..., object], *args: object, **options: object) -> RefusedInputError:
        with pytest.raises(RefusedInputError) as caught:
            function(*args, **options)
        assert caught.value.remedy
        return caught.value

    return call
