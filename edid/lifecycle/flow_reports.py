"""What the platform's word about a flow amounts to.

Sources: AIFE, schema CPPStatut V1_19, CPPFluxStatuts/IdStatut 90 to 96; AIFE, Dossier general v3.2, 3.4 (500 and 501 of
a CDAR); states of a flow on the portal and in the API (IN_*, QP_*). No code is used twice among them.
Data: `schemas/statuses.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edid.lifecycle.statuses import spelled
from edid.lifecycle.vocabulary import vocabulary


class FlowReport(StrEnum):
    """What became of a flow."""

    RECEIVED = "received"
    """The platform holds it; nothing is said about its documents yet."""
    IN_TRANSIT = "in-transit"
    INTEGRATED = "integrated"
    """Its final recipient holds it."""
    PARTLY_INTEGRATED = "partly-integrated"
    """Some of its documents were refused."""
    REFUSED = "refused"
    """Nothing of it was taken."""
    INCIDENT = "incident"
    """The platform broke off; nothing says what it took."""
    UNKNOWN = "unknown"
    """A code that no text explains: shown as written."""


@dataclass(frozen=True, slots=True)
class FlowMeaning:
    """What one flow status says."""

    report: FlowReport
    label_fr: str
    label_en: str


def flow_report(code: str) -> FlowReport:
    """Return what the flow status `code` (IdStatut, MDT-105, or the state's name) amounts to."""
    return flow_meaning(code).report


def flow_meaning(code: str) -> FlowMeaning:
    """Return what the flow status `code` says, with its labels; an unknown code is its own label."""
    word = vocabulary().flows.get(spelled(code))
    if word is None:
        return FlowMeaning(FlowReport.UNKNOWN, code, code)
    return FlowMeaning(FlowReport(word.report), word.fr, word.en)
