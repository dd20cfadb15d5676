"""What no CDAR message can do without. Source: BR-FR-CDV 1.4.0, rules 07, 10 to 15."""

from __future__ import annotations

from edid.errors import RefusedInputError
from edid.lifecycle.messages import parties
from edid.lifecycle.messages.amounts import CASHED
from edid.lifecycle.messages.codes import CDAR_CODES, PLATFORM, CdarCode
from edid.lifecycle.messages.status import CdarToWrite, author_of, recipients_of
from edid.lifecycle.messages.tree import words

_WITHOUT_ADDRESS = frozenset({PLATFORM, "DFH"})
"""Platforms and the public portal."""


def checked(status: CdarToWrite) -> CdarCode:
    """Return what belongs to the code of `status`.

    Raises RefusedInputError (`EDID_STATUS`) for a code that edid does not write, or when something is missing.
    """
    kind = CDAR_CODES.get(status.code)
    if kind is None:
        raise _refused(f"edid writes no message of status '{status.code}'.", f"Give one of {', '.join(CDAR_CODES)}.")
    facts = status.facts
    if not words(facts.number) or facts.issue_date is None or parties.seller(facts).id is None:
        raise _refused(
            "a status tells its invoice by number, date and seller; this one lacks one of them.",
            "Give the status on the platform's own site.",
        )
    if kind.motivated and not any(reason.code for reason in status.reasons):
        raise _refused(f"status {status.code} needs a motive.", "Give the code of one motive at least.")
    if status.code == "212":
        _refuse_unknown_sums(status)
    author = author_of(status, kind)
    if author.role != PLATFORM and author.id is None:
        raise _refused(
            f"status {status.code} is given by a party (role {author.role}) whose identifier is not known.",
            "Give its SIREN or SIRET.",
        )
    if any(not each.address and each.role not in _WITHOUT_ADDRESS for each in recipients_of(status, kind)):
        raise _refused(
            "the electronic address of the party that the status is for is not known.",
            "Give it, or the SIREN of that party.",
        )
    return kind


def _refuse_unknown_sums(status: CdarToWrite) -> None:
    sums = [each for each in status.data if each.type_code == CASHED]
    if not sums or any(each.amount is None or each.percent is None for each in sums):
        raise _refused(
            "status 212 says how much was cashed at each VAT rate; a sum or its rate is missing.",
            "Give each sum, VAT included, with its VAT rate.",
        )


def _refused(message: str, remedy: str) -> RefusedInputError:
    return RefusedInputError(message, code="EDID_STATUS", remedy=remedy)
