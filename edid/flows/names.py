"""Names and identifiers of flows: strict for what we send, lenient for what we receive.

    name       = <interface code 8>_<application code 6>_<identifier 25>
    identifier = <application code 6><digits of the interface code 4><sequence 15>

Source: AIFE, Dossier de specifications externes FE - Chorus Pro v1.0, 5.4.3.1; AIFE, Dossier general v3.2,
3.4.5 and note 74 (in flows from the platform the two application codes differ: first the recipient's, then
the emitter's).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edid.errors import RefusedInputError

LONGEST_SEQUENCE = 10**15 - 1
_SHORTEST_TAIL, _TAIL = 9, 19
_INTERFACE = re.compile(r"[A-Z]{3}[0-9]{4}[A-Z]")
_APPLICATION = re.compile(r"[A-Z0-9]{6}")
_STRICT = re.compile(r"([A-Z]{3}([0-9]{4})[A-Z])_([A-Z0-9]{6})_\3\2([0-9]{15})")
_LENIENT = re.compile(
    r"(?P<interface>[A-Z]{3}[0-9]{4}[A-Z])_(?P<application>[A-Z0-9]{6})_(?P<sender>[A-Z0-9]{6})"
    rf"(?P<tail>[0-9A-Z]{{{_SHORTEST_TAIL},{_TAIL}}})(?P<extension>\.(?i:tar\.gz|xml|pdf|zip))?"
)
_REMEDY = "A flow is named like FSO1110A_ABC123_ABC1231110000000000000042: 41 characters, sequence from 1."


@dataclass(frozen=True, slots=True)
class FlowName:
    """The parts of a flow's name; `str()` puts them together again, unchanged."""

    interface: str
    """Interface code, 8 characters."""
    application: str
    """Application code after the interface code: ours in what we send and in what we receive."""
    sender: str
    """Application code that begins the identifier: of the party that made the flow."""
    digits: str
    """Four characters after it; by rule the digits of the interface code."""
    sequence: str
    """The rest of the identifier: by rule 15 digits; received ones may be shorter or hold capitals."""
    extension: str = ""
    """As written, with its dot, or empty."""

    def __str__(self) -> str:
        return f"{self.interface}_{self.application}_{self.identifier}{self.extension}"

    @property
    def identifier(self) -> str:
        """The flow identifier: 25 characters unless the name is deviant."""
        return f"{self.sender}{self.digits}{self.sequence}"

    @property
    def deviant(self) -> bool:
        """True when the identifier is not made as the rule says: other digits, short, or with capitals."""
        usual = re.fullmatch(r"[0-9]{15}", self.sequence) is not None
        return not usual or self.digits != self.interface[3:7]


def build(interface_code: str, application_code: str, sequence: int) -> str:
    """Return the name, 41 characters without extension, of flow number `sequence` (1 to 10^15 - 1).

    Raises RefusedInputError (IRR_FORM) when a part does not fit the rule.
    """
    if not _INTERFACE.fullmatch(interface_code):
        raise _refused(f"'{interface_code}' is not an interface code.")
    if not _APPLICATION.fullmatch(application_code):
        raise _refused(f"'{application_code}' is not an application code of 6 capitals or digits.")
    if not 1 <= sequence <= LONGEST_SEQUENCE:
        raise _refused(f"sequence {sequence} is not between 1 and {LONGEST_SEQUENCE}.")
    return f"{interface_code}_{application_code}_{application_code}{interface_code[3:7]}{sequence:015d}"


def flow_identifier(name: str) -> str:
    """Return the identifier (25 characters) of a flow that we named.

    Raises RefusedInputError (IRR_FORM) when `name` is not strict.
    """
    return parse_strict(name).identifier


def parse_strict(name: str) -> FlowName:
    """Return the parts of a name as we send it, without extension.

    Raises RefusedInputError (IRR_FORM) unless it is made exactly as `build` makes it.
    """
    match = _STRICT.fullmatch(name)
    if match is None or not int(match[4]):
        raise _refused(f"'{name}' is not the name of a flow.")
    return FlowName(match[1], match[3], match[3], match[2], match[4])


def parse_lenient(name: str) -> FlowName | None:
    """Return the parts of a received name, or None when it is no flow's name.

    Taken too: a known extension in any case, two different application codes, an identifier of digits or
    capitals, or one cut as short as nine characters after the code (a published sample of AIFE has
    thirteen).
    """
    match = _LENIENT.fullmatch(name)
    if match is None:
        return None
    tail = match["tail"]
    return FlowName(
        match["interface"],
        match["application"],
        match["sender"],
        tail[:4],
        tail[4:],
        match["extension"] or "",
    )


def _refused(message: str) -> RefusedInputError:
    return RefusedInputError(message, code="IRR_FORM", remedy=_REMEDY)
