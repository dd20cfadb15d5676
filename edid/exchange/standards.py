"""By what the documents of a sheet are judged, and how heavy its operator lets findings weigh."""

from __future__ import annotations

from collections.abc import Mapping

from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.config.validation import Weight
from edid.validation.packs import Weighing
from edid.validation.standard import Standard
from edid.validation.verdict import Severity, Verdict
from edid.validation.weighing import reweighed

_PROFILES = {"chorus-pro": "chorus-pro", "pa": "fr-ctc", "generic": "xsd-only"}
"""Profile of a sheet that names none, by platform."""


def profile_of(sheet: SenderSheet | ReceiverSheet) -> str:
    """Return the validation profile of `sheet`."""
    return sheet.validation.profile or _PROFILES[sheet.platform]


def standard_of(sheet: SenderSheet | ReceiverSheet) -> Standard:
    """Return by what documents of `sheet` are judged."""
    return Standard(profile_of(sheet), pins=sheet.validation.pins, environment=sheet.environment)


def weighed_for(sheet: SenderSheet | ReceiverSheet, verdict: Verdict, interface_code: str | None) -> Verdict:
    """Return `verdict` as `sheet` weighs it for documents that leave by `interface_code`."""
    rules = sheet.validation
    for_interface = rules.interfaces.get(interface_code, {}) if interface_code else {}
    weighings = [*_weighings(for_interface), *_weighings(rules.severities)]
    return reweighed(verdict, weighings, rules.tolerated)


def _weighings(severities: Mapping[str, Weight]) -> list[Weighing]:
    return [Weighing(rules, None if weight == "off" else Severity(weight)) for rules, weight in severities.items()]
