"""The part of a sheet that says by which rules its documents are judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from edid.config.base import Section
from edid.config.values import Allowed, EmissionCode

ProfileName = Literal["chorus-pro", "fr-ctc", "fr-ctc-b2g", "en16931", "xsd-only"]
Weight = Literal["fatal", "warning", "information", "off"]
Pin = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]+@[A-Za-z0-9._+-]+$"),
    Allowed("the name of a rule pack and a version, such as EN16931-UBL@1.3.16"),
]


class Validation(Section):
    """Which rules a document is judged by. It leaves only when it is valid by them."""

    profile: ProfileName | None = None
    """Chain of rule packs. null: chorus-pro for Chorus Pro, fr-ctc for a plateforme agréée, xsd-only for any other."""
    pins: tuple[Pin, ...] = ()
    """Rule packs of which another version is used than the newest in force."""
    severities: dict[str, Weight] = Field(default_factory=dict)
    """Severity by rule id (* stands for any characters), or by rule pack as pack:NAME. The first that fits counts."""
    interfaces: dict[EmissionCode, dict[str, Weight]] = Field(default_factory=dict)
    """The same for documents that leave by one interface code; these come before the others."""
    tolerated: tuple[str, ...] = ()
    """Rule packs that may fail to judge a document; what the others say decides then."""
