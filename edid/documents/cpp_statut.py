"""CPPStatut: the platform's word about flows or about invoices.

Source: AIFE, XSD CPPStatut V1_19. Read with indulgence: an unknown code, a bad date, a wrong `compteur` or a missing
DateFacture takes nothing away from the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from edid.documents.envelope import PARAMETER, Envelope
from edid.documents.kinds import FlowStatus, InvoiceStatus, Kind, Reading
from edid.documents.records import records
from edid.documents.values import content, day, moment

_FLOW = "CPPFluxStatutUnitaire"
_INVOICE = "CPPFactureStatutUnitaire"
_RECORDS = frozenset({PARAMETER, _FLOW, _INVOICE})


def read(path: Path, *, limit: int) -> Reading:
    """Return the statuses in the CPPStatut file at `path`, of at most `limit` bytes.

    Raises RefusedInputError as `edid.documents.records.records` does.
    """
    return _gathered(records(path, limit=limit, tags=_RECORDS))


def read_tree(tree: etree._ElementTree) -> Reading:
    """Return the statuses in a CPPStatut `tree`; never raises for what it finds there."""
    return _gathered(_outermost(tree.getroot()))


def _outermost(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the root, then each record that is not inside another: what a stream of the same file gives."""
    yield root
    walk = etree.iterwalk(root, events=("start",), tag=sorted(_RECORDS))
    for _, record in walk:
        if record is not root:
            walk.skip_subtree()
            yield record


def _gathered(parts: Iterable[etree._Element]) -> Reading:
    envelope = Envelope()
    flows: list[FlowStatus] = []
    invoices: list[InvoiceStatus] = []
    for record in parts:
        if envelope.read(record):
            continue
        if record.tag == _FLOW:
            flows.append(_flow_status(record, envelope))
        else:
            invoices.append(_invoice_status(record))
    return Reading(
        Kind.CPP_STATUT,
        envelope_flow_id=envelope.flow_id,
        version=envelope.version,
        flow_statuses=tuple(flows),
        invoice_statuses=tuple(invoices),
    )


def _flow_status(record: etree._Element, envelope: Envelope) -> FlowStatus:
    return FlowStatus(
        code=_status(record, "IdStatut") or "",
        flow_id=_status(record, "IdFlux") or envelope.flow_id or "",
        at=moment(_status(record, "Horodatage")),
        label=_status(record, "ComplementStatut"),
        comment=_status(record, "Commentaire") or _status(record, "Note"),
        errors=tuple(_error(it) for it in record.iterfind("DonneesStatut/Details/LigneErreurDetail")),
    )


def _error(line: etree._Element) -> tuple[str, str, str, str]:
    nature, code, label, description = (
        content(line.find(name)) or "" for name in ("NatureErreur", "CodeErreur", "LibelleErreur", "DescriptionErreur")
    )
    return nature, code, label, description


def _invoice_status(record: etree._Element) -> InvoiceStatus:
    return InvoiceStatus(
        code=_status(record, "IdStatut") or "",
        number=_status(record, "IdFacture") or "",
        at=moment(_status(record, "Horodatage")),
        invoice_date=day(_status(record, "DateFacture")),
        supplier_type=content(record.find("Fournisseur/TypeIdentifiant")),
        supplier_id=content(record.find("Fournisseur/Identifiant")),
        supplier_name=content(record.find("Fournisseur/RaisonSociale")),
        debtor_id=content(record.find("Debiteur/Identifiant")),
        service_code=content(record.find("Debiteur/CodeService")),
        label=_status(record, "ComplementStatut"),
        comment=_status(record, "Commentaire"),
        payment_order=_status(record, "IdMandatDP"),
    )


def _status(record: etree._Element, name: str) -> str | None:
    return content(record.find(f"DonneesStatut/{name}"))
