"""The rule packs of edid's own, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edid.validation.own.b2g import BR_FR_CPRO
from edid.validation.own.chorus_pro import CHORUS_PRO
from edid.validation.own.rule import OwnPack

OWN_PACKS: Mapping[str, OwnPack] = MappingProxyType({pack.name: pack for pack in (CHORUS_PRO, BR_FR_CPRO)})
