# ruff: noqa: PT018 - what holds for every input, said in one line each
"""Routing and filing: what an invoice says, put into the folder and file names of a sheet."""

from __future__ import annotations

import json
from datetime import date

from pydantic import ValidationError

from edid.config.filing import Filing
from edid.config.routing import Routing
from edid.documents.kinds import Facts, Kind, ValidationStep
from edid.documents.values import amount, day, moment
from edid.routing.decision import route
from edid.routing.filing import Naming, routed_folder
from edid.routing.trail_text import lines
from tests.fuzz.mutation import either, fields, plain_bytes
from tests.fuzz.target import Target
from tests.fuzz.targets.names import must_be_safe

_BETWEEN = b"\x1f"
_TEMPLATES = 3
_DAY = date(2026, 11, 23)
_ROUTING = Routing.model_validate(
    {
        "agencies": [
            {"name": "Alpha", "service_codes": ["AG-1"], "folder": "alpha"},
            {"name": "Beta", "service_prefixes": ["RP"], "recipients": ["73282932000074"]},
            {"name": "Gamma", "gln": True},
            {"name": "Delta", "whole_recipient": True, "recipients": ["12345678200010"]},
        ],
        "rules": [
            {
                "name": "suppliers",
                "folder": "s",
                "when": {"suppliers": ["732829320"], "document_types": ["credit-note"]},
            },
            {"name": "amounts", "folder": "m", "when": {"amount": {"min": "1000"}, "frames": ["A4-A8"]}},
            {"name": "orders", "folder": "o", "when": {"engagement_prefixes": ["EJ"], "kinds": ["ubl-invoice"]}},
            {"name": "awaited", "exclude": "waits", "when": {"awaiting": ["first-validator"], "validator": "Dupont"}},
            {"name": "no order", "folder": "n", "when": {"engagement": False, "service_codes": ["S1"]}},
        ],
    }
)


def _filed(data: bytes) -> None:
    texts = [part.decode("utf-8", "replace") for part in data.split(_BETWEEN)]
    texts += [""] * (18 - len(texts))
    try:
        filing = Filing(folder=texts[0], invoice=texts[1], readable=texts[2] or None)
    except ValidationError:
        filing = Filing()
    facts, number = _facts(texts[_TEMPLATES:]), texts[15] or None
    naming = Naming(filing, "sheet", _DAY)
    for copy in ("", "2"):
        folder = naming.folder(facts, number, copy=copy)
        assert not folder.is_absolute() and len(folder.parts) == filing.folder.count("/") + 1
        for part in folder.parts:
            must_be_safe(part, 255)
    must_be_safe(naming.invoice(facts, ".xml", number), 255)
    readable = naming.readable(facts, number)
    if readable is not None:
        must_be_safe(readable, 255)
    _routed(facts, texts)


def _facts(texts: list[str]) -> Facts:
    said = [text or None for text in texts]
    return Facts(
        number=said[0],
        issue_date=day(said[1]),
        type_code=said[2],
        currency=said[3],
        frame=said[4],
        service_code=said[5],
        engagement=said[6],
        seller_name=said[7],
        seller_id=said[8],
        seller_vat=said[9],
        buyer_id=said[10],
        gross_total=amount(said[11]),
    )


def _routed(facts: Facts, texts: list[str]) -> None:
    steps = (ValidationStep(texts[16], moment("2026-11-20T10:00:00"), texts[17], None, texts[8], texts[7]),)
    for kind in (Kind.CPP_PIVOT, Kind.UBL_INVOICE, None):
        found = route(_ROUTING, facts, kind=kind, steps=steps, since=_DAY)
        assert route(_ROUTING, facts, kind=kind, steps=steps, since=_DAY) == found
        told = json.dumps(found.as_json(), ensure_ascii=False).encode()
        assert len(told) < 20_000, "a note that grows with what a stranger wrote"
        assert found.folder.split("/")[0] in {"in", "excluded"}
        assert str(routed_folder(found.folder, excluded=False)) == found.folder
        for language in ("fr", "en"):
            assert all(line.isprintable() for line in lines(found.trail, language))


def _said() -> tuple[bytes, ...]:
    common = (b"F2026/7", b"2026-11-23", b"380", b"EUR", b"A9", b"AG-1", b"EJ-77", "Société & Fils".encode(),
              b"73282932000074", b"FR44732829320", b"12345678200010", b"1200.00", b"4711", b"13",
              "Validée".encode())  # fmt: skip
    templates = (
        (b"{day}/{supplier}_{number}", b"invoice", b"readable.pdf"),
        (b"{year}/{month}/{supplier_name}/{platform_id}", b"{number}_{type}", b"{sheet} {engagement}.pdf"),
        (b"{number}", b"{number}", b""),
    )
    return tuple(_BETWEEN.join((*each, *common)) for each in templates)


TARGETS = (
    Target("filing and routing", _filed, _said, either(fields(_BETWEEN), fields(_BETWEEN), plain_bytes), weight=1.2),
)
