"""The platform's words: flow reports and invoice statuses, as edid's own writer of CPPStatut puts them.

A deposit may lack what a status must say (the sandbox takes such deposits on purpose): it is then filled up here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from edid.documents.kinds import Facts
from edid.flows.names import FlowName
from edid.lifecycle.messages import cpp_statut
from edid.lifecycle.messages.codes import FLOW_LABELS, INVOICE_LABELS
from edid.lifecycle.messages.cpp_statut import Fault, StatusLine
from edid.lifecycle.messages.envelope import Envelope, write_envelope
from edid.lifecycle.messages.tree import Branch

__all__ = ["FLOW_LABELS", "INVOICE_LABELS", "Fault", "StatusLine", "envelope", "flow_report", "invoice_statuses"]

_NAME = "Bac à sable edid"


def flow_report(flow: FlowName, reported: FlowName, code: str, at: datetime, faults: Sequence[Fault] = ()) -> bytes:
    """Return the integration report (CSO...) called `flow` about the flow `reported`.

    `code` is 90 to 96; `faults` become its error details.
    """
    return cpp_statut.flow_acknowledgement(_envelope(flow, at), code, reported.identifier, faults=faults)


def invoice_statuses(flow: FlowName, lines: Sequence[StatusLine], at: datetime) -> bytes:
    """Return the life-cycle message (FEN1200A) called `flow` with one status for each of `lines`."""
    return cpp_statut.invoice_statuses(_envelope(flow, at), [_filled(line) for line in lines], longest_comment=None)


def envelope(root: Branch, flow: FlowName, at: datetime) -> None:
    """Add the envelope that every Chorus Pro format begins with."""
    write_envelope(root, _envelope(flow, at))


def _envelope(flow: FlowName, at: datetime) -> Envelope:
    return Envelope(flow.identifier, flow.application, flow.sender, at, _NAME)


def _filled(line: StatusLine) -> StatusLine:
    facts = replace(line.facts, number=line.facts.number or "")
    return replace(line, facts=facts, supplier=_supplier(facts), debtor=_debtor(facts))


def _supplier(facts: Facts) -> tuple[str, str]:
    """Return TypeIdentifiant and Identifiant: 1 French, 2 another country of the Union (VAT), 3 elsewhere."""
    if facts.seller_siren is not None:
        return "1", facts.seller_id or facts.seller_siren
    if facts.seller_vat is not None:
        return "2", facts.seller_vat
    return "3", facts.seller_id or "Inconnu"


def _debtor(facts: Facts) -> str:
    """Return 14 characters, as the format demands: the SIRET, else what there is, filled up with zeros."""
    return (facts.buyer_id or "").rjust(14, "0")[-14:]
