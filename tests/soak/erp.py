"""The ERPs: they drop what is good, bad, double, large, slow and many; each drop is in the ledger before it begins."""

from __future__ import annotations

import os
import random
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from tests.acceptance.archives import tar_gz
from tests.acceptance.company import digest
from tests.soak.door import link_in, rename_in, write_slowly
from tests.soak.goods import Dropped, Press, may_be_refused
from tests.soak.ledger import Fate, Ledger, Line
from tests.soak.sheets import LIMITS, Sheet

TOO_LARGE = int(LIMITS["flow_size"].removesuffix("MB")) * 1_000_000 + 1
_BURST_EVERY = 45.0


class Erp:
    """One program that drops into the folders of all sender sheets."""

    def __init__(self, name: str, spool: Path, sheets: Sequence[Sheet], ledger: Ledger, seed: str) -> None:
        self._name = name
        self._spool = spool
        self._sheets = [sheet for sheet in sheets if sheet.sends]
        self._ledger = ledger
        self.dice = random.Random(f"{seed}-{name}")
        self._press = Press(name, self.dice)
        self._count = 0
        self._known: deque[Dropped] = deque(maxlen=200)
        self._to_mend: deque[tuple[Sheet, str, str]] = deque(maxlen=20)
        self.rate = 1.0
        """Drops each second."""
        self.burst = 200
        """How many it drops at once, now and then."""
        self._last_burst = time.monotonic()

    def deed(self) -> float:
        """Drop something; return the seconds to rest."""
        sheet = self.dice.choice(self._sheets)
        if self.burst and time.monotonic() - self._last_burst > _BURST_EVERY:
            self._last_burst = time.monotonic()
            self._many(sheet)
        else:
            ways = {
                self._valid: 50, self._slow: 4, self._again: 7, self._same_number: 4, self._broken: 8, self._garbage: 4,
                self._archive: 6, self._large: 2, self._too_large: 1, self._link: 1, self._mended: 5,
            }  # fmt: skip
            way = self.dice.choices(list(ways), list(ways.values()))[0]
            way(sheet)
        return self.dice.expovariate(self.rate)

    def probe(self, sheet: Sheet) -> str:
        """Drop one small invoice; return the sha256 that must arrive."""
        number = self._press.number()
        suffix, content = self._press.invoice(number, lines=1)
        self._drop(sheet, self._new_name(suffix), content, Fate.VALID, number)
        return digest(content)

    def _valid(self, sheet: Sheet) -> None:
        number = self._press.number()
        suffix, content = self._press.invoice(number)
        if not may_be_refused(number):
            self._known.append(Dropped(number, suffix, content))
        self._drop(sheet, self._new_name(suffix), content, Fate.VALID, number)

    def _many(self, sheet: Sheet) -> None:
        for _ in range(self.burst):
            self._valid(sheet)

    def _again(self, sheet: Sheet) -> None:
        if self._known:
            known = self.dice.choice(self._known)
            self._drop(sheet, self._new_name(known.suffix), known.content, Fate.VALID, known.number)

    def _same_number(self, sheet: Sheet) -> None:
        if self._known:
            known = self.dice.choice(self._known)
            suffix, content = self._press.invoice(known.number, lines=7 + self.dice.randrange(20))
            self._drop(sheet, self._new_name(suffix), content, Fate.VALID, known.number)

    def _broken(self, sheet: Sheet) -> None:
        number = self._press.number()
        content, unread = self._press.broken(number)
        name = self._new_name(".xml")
        self._drop(sheet, name, content, Fate.UNREAD if unread else Fate.REJECTED)
        self._to_mend.append((sheet, name, number))

    def _mended(self, _sheet: Sheet) -> None:
        """Drop a good invoice under the name of a bad one, once its refusal is told."""
        if self._to_mend:
            sheet, name, number = self._to_mend[0]
            told = self._spool / sheet.name / "rejected" / f"{name}.verdict.txt"
            if told.exists() and not os.path.lexists(self._out(sheet) / name):
                self._to_mend.popleft()
                _, content = self._press.invoice(number)
                self._drop(sheet, name, content, Fate.VALID, number)

    def _garbage(self, sheet: Sheet) -> None:
        suffix, content = self._press.garbage()
        self._drop(sheet, self._new_name(suffix), content, Fate.REJECTED)

    def _archive(self, sheet: Sheet) -> None:
        name, members, lines = self._new_name(".tar.gz"), {}, []
        for place in range(self.dice.randint(1, 8)):
            number = self._press.number()
            suffix, content = self._press.invoice(number)
            fate = Fate.VALID
            if self.dice.random() < 0.2:
                suffix, content, number, fate = ".xml", b"<autre>%d</autre>" % place, "", Fate.REJECTED
            member = f"m{place}{suffix}"
            members[member] = content
            lines.append(Line(sheet.name, name, digest(content), fate, number, member))
        packed = tar_gz(members)
        self._ledger.write([Line(sheet.name, name, digest(packed), Fate.OPENED), *lines])
        rename_in(self._out(sheet), name, packed)

    def _large(self, sheet: Sheet) -> None:
        number = self._press.number()
        self._drop(sheet, self._new_name(".xml"), self._press.large(number), Fate.VALID, number)

    def _too_large(self, sheet: Sheet) -> None:
        self._drop(sheet, self._new_name(".xml"), b"x" * TOO_LARGE, Fate.UNREAD)

    def _link(self, sheet: Sheet) -> None:
        name = self._new_name(".xml")
        self._ledger.write([Line(sheet.name, name, "", Fate.UNREAD)])
        link_in(self._out(sheet), name)

    def _slow(self, sheet: Sheet) -> None:
        number = self._press.number()
        suffix, content = self._press.invoice(number, lines=20)
        name = self._new_name(suffix)
        self._ledger.write([Line(sheet.name, name, digest(content), Fate.VALID, number)])
        write_slowly(self._out(sheet), name, content, self.dice)

    def _drop(self, sheet: Sheet, name: str, content: bytes, fate: Fate, number: str = "") -> None:
        self._ledger.write([Line(sheet.name, name, digest(content), fate, number)])
        rename_in(self._out(sheet), name, content)

    def _out(self, sheet: Sheet) -> Path:
        return self._spool / sheet.name / "out"

    def _new_name(self, suffix: str) -> str:
        self._count += 1
        return f"{self._name}-{self._count:06d}{suffix}"
