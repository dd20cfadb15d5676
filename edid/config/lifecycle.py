"""The part of a sheet that says which lifecycle messages we write, and how strictly their order is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from edid.config.base import Section
from edid.config.values import Allowed

FlowCode = Annotated[str, Field(pattern=r"^9[0-9]$"), Allowed("a flow status between quotes, such as '92'")]


class Acknowledgement(Section):
    """Answers to received flows of invoices, under FSO1300A. No public text shows one: ask the platform before."""

    send: bool = False
    """True: each received flow is acknowledged. FSO1300A must stand in interfaces.emission."""
    received: FlowCode = "92"
    """IdStatut for a flow whose invoices are filed."""
    refused: FlowCode = "94"
    """IdStatut for a flow that could not be read."""


class LifecycleSettings(Section):
    """Statuses that we give about invoices, and acknowledgements of received flows."""

    decide: bool = False
    """True: decisions about documents are taken from spool/<sheet>/decide and sent as statuses."""
    format: Literal["cpp-statut", "cdar"] | None = None
    """Messages we write. null: cdar for a plateforme agréée, cpp-statut for any other platform."""
    order: Literal["warn", "refuse"] = "refuse"
    """A decision that cannot follow what was said before (a payment before it is known, completed though never
    suspended): refuse it, or send it and say so."""
    regulated: Literal["REGULATED", "NON_REGULATED", "B2C", "B2CINT", "B2BINT", "OUTOFSCOPE"] = "REGULATED"
    """Kind of exchange that CDAR messages state (MDT-2)."""
    acknowledgement: Acknowledgement = Acknowledgement()
    """Answers to received flows of invoices."""
