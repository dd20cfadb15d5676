"""The profiles of Factur-X: as the XML names them (BT-24) and as the PDF does (ConformanceLevel).

Source: FNFE-MPE and FeRD, Factur-X 1.0, 6.3 (levels) and the profiles (BT-24); KoSIT, XRechnung (XRECHNUNG).
"""

from __future__ import annotations

import re
from enum import StrEnum


class Level(StrEnum):
    """A profile, as ConformanceLevel spells it."""

    MINIMUM = "MINIMUM"
    BASIC_WL = "BASIC WL"
    BASIC = "BASIC"
    EN_16931 = "EN 16931"
    EXTENDED = "EXTENDED"
    XRECHNUNG = "XRECHNUNG"


PARTIAL = frozenset({Level.MINIMUM, Level.BASIC_WL})
"""Profiles without invoice lines: the XML is a part of the invoice, not the whole of it."""

_EN_16931 = "urn:cen.eu:en16931:2017"
_EXTENDED_CTC_FR = re.compile(r"[#:]urn[.:]cpro\.gouv\.fr:1p0:extended-ctc-fr", re.IGNORECASE)
_OWN = re.compile(r"(?:factur-x\.eu:1p0|zugferd\.de:2p0):(minimum|basicwl|basic|extended)", re.IGNORECASE)
_XRECHNUNG = re.compile(r"#compliant#urn:(?:xoev-de|xeinkauf\.de):kosit:.*xrechnung", re.IGNORECASE)
_BY_ENDING = {
    "minimum": Level.MINIMUM,
    "basicwl": Level.BASIC_WL,
    "basic": Level.BASIC,
    "extended": Level.EXTENDED,
}
_OLDER_NAMES = {"COMFORT": Level.EN_16931, "EXTENDEDCTCFR": Level.EXTENDED}
_COMPACT = {"".join(level.split()): level for level in Level} | _OLDER_NAMES


def of_guideline(guideline: str | None) -> Level | None:
    """Return the profile that a BT-24 names; None when it is absent or names none of Factur-X.

    EXTENDED-CTC-FR, which is meant for plain XML, counts as EXTENDED, whose subset it is.
    """
    written = (guideline or "").strip()
    if written.casefold() == _EN_16931:
        return Level.EN_16931
    if is_extended_ctc_fr(written):
        return Level.EXTENDED
    if own := _OWN.search(written):
        return _BY_ENDING[own[1].casefold()] if own.end() == len(written) else None
    return Level.XRECHNUNG if _XRECHNUNG.search(written) else None


def is_extended_ctc_fr(guideline: str | None) -> bool:
    """Tell whether a BT-24 names the French profile EXTENDED-CTC-FR."""
    return _EXTENDED_CTC_FR.search(guideline or "") is not None


def of_claim(written: str) -> Level | None:
    """Return the profile that a ConformanceLevel means, also in a spelling that is not the official one."""
    return _COMPACT.get(re.sub(r"[\s_-]", "", written).upper())


def agree(claimed: Level, stated: Level) -> bool:
    """Tell whether the PDF may claim `claimed` for an XML that states `stated`.

    An XRechnung obeys EN 16931 as well, and many a PDF says so.
    """
    return claimed is stated or (claimed is Level.EN_16931 and stated is Level.XRECHNUNG)
