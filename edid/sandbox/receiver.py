"""Incoming invoices for a receiver sheet: as pivots, or as the documents themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from edid.clock import now
from edid.documents.kinds import Characteristic, Facts
from edid.flows.names import FlowName
from edid.sandbox import cdar
from edid.sandbox.invoices.cii import write_cii
from edid.sandbox.invoices.content import Invoice, example_invoice
from edid.sandbox.invoices.facturx import write_factur_x
from edid.sandbox.invoices.parties import CUSTOMER, SUPPLIERS, Party
from edid.sandbox.invoices.ubl import write_ubl
from edid.sandbox.offers import Offers
from edid.sandbox.pivot import Handover, pivot

PIVOT = "FEN0036A"
_STATUSES = "FEN4001A"


class Syntax(StrEnum):
    """How an invoice is handed over when it is not in a pivot."""

    UBL = "ubl"
    CII = "cii"
    FACTUR_X = "factur-x"


@dataclass(frozen=True, slots=True)
class _Direct:
    write: Callable[[Invoice], bytes]
    interface: str


_DIRECT = {
    Syntax.UBL: _Direct(write_ubl, "FEN3036A"),
    Syntax.CII: _Direct(write_cii, "FEN3036A"),
    Syntax.FACTUR_X: _Direct(write_factur_x, "FEN3736A"),
}


def incoming_invoices(count: int, issued: date, *, buyer: Party = CUSTOMER, first: int = 1) -> list[Invoice]:
    """Return `count` made-up invoices to `buyer` from suppliers that do not exist, numbered from `first`."""
    return [
        example_invoice(
            f"{issued:%Y}-{place:05d}",
            issued,
            lines=1 + place % 4,
            seller=SUPPLIERS[place % len(SUPPLIERS)],
            buyer=buyer,
            service_code=None if place % 3 else "ACHATS",
            engagement=None if place % 2 else f"CDE-{place:05d}",
        )
        for place in range(first, first + count)
    ]


def mixed_invoices(count: int, issued: date, service_codes: Sequence[str], *, first: int = 1) -> list[Invoice]:
    """Return invoices as `incoming_invoices`, every second one under one of `service_codes` in turn.

    So a flow mixes what is for an advertiser with what is for its media agencies.
    """
    return [
        replace(invoice, service_code=service_codes[place // 2 % len(service_codes)]) if place % 2 else invoice
        for place, invoice in enumerate(incoming_invoices(count, issued, first=first))
    ]


def deposit_pivot(
    offers: Offers, recipient: str, invoices: Sequence[Invoice | Handover] | int, *, at: datetime | None = None
) -> str:
    """Offer `invoices` (or that many made-up ones) to the application code `recipient` in one FEN0036A flow.

    A `Handover` says that an invoice is made available again, or in which cycle of validation it stands. Returns the
    name of the flow in `out`. Frames must be historical ones (A1..A25).
    """
    moment = at or now()
    chosen = incoming_invoices(invoices, moment.date()) if isinstance(invoices, int) else invoices
    return offers.offer(PIVOT, recipient, lambda flow: pivot(flow, chosen, moment), moment)


def deposit_direct(
    offers: Offers,
    recipient: str,
    invoices: Sequence[Invoice] | int,
    syntax: Syntax,
    *,
    interface: str | None = None,
    at: datetime | None = None,
) -> list[str]:
    """Offer `invoices` (or that many made-up ones), each as a flow of its own in `syntax`; return the names.

    No public text says under which code companies get invoices this way; by default `interface` is the one that
    hands invoices to approved platforms (FEN3036A, for Factur-X FEN3736A).
    """
    moment = at or now()
    direct = _DIRECT[syntax]
    return [
        offers.offer(interface or direct.interface, recipient, _always(direct.write(invoice)), moment)
        for invoice in _invoices(invoices, moment)
    ]


def deposit_status(
    offers: Offers,
    recipient: str,
    facts: Facts,
    code: str,
    *,
    characteristics: Sequence[Characteristic] = (),
    interface: str = _STATUSES,
    at: datetime | None = None,
) -> str:
    """Offer what the supplier says of a received invoice (209 completed, 212 cashed ...), in CDAR; return the name.

    By default under the code that hands lifecycles of public bodies' invoices to an approved platform (FEN4001A).
    """
    moment = at or now()
    write = partial(cdar.invoice_status, facts, code, moment, characteristics=characteristics)
    return offers.offer(interface, recipient, lambda _flow: write(), moment)


def _always(content: bytes) -> Callable[[FlowName], bytes]:
    return lambda _flow: content


def _invoices(invoices: Sequence[Invoice] | int, moment: datetime) -> Sequence[Invoice]:
    return incoming_invoices(invoices, moment.date()) if isinstance(invoices, int) else invoices
