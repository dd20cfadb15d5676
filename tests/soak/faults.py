"""Faults of the surroundings: each is done to a partner or the spool, lasts a while, and is mended."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tests.soak.household import Household
from tests.soak.partners import Partner
from tests.soak.sheets import Sheet

_FOLDERS = ("out", "rejected", "duplicates", "claimed", "in", "status")
Wait = Callable[[float], None]


class Surroundings:
    """Everything around the daemon that may fail."""

    def __init__(
        self,
        house: Household,
        partners: Sequence[Partner],
        sheets: Mapping[str, Sheet],
        dice: random.Random,
        wait: Wait,
    ) -> None:
        self._house = house
        self._partners = partners
        self._sheets = list(sheets.values())
        self.dice = dice
        self._wait = wait
        self.longest = 8.0
        """Seconds that a fault lasts at most."""

    def choice(self) -> tuple[str, Callable[[], None]]:
        """Return a fault and its name; it returns when it is mended."""
        found = {
            "partner stopped": self._partner_stopped,
            "sessions cut": self._sessions_cut,
            "sessions frozen": self._sessions_frozen,
            "in folder read-only": self._read_only,
            "spool folder closed": self._folder_closed,
            "journal locked": self._journal_locked,
        }
        if all(partner.full_can_be_tried for partner in self._partners):
            found["partner full"] = self._full
        return self.dice.choice(list(found.items()))

    def _partner_stopped(self) -> None:
        partner = self.dice.choice(self._partners)
        partner.stop()
        try:
            self._last()
        finally:
            partner.start()

    def _sessions_cut(self) -> None:
        partner = self.dice.choice(self._partners)
        for _ in range(self.dice.randint(1, 5)):
            partner.cut()
            self._wait(self.dice.uniform(0, 0.5))

    def _sessions_frozen(self) -> None:
        """Silence; then the sessions go on as if nothing had been, or are gone."""
        partner = self.dice.choice(self._partners)
        silent = partner.freeze()
        try:
            self._last()
        finally:
            if self.dice.random() < 0.5:
                partner.thaw(silent)
            else:
                partner.cut()

    def _read_only(self) -> None:
        partner = self.dice.choice(self._partners)
        partner.forbid()
        try:
            self._last()
        finally:
            partner.allow()
        self._operator_sees(partner)

    def _full(self) -> None:
        partner = self.dice.choice(self._partners)
        partner.fill()
        try:
            self._last()
        finally:
            partner.empty()

    def _folder_closed(self) -> None:
        with closed(self._house.company.spool / self.dice.choice(self._sheets).name / self.dice.choice(_FOLDERS)):
            self._last()

    def _journal_locked(self) -> None:
        """Another program holds the journal, as a careless backup does."""
        path = self._house.company.state / "journal.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as journal, suppress(sqlite3.OperationalError):
            journal.execute("BEGIN IMMEDIATE")
            self._wait(self.dice.uniform(0.2, 3.0))
            journal.execute("ROLLBACK")

    def _operator_sees(self, partner: Partner) -> None:
        """What a person does when a partner has given a right back, at times."""
        if self.dice.random() < 0.5:
            for sheet in self._sheets:
                if sheet.partner is partner and sheet.sends:
                    self._house.operate("flows", "retry", "--sheet", sheet.name)

    def _last(self) -> None:
        self._wait(self.dice.uniform(0.5, self.longest))


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Let nobody but the owner of all rights into `folder`."""
    if not folder.is_dir():
        yield
        return
    mode = folder.stat().st_mode & 0o7777
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(mode)
