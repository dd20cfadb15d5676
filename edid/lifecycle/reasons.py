"""What a motive means and what to do about it, in French and English.

Sources: AIFE, Dossier de specifications externes FE - Chorus Pro v1.1, tables 3 and 4; AIFE, Dossier general v3.2,
tables 7, 11 and 12, and annex 7; FNFE-MPE, BR-FR-CDV 1.4.0, CL-09 and CL-10. Data: `schemas/reasons.yaml`, and
`schemas/irr.yaml` for the motives that refuse a flow or a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ruamel.yaml import YAML

from edid import resources
from edid.config.base import Section
from edid.flows import irr
from edid.lifecycle.vocabulary import vocabulary


class ReasonText(Section):
    """One motive."""

    used_by: tuple[Literal["cdar", "chorus", "ppf"], ...]
    fr: str
    en: str
    what_fr: str
    what_en: str


class RequestText(Section):
    """One action that a status may ask for."""

    fr: str
    en: str


class Reasons(Section):
    """The whole data file."""

    reasons: Mapping[str, ReasonText]
    requests: Mapping[str, RequestText]


@dataclass(frozen=True, slots=True)
class Motive:
    """What is known of one code."""

    code: str
    fr: str
    """What it means, one sentence."""
    en: str
    what_fr: str
    """What to do, one sentence."""
    what_en: str
    used_by: tuple[str, ...]
    """cdar, chorus, ppf; empty for a refusal of a flow (IRR_*)."""


@cache
def reasons() -> Reasons:
    """Return the table of motives and of actions asked for."""
    path = resources.folder("schemas") / "reasons.yaml"
    return Reasons.model_validate(YAML(typ="safe").load(path))


def motive(code: str) -> Motive | None:
    """Return what is known of the motive `code`, in whatever case it is written, or None. Never raises."""
    name = code.strip().upper()
    if (known := reasons().reasons.get(name)) is not None:
        return Motive(name, known.fr, known.en, known.what_fr, known.what_en, known.used_by)
    if (refusal := irr.reason(name)) is not None:
        return Motive(name, refusal.fr, refusal.en, refusal.remedy_fr, refusal.remedy_en, ())
    return None


def reason_text(code: str, dialect: str = "cdar") -> tuple[str, str] | None:
    """Return what the motive `code` of a status in `dialect` means, in French and in English.

    None when it is not known, or when `dialect` is none that the vocabulary knows: the motive is then shown as
    written. Platforms use each other's motives, so one known in another dialect is explained too. Never raises.
    """
    known = motive(code) if dialect in vocabulary().dialects else None
    return None if known is None else (known.fr, known.en)


def request_text(code: str) -> tuple[str, str] | None:
    """Return what the action asked for by `code` (MDT-121) is, in French and in English, or None."""
    known = reasons().requests.get(code.strip().upper())
    return None if known is None else (known.fr, known.en)
