"""The catalogue of interface codes: data in `schemas/interfaces.yaml`, looked up here.

Source: AIFE, Dossier de specifications externes FE - Chorus Pro v1.0 (October 2025), 5.3.2 and 5.4.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import StringConstraints
from ruamel.yaml import YAML

from edid import resources
from edid.config.base import Section
from edid.documents.kinds import Kind
from edid.errors import ConfigError

_SENT_BY_PARTNER = frozenset({"FSO", "CEN", "CEI"})
_CODE = re.compile(r"[A-Z]{3}[0-9]{4}[A-Z]")
Code = Annotated[str, StringConstraints(pattern=f"^{_CODE.pattern}$")]
"""Three letters, four digits, one letter of version."""


class Direction(StrEnum):
    """Seen from the partner, as on the platform's form."""

    EMISSION = "emission"
    """Partner to platform."""
    RECEPTION = "reception"
    """Platform to partner."""


class Content(StrEnum):
    """What a flow carries."""

    INVOICES = "invoices"
    WORKS_INVOICES = "works-invoices"
    JUSTICE_FEES = "justice-fees"
    FLOW_REPORT = "flow-report"
    LIFECYCLE = "lifecycle"
    DISTRIBUTION = "distribution"
    ACKNOWLEDGEMENT = "acknowledgement"
    E_REPORTING = "e-reporting"


class Interface(Section):
    """One interface code."""

    code: Code
    content: Content
    format: str
    """The platform's name of the syntax."""
    circuit: Literal["historical", "g2b", "pa", "e-reporting"]
    confidence: Literal["high", "medium", "low"]
    source: str
    """Public text that names the code."""
    invoice_class: Literal["E1", "E2", "E3", "E4", "E5"] | None = None
    accepts: tuple[Kind, ...] = ()
    """Kinds of document that travel under this code."""
    accepts_unsourced: tuple[Kind, ...] = ()
    """Kinds that edid lets travel although no public text says that they may: low confidence."""
    only_frames: tuple[str, ...] = ()
    """When given, the only frames (cadre de facturation) that travel under this code."""
    secondaries: tuple[Code, ...] = ()
    """Codes that the platform subscribes by itself with this one."""
    replaces: Code | None = None
    """A secondary code that this one takes the place of."""
    reply: Code | Literal["none"] | None = None
    """Code of the report on such a flow where it is not the rule's; `none` where no text names one."""
    receipt: Code | None = None
    """Flow-level acknowledgement that a receiver may send, where it is not the reply."""
    retired: bool = False
    successor: Code | None = None
    note: str | None = None

    @property
    def direction(self) -> Direction:
        """Who sends it, told by the prefix of the code."""
        return Direction.EMISSION if self.code[:3] in _SENT_BY_PARTNER else Direction.RECEPTION

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind that may travel under this code, sourced or not."""
        return self.accepts + self.accepts_unsourced


@cache
def catalogue() -> Mapping[str, Interface]:
    """Return every known interface by its code, in the order of the data file."""
    path = resources.folder("schemas") / "interfaces.yaml"
    rows = YAML(typ="safe").load(path)["interfaces"]
    return MappingProxyType({row["code"]: Interface.model_validate(row) for row in rows})


def known(code: str) -> Interface | None:
    """Return the interface called `code`, or None."""
    return catalogue().get(code)


def interface(code: str) -> Interface:
    """Return the interface called `code`. Raises ConfigError for an unknown one, naming near ones."""
    found = known(code)
    if found is None:
        raise ConfigError(f"'{code}' is not an interface code that edid knows.", remedy=suggestion(code))
    return found


def suggestion(code: str) -> str:
    """Return one sentence that says what to write instead of the unknown `code`."""
    near = get_close_matches(code, catalogue(), n=3, cutoff=0.7)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return "Write a code of the platform's form, such as FSO1100A: three letters, four digits, one letter."


def reply_code(code: str) -> str | None:
    """Return the code of the report on a flow sent under `code`, or None where there is none.

    The rule, for listed and unlisted codes alike: the first letter F becomes C (FSO1301A: CSO1301A). The
    catalogue overrides it where a text says otherwise. Source: AIFE, Dossier general v3.2, 3.4.5 and note
    75.
    """
    listed = known(code)
    if listed is not None and listed.reply is not None:
        return None if listed.reply == "none" else listed.reply
    if _CODE.fullmatch(code) and code.startswith("F"):
        return f"C{code[1:]}"
    return None
