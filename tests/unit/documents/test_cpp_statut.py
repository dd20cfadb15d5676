from __future__ import annotations

from datetime import UTC, date, datetime

from lxml import etree

from edid.documents import cpp_statut
from edid.documents.kinds import FlowStatus, InvoiceStatus

PLENTY = 10**8

ENVELOPE = """<Enveloppe><EnveloppeUnitaire NumOrdre="1"><Parametres>
<ParametreIndiv NumOrdre="0001"><Code>DtPrd</Code><Valeurparametre>2026-11-23</Valeurparametre></ParametreIndiv>
<ParametreIndiv NumOrdre="0002"><Code>IdFlx</Code><Valeurparametre>CPP42</Valeurparametre></ParametreIndiv>
</Parametres></EnveloppeUnitaire></Enveloppe>"""

FLOW = """<CPPFluxStatutUnitaire NumOrdre="1"><DonneesStatut><IdStatut>96</IdStatut>
<ComplementStatut>Partielle</ComplementStatut><Commentaire>Deux refus</Commentaire>
<Horodatage>2026-11-23T08:00:00+01:00</Horodatage><IdFlux>FLUX1</IdFlux>
<Details NbLignesErreur="2"><LigneErreurDetail IdLigne="1"><NatureErreur>F</NatureErreur><CodeErreur>E1</CodeErreur>
<LibelleErreur>SIRET inconnu</LibelleErreur><DescriptionErreur>F2026-1</DescriptionErreur></LigneErreurDetail>
<LigneErreurDetail IdLigne="2"><CodeErreur>E2</CodeErreur></LigneErreurDetail></Details>
</DonneesStatut></CPPFluxStatutUnitaire>"""

INVOICE = """<CPPFactureStatutUnitaire NumOrdre="1"><Fournisseur><TypeIdentifiant>1</TypeIdentifiant>
<Identifiant>73282932000074</Identifiant><RaisonSociale>Vendeur</RaisonSociale></Fournisseur>
<Debiteur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>21350001000012</Identifiant><CodeService>S1</CodeService>
</Debiteur><DonneesStatut><IdStatut>06</IdStatut><ComplementStatut>Suspendue</ComplementStatut>
<Commentaire>Il manque le bon</Commentaire><Horodatage>2026-11-23T08:00:00</Horodatage><IdFacture>F1</IdFacture>
<DateFacture>2026-11-20</DateFacture><IdMandatDP>MD7</IdMandatDP></DonneesStatut></CPPFactureStatutUnitaire>"""


def flows(*records: str, count: int | None = None) -> bytes:
    held = "".join(records)
    count = len(records) if count is None else count
    body = f'{ENVELOPE}<CPPFluxStatuts compteur="{count}">{held}</CPPFluxStatuts>'
    return f'<CPPStatut Version="V1_19">{body}</CPPStatut>'.encode()


def invoices(*records: str) -> bytes:
    return f"<CPPStatut>{ENVELOPE}<CPPFactureStatuts>{''.join(records)}</CPPFactureStatuts></CPPStatut>".encode()


def test_the_status_of_a_flow_comes_with_its_errors(drop):
    reading = cpp_statut.read(drop(flows(FLOW)), limit=PLENTY)
    assert (reading.version, reading.envelope_flow_id) == ("V1_19", "CPP42")
    assert reading.flow_statuses == (
        FlowStatus(
            code="96",
            flow_id="FLUX1",
            at=datetime(2026, 11, 23, 7, tzinfo=UTC),
            label="Partielle",
            comment="Deux refus",
            errors=(("F", "E1", "SIRET inconnu", "F2026-1"), ("", "E2", "", "")),
        ),
    )


def test_the_status_of_an_invoice(drop):
    reading = cpp_statut.read(drop(invoices(INVOICE)), limit=PLENTY)
    assert reading.version is None
    assert reading.invoice_statuses == (
        InvoiceStatus(
            code="06",
            number="F1",
            at=datetime(2026, 11, 23, 7, tzinfo=UTC),
            invoice_date=date(2026, 11, 20),
            supplier_type="1",
            supplier_id="73282932000074",
            supplier_name="Vendeur",
            debtor_id="21350001000012",
            service_code="S1",
            label="Suspendue",
            comment="Il manque le bon",
            payment_order="MD7",
        ),
    )


def test_a_tree_reads_like_its_file(drop):
    for data in (flows(FLOW), invoices(INVOICE, INVOICE)):
        tree = etree.fromstring(data).getroottree()
        assert cpp_statut.read_tree(tree) == cpp_statut.read(drop(data), limit=PLENTY)


def test_a_record_inside_another_is_no_status_of_its_own(drop):
    nested = invoices(INVOICE.replace("<CodeService>S1</CodeService>", INVOICE), INVOICE)
    tree = etree.fromstring(nested).getroottree()
    assert cpp_statut.read_tree(tree) == cpp_statut.read(drop(nested), limit=PLENTY)
    assert len(cpp_statut.read_tree(tree).invoice_statuses) == 2
    alone = etree.fromstring("<CPPFluxStatutUnitaire><DonneesStatut/></CPPFluxStatutUnitaire>").getroottree()
    assert cpp_statut.read_tree(alone).flow_statuses == ()


def test_what_is_missing_unknown_or_wrong_takes_nothing_away_from_the_rest(drop):
    strange = INVOICE.replace("<DateFacture>2026-11-20</DateFacture>", "").replace(">06<", ">77<")
    broken = INVOICE.replace("2026-11-23T08:00:00", "hier").replace("2026-11-20", "2026-13-40")
    reading = cpp_statut.read(drop(b"\xef\xbb\xbf" + invoices(strange, broken, INVOICE)), limit=PLENTY)
    assert [(it.code, it.at is None, it.invoice_date) for it in reading.invoice_statuses] == [
        ("77", False, None),
        ("06", True, None),
        ("06", False, date(2026, 11, 20)),
    ]
    assert len(cpp_statut.read(drop(flows(FLOW, count=9)), limit=PLENTY).flow_statuses) == 1


def test_a_status_without_flow_speaks_of_the_flow_of_its_envelope(drop):
    (status,) = cpp_statut.read(drop(flows(FLOW.replace("<IdFlux>FLUX1</IdFlux>", ""))), limit=PLENTY).flow_statuses
    assert status.flow_id == "CPP42"


def test_an_empty_message_has_no_statuses(drop):
    reading = cpp_statut.read(drop(b"<CPPStatut/>"), limit=PLENTY)
    assert reading.flow_statuses == reading.invoice_statuses == ()


def test_a_message_that_breaks_off_is_refused(drop, refused):
    assert refused(cpp_statut.read, drop(flows(FLOW)[:-20]), limit=PLENTY).code == "IRR_SYNTAX"


def test_a_document_type_or_an_entity_is_refused(drop, refused):
    for data in (b"<!DOCTYPE CPPStatut>" + flows(FLOW), flows(FLOW).replace(b"FLUX1", b"&x;")):
        assert refused(cpp_statut.read, drop(data), limit=PLENTY).code == "IRR_SYNTAX"


def test_records_that_would_fill_the_memory_are_refused(drop, refused):
    heavy = flows(FLOW.replace("Deux refus", "x" * 11_000_000))
    assert refused(cpp_statut.read, drop(heavy), limit=PLENTY).code == "IRR_TAILLE_F"
    many = flows("<CPPFluxStatutUnitaire/>" * 50_001)
    assert refused(cpp_statut.read, drop(many), limit=PLENTY).code == "IRR_TAILLE_F"


def test_a_name_that_no_tree_can_hold_is_refused(drop, refused):
    data = flows(FLOW).replace(b"Commentaire>", b":Commentaire>")
    assert refused(cpp_statut.read, drop(data), limit=PLENTY).code == "IRR_SYNTAX"
