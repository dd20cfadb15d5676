"""The platform's reasons for refusing a flow (IRR_*): what each means and what to do, in French and English.

The same codes name edid's own checks before anything leaves. Source: AIFE, Dossier general v3.2, 3.4.2 to
3.4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from ruamel.yaml import YAML

from edid import resources

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One IRR_* code."""

    code: str
    fr: str
    """What it means, one sentence."""
    en: str
    remedy_fr: str
    """What to do, one sentence."""
    remedy_en: str

    def meaning(self, language: Language) -> str:
        """Return what the code means."""
        return self.fr if language == "fr" else self.en

    def remedy(self, language: Language) -> str:
        """Return what to do about it."""
        return self.remedy_fr if language == "fr" else self.remedy_en


@cache
def reasons() -> Mapping[str, Reason]:
    """Return every known reason by its code."""
    rows = YAML(typ="safe").load(resources.folder("schemas") / "irr.yaml")
    return MappingProxyType({code: Reason(code, **texts) for code, texts in rows.items()})


def reason(code: str) -> Reason | None:
    """Return the reason called `code`, or None when it is not known."""
    return reasons().get(code)
