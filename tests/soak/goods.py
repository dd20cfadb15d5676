"""What an ERP makes: invoices of every syntax, and what is none. Each has a number of its own."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edid.sandbox.invoices import Breakage, broken_invoice, cii_invoice, factur_x, ubl_credit_note, ubl_invoice

DAY = datetime.now(UTC).date() - timedelta(days=2)
_UNREAD = {Breakage.EMPTY}


@dataclass(frozen=True, slots=True)
class Dropped:
    """An invoice that may be dropped again."""

    number: str
    suffix: str
    content: bytes


class Press:
    """Makes documents of one actor: `name` keeps its numbers apart from those of others."""

    def __init__(self, name: str, dice: random.Random) -> None:
        self._name = name
        self._dice = dice
        self._counter = itertools.count(1)

    def number(self) -> str:
        """Return a number that no document had."""
        return f"{self._name}-{next(self._counter):06d}"

    def invoice(self, number: str, *, lines: int | None = None) -> tuple[str, bytes]:
        """Return suffix and bytes of a valid invoice or credit note in any syntax."""
        lines = self._dice.randint(1, 6) if lines is None else lines
        kind = self._dice.random()
        if kind < 0.65:
            return ".xml", ubl_invoice(number, DAY, lines=lines)
        if kind < 0.85:
            return ".xml", cii_invoice(number, DAY, lines=lines)
        if kind < 0.93:
            return ".xml", ubl_credit_note(number, DAY, credit_of=f"PASSE-{number}", lines=lines)
        return ".pdf", factur_x(number, DAY, lines=lines)

    def large(self, number: str) -> bytes:
        """Return a valid invoice of one to three MB."""
        return ubl_invoice(number, DAY, lines=2) + b"<!--" + b"x" * self._dice.randint(1_000_000, 3_000_000) + b"-->"

    def broken(self, number: str) -> tuple[bytes, bool]:
        """Return an invoice with a fault, and whether it is refused without being read."""
        kind = self._dice.choice(list(Breakage))
        return broken_invoice(kind, number, DAY), kind in _UNREAD

    def garbage(self) -> tuple[str, bytes]:
        """Return what is no invoice at all."""
        some = self._dice.randbytes(self._dice.randint(1, 4000))
        return self._dice.choice(
            [
                (".xml", b"Bonjour, ceci n'est pas une facture: " + some.hex().encode()),
                (".bin", b"\0" + some),
                (".xml", b'<?xml version="1.0"?><Bordereau n="%d"/>' % self._dice.randrange(10**9)),
                (".pdf", b"%PDF-1.7\n" + some),
            ]
        )


def may_be_refused(number: str) -> bool:
    """Tell whether the platform may refuse the flow of this invoice; such a one is never dropped twice."""
    return number.endswith("0")
