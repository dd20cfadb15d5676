"""One thing that the platform says, before it has the name of a flow and a time; and how it speaks of one deposit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from edid.flows.names import FlowName
from edid.lifecycle.messages.cpp_statut import Fault


@dataclass(frozen=True, slots=True)
class Word:
    """The content of one flow of the platform."""

    interface: str
    write: Callable[[FlowName, datetime], bytes]
    """Returns its bytes under the name of a flow, stating a time."""


class Voice(Protocol):
    """What the platform says about one deposited flow, in the format of its circuit."""

    def refused(self, faults: Sequence[Fault]) -> list[Word]:
        """Return the report on a flow that is refused for `faults`."""

    def report(self) -> list[Word]:
        """Return the report on a flow that is taken, first of all."""

    def statuses(self, moment: int) -> list[Word]:
        """Return the statuses that the invoices reach at their `moment`-th step; empty once all are at their end."""

    def afterwards(self) -> list[Word]:
        """Return what follows when all that is said."""
