"""One row of the contract with broken partners: what is broken and how, and what edid says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edid.errors import EdidError, OperatorError, RefusedInputError, RemoteMissingError, TransientError
from edid.transport.contract import RemoteDeniedError
from tests.integration.partners.breaking import Way, switched
from tests.partners.faulty_faults import Ask

Kind = Literal["faulty", "openssh", "proftpd"]
SIZE = 2_200_000
"""Bytes of the file that is sent and fetched: more than may be under way without an answer."""


@dataclass(frozen=True)
class Row:
    """One line of the contract."""

    name: str
    what: str
    """What is wrong, as the page says it."""
    act: Literal["log in", "deliver", "fetch", "list"]
    error: type[EdidError]
    says: str
    """Expression that the message must match."""
    remedy: str
    ways: dict[Kind, Way]
    """How it is broken, by partner."""
    size: int = SIZE


SILENT = "no answer in time"
LOST = "connection to .* was lost while trying to "


def both(way: Way) -> dict[Kind, Way]:
    return {"openssh": way, "proftpd": way}


def refused(asked: Ask, code: int, text: str = "") -> Way:
    return switched(refuses={asked: (code, text)})


KINDS: dict[type[EdidError], str] = {
    TransientError: "passing",
    OperatorError: "refusal",
    RemoteDeniedError: "refusal",
    RemoteMissingError: "gone",
    RefusedInputError: "not taken",
}
"""The plain word of the page for a class of errors."""
PARTNERS: dict[Kind, str] = {"faulty": "ours", "openssh": "OpenSSH", "proftpd": "ProFTPD"}


def line(row: Row) -> str:
    """Return the line of the page for `row`."""
    return f"| `{row.name}` | {row.what} | {KINDS[row.error]} | {', '.join(PARTNERS[kind] for kind in row.ways)} |"
