"""The envelope that every format of Chorus Pro begins with. Source: AIFE, schema CPPStatut V1_19, Enveloppe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from edid.flows.names import FlowName
from edid.lifecycle.messages.tree import Branch


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends a message to whom, under which name."""

    flow_id: str
    """IdFlx: identifier of the flow that carries the message."""
    receiver: str
    """Application code, 3 to 8 characters."""
    sender: str
    at: datetime
    sender_name: str | None = None

    @classmethod
    def of(cls, flow: FlowName, *, receiver: str, at: datetime) -> Self:
        """Return the envelope of the flow that we send as `flow` to the application `receiver` of the platform."""
        return cls(flow.identifier, receiver, flow.sender, at)


def write_envelope(root: Branch, envelope: Envelope) -> None:
    """Add `envelope` to the root of a message."""
    unit = root.branch("Enveloppe").branch("EnveloppeUnitaire", NumOrdre="1")
    parameters = unit.branch("Parametres")
    for place, (code, value) in enumerate((("DtPrd", f"{envelope.at:%Y-%m-%d}"), ("IdFlx", envelope.flow_id)), start=1):
        parameter = parameters.branch("ParametreIndiv", NumOrdre=f"{place:04d}")
        parameter.leaf("Code", code)
        parameter.leaf("Valeurparametre", value)
    partners = unit.branch("Partenaires")
    partners.branch("Recepteur").leaf("Id", envelope.receiver)
    sender = partners.branch("Emetteur")
    sender.leaf("Id", envelope.sender)
    sender.leaf("Libelle", envelope.sender_name)
