"""What a partner returns, made for tests."""

from __future__ import annotations

import base64
import io
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from edid.documents.kinds import Facts
from edid.flows.names import FlowName, parse_lenient
from edid.sandbox.answers import StatusLine, invoice_statuses
from edid.sandbox.invoices import SELLER

Invoice = Callable[..., bytes]
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = date(2026, 9, 1)
FACTS = Facts(number="F-1", issue_date=DAY, seller_id=SELLER.siret, buyer_id="00020317000010")


def flow_name(interface: str, number: int = 1) -> FlowName:
    parsed = parse_lenient(f"{interface}_ABC123_CPP001{interface[3:7]}{number:015d}")
    assert parsed is not None
    return parsed


def parsed(name: str) -> FlowName:
    parsed = parse_lenient(name)
    assert parsed is not None
    return parsed


def statuses_message(code: str, facts: Facts = FACTS, *, number: int = 1, at: datetime = AT) -> tuple[str, bytes]:
    flow = flow_name("FEN1200A", number)
    return str(flow), invoice_statuses(flow, [StatusLine(code, facts)], at)


def pivot_of(*attachments: tuple[str, bytes], number: str = "R-1", supplier: str = "73282932000074") -> bytes:
    parts = "".join(
        f'<PJ NumOrdre="{place}"><Contenu>{zipped(content)}</Contenu><NomPJ>{name}</NomPJ><TypePJ>02</TypePJ></PJ>'
        for place, (name, content) in enumerate(attachments, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<CPPFacturePivot Version="V2_02"><CPPFactures Compteur="1"><CPPFacturePivotUnitaire NumOrdre="1">
<Fournisseur><TypeIdentifiant>1</TypeIdentifiant><Identifiant>{supplier}</Identifiant></Fournisseur>
<DonneesFacture><Id>{number}</Id><DateEmissionFacture>2026-11-01</DateEmissionFacture></DonneesFacture>
{parts}</CPPFacturePivotUnitaire></CPPFactures></CPPFacturePivot>""".encode()


def zipped(content: bytes) -> str:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("inside", content)
    return base64.b64encode(target.getvalue()).decode()


def tar_gz(members: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()
