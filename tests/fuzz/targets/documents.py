# ruff: noqa: PT017, PT018 - what holds for every input, said in one line each
"""XML documents: invoices, statuses, pivots and the like, and what edid takes from them."""

from __future__ import annotations

import base64
import io
import zipfile
from datetime import UTC, date, datetime

from edid.documents import sniff
from edid.documents.facturx_pdf.claims import claims
from edid.documents.kinds import Characteristic, Facts, Reason
from edid.documents.values import amount, compact_day, day, moment
from edid.errors import RefusedInputError
from edid.flows.names import parse_strict
from edid.sandbox import answers, cdar
from edid.sandbox.answers import Fault, StatusLine
from edid.sandbox.invoices import (
    Breakage,
    broken_invoice,
    cii_invoice,
    example_invoice,
    factur_x,
    ubl_credit_note,
    ubl_invoice,
)
from edid.sandbox.pivot import pivot
from tests.fuzz.mutation import either, plain_bytes, xml
from tests.fuzz.target import Target, desk
from tests.fuzz.targets.readings import particulars_too, read_or_refused

_DAY = date(2026, 11, 23)
_AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_FLOW = parse_strict("FSO1110A_ABC123_ABC1231110000000000000042")
_FACTS = Facts(
    number="F1", issue_date=_DAY, seller_id="73282932000074", seller_scheme="0009", buyer_id="12345678200010"
)
_CHORUS_FRAME = b"""<ext:UBLExtensions
 xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">
<ext:UBLExtension><ext:ExtensionContent><CategoryCode>A1</CategoryCode></ext:ExtensionContent></ext:UBLExtension>
</ext:UBLExtensions><cbc:CustomizationID>"""
_SUPPLEMENT = b"""<cac:AdditionalDocumentReference><cbc:ID>annex.zip</cbc:ID><cac:Attachment>
<cbc:EmbeddedDocumentBinaryObject mimeCode="application/zip" filename="annex.zip">%s</cbc:EmbeddedDocumentBinaryObject>
</cac:Attachment></cac:AdditionalDocumentReference><cac:AccountingSupplierParty>"""
_DUME = b"""<QualificationApplicationRequest
 xmlns="urn:oasis:names:specification:ubl:schema:xsd:QualificationApplicationRequest-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:UBLVersionID>2.3</cbc:UBLVersionID>
<cbc:ID schemeID="ISO/IEC 9834-8:2008">D-1</cbc:ID><cbc:UUID>4b1</cbc:UUID>
<cbc:ContractFolderID>M-7</cbc:ContractFolderID>
<cbc:IssueDate>2026-11-23</cbc:IssueDate><cac:ContractingParty><cac:Party><cac:PartyIdentification>
<cbc:ID schemeID="0009">73282932000074</cbc:ID></cac:PartyIdentification><cac:PartyName><cbc:Name>Mairie</cbc:Name>
</cac:PartyName></cac:Party></cac:ContractingParty></QualificationApplicationRequest>"""
_MIXTE = b"""<?xml-stylesheet type="text/xsl" href="FSO1113A.xsl"?><CPPFactureMixte>
<Enveloppe><ParametreIndiv><Code>IdFlx</Code>
<Valeurparametre>ABC1231113000000000000042</Valeurparametre></ParametreIndiv></Enveloppe><CPPFactures>
<CPPFactureMixteUnitaire NumOrdre="1"><Fournisseur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>73282932000074
</Identifiant></Fournisseur><DonneesFacture><Id>F-1</Id><DateEmissionFacture>2026-11-23</DateEmissionFacture><TVAS><TVA><MontantTVA>2.00
</MontantTVA></TVA></TVAS></DonneesFacture><PJ><TypePJ>01</TypePJ><NomPJ>f.pdf</NomPJ><Contenu>JVBERi0xLjQ=</Contenu></PJ>
</CPPFactureMixteUnitaire></CPPFactures></CPPFactureMixte>"""


def _invoices() -> tuple[bytes, ...]:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.pdf", b"%PDF-")
    plain = ubl_invoice("F-1", _DAY)
    rich = plain.replace(b"<cbc:CustomizationID>", _CHORUS_FRAME, 1).replace(
        b"<cac:AccountingSupplierParty>", _SUPPLEMENT % base64.b64encode(held.getvalue()), 1
    )
    return (plain, rich, ubl_credit_note("A-1", _DAY, credit_of="F-1"), cii_invoice("F-2", _DAY), _DUME,
            broken_invoice(Breakage.BAD_DATE), broken_invoice(Breakage.DOCTYPE))  # fmt: skip


def _pivots() -> tuple[bytes, ...]:
    whole = pivot(parse_strict("FEN0036A_ABC123_ABC1230036000000000000001"), [example_invoice("F-1", _DAY)], _AT)
    start, end = whole.index(b"<Contenu>"), whole.rindex(b"</Contenu>")
    small = base64.b64encode(_zip("a.xml", b"<a/>"))
    return whole[:start] + b"<Contenu>" + small + whole[end:], _MIXTE


def _zip(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _statuses() -> tuple[bytes, ...]:
    faults = (Fault("IRR_TYPE", "type"), Fault("IRR_FORM", "form", "name"))
    line = StatusLine("08", _FACTS, "comment", (Reason("MOT01", "why"),), _AT, "M-1")
    return answers.flow_report(_FLOW, _FLOW, "92", _AT, faults), answers.invoice_statuses(_FLOW, [line, line], _AT)


def _messages() -> tuple[bytes, ...]:
    paid = Characteristic(type_code="MEN", amount=amount("12.00"), currency="EUR", percent=amount("20"))
    return (
        cdar.invoice_status(_FACTS, "210", _AT, reason=Reason("TX_TVA_ERR", "why", "NIN", "again", ("note",))),
        cdar.invoice_status(_FACTS, "212", _AT, characteristics=(paid,), comment="paid"),
        cdar.flow_report("ABC1231110000000000000042", _AT, (Fault("IRR_TYPE", "type", "description"),)),
    )


def _values(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    number = amount(text)
    assert number is None or (number.is_finite() and amount(f"{number:f}") == number)
    for found in (day(text), compact_day(text)):
        assert found is None or day(found.isoformat()) == found
    at = moment(text)
    assert at is None or (at.tzinfo is UTC and moment(at.isoformat().replace("+00:00", "Z")) is not None)
    start = data[: sniff.HEAD]
    assert sniff.described(start) and sniff.form_of(start) is sniff.form_of(start)


def _written() -> tuple[bytes, ...]:
    texts = (
        "2026-11-23",
        "20261123",
        "2026-11-23T10:00:00+01:00",
        "20261123100000",
        "12.50",
        "-.5",
        "%PDF-",
        "UNB+",
        "{",
    )
    return tuple(text.encode() for text in texts)


def _pdf(data: bytes) -> None:
    read_or_refused(data)
    path = desk().path
    try:
        found = claims(path)
    except RefusedInputError as refusal:
        assert refusal.code == "EDID_PDF" and refusal.remedy
        return
    assert (found.xmp is None) is (found.xmp_fault is not None)
    assert len(found.files) <= 2_000 and len(found.actions) <= 20
    texts = [text for file in found.files for text in (*file.names, file.relationship, file.mime) if text]
    assert all(text.isprintable() for text in texts)
    assert claims(path) == found


def _pdfs() -> tuple[bytes, ...]:
    import pikepdf

    packed = factur_x("F-1", _DAY)
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(packed)) as pdf:
        for name in ("/Resources", "/Contents"):
            if name in pdf.pages[0]:
                del pdf.pages[0][name]
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.remove_unreferenced_resources()
        pdf.save(plain, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                 object_stream_mode=pikepdf.ObjectStreamMode.disable, static_id=True)  # fmt: skip
    return plain.getvalue(), packed


def _message(data: bytes) -> None:
    read_or_refused(data)


_XML = either(xml, xml, plain_bytes)
TARGETS = (
    Target("invoices", particulars_too, _invoices, _XML, weight=0.8),
    Target("pivots", _message, _pivots, _XML, weight=0.8),
    Target("cpp statut", _message, _statuses, _XML, weight=1),
    Target("cdar", _message, _messages, _XML, weight=1),
    Target("values", _values, _written, plain_bytes, weight=30),
    Target("factur-x", _pdf, _pdfs, either(plain_bytes, xml), weight=0.3),
)
