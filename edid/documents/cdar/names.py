"""Names that a CDAR message is made of. Source: UN/CEFACT, CDAR D22B (uncoupled schemas)."""

from __future__ import annotations

_STANDARD = "urn:un:unece:uncefact:data:standard:"
RSM_SPACE = f"{_STANDARD}CrossDomainAcknowledgementAndResponse:100"
RAM_SPACE = f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100"
QDT_SPACE = f"{_STANDARD}QualifiedDataType:100"
UDT_SPACE = f"{_STANDARD}UnqualifiedDataType:100"

RSM = f"{{{RSM_SPACE}}}"
RAM = f"{{{RAM_SPACE}}}"

SIREN, SIRET = "0002", "0009"
"""Identifier schemes of ISO 6523."""
SELLER, BUYER = "SE", "BY"
"""Roles of UNTDID 3035."""
