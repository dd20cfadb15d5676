"""The platform side of one partner: it answers what arrived, and offers invoices of suppliers and what is neither."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from edid.documents.kinds import Facts
from edid.flows.names import FlowName, parse_strict
from edid.sandbox.answers import StatusLine, flow_report, invoice_statuses
from edid.sandbox.invoices import BUYER, SELLER, cii_invoice, example_invoice, factur_x, ubl_invoice
from edid.sandbox.pivot import Handover, pivot
from tests.acceptance.archives import members
from tests.acceptance.company import digest
from tests.soak.goods import DAY, may_be_refused
from tests.soak.ledger import Fate, Ledger, Line
from tests.soak.partners import Partner
from tests.soak.sheets import AGENCY, Sheet

INTEGRATED, REFUSED, ON_ITS_WAY, AVAILABLE = "92", "93", "02", "03"


class Platform:
    """What one partner does of its own accord."""

    def __init__(self, partner: Partner, sheets: Sequence[Sheet], ledger: Ledger, seed: str) -> None:
        self._partner = partner
        self._senders = {sheet.application: sheet for sheet in sheets if sheet.partner is partner and sheet.sends}
        [self._receiver] = [sheet for sheet in sheets if sheet.partner is partner and not sheet.sends]
        self._ledger = ledger
        self.dice = random.Random(f"{seed}-{partner.name}")
        self._sequence = 0
        self._answered: set[str] = set()
        self._handed_over: list[tuple[str, Handover]] = []

    def deed(self) -> float:
        """Answer a flow that arrived, or offer an invoice or something odd; return the seconds to rest."""
        ways = {self._answer: 10, self._invoice: 6, self._pivot: 4, self._excluded: 1, self._again: 1, self._odd: 1}
        self.dice.choices(list(ways), list(ways.values()))[0]()
        return self.dice.uniform(0.2, 1)

    def _answer(self) -> None:
        waiting = [name for name in self._partner.arrived() if name not in self._answered]
        if not waiting:
            return
        flow = self.dice.choice(waiting)
        self._answered.add(flow)
        content = (self._partner.inbox / flow).read_bytes()
        documents = list(members(content).values()) if content.startswith(b"\x1f\x8b") else [content]
        numbers = [self._ledger.number_of(digest(document)) or "?" for document in documents]
        sent = parse_strict(flow)
        sheet = self._senders[sent.application]
        refused = len(numbers) == 1 and may_be_refused(numbers[0]) and self.dice.random() < 0.5
        code = REFUSED if refused else INTEGRATED
        name, at = self._name(f"CSO{sent.interface[3:]}", sheet), datetime.now(UTC)
        self._offer(sheet, str(name), flow_report(name, sent, code, at), Fate.WORD, said=((sent.identifier, code),))
        if not refused and self.dice.random() < 0.5:
            code = self.dice.choice([ON_ITS_WAY, AVAILABLE])
            name = self._name("FEN1200A", sheet)
            message = invoice_statuses(name, [StatusLine(code, _facts(number)) for number in numbers], at)
            said = tuple((number, code) for number in numbers)
            self._offer(sheet, str(name), message, Fate.WORD, said=said)

    def _invoice(self) -> None:
        code, make = self.dice.choice([("FEN3036A", ubl_invoice), ("FEN3036A", cii_invoice), ("FEN3736A", factur_x)])
        name = self._name(code, self._receiver)
        number = f"RECUE-{name.application}-{int(name.sequence)}"
        self._offer(self._receiver, str(name), make(number, DAY, lines=self.dice.randint(1, 4)), Fate.FILED, number)

    def _excluded(self) -> None:
        name = self._name("FEN3036A", self._receiver)
        number = f"AGENCE-{name.application}-{int(name.sequence)}"
        content = ubl_invoice(number, DAY, lines=2, service_code=AGENCY)
        self._offer(self._receiver, str(name), content, Fate.EXCLUDED, number)

    def _pivot(self) -> None:
        name = self._name("FEN0036A", self._receiver)
        number = f"PIVOT-{name.application}-{int(name.sequence)}"
        handed = Handover(example_invoice(number, DAY, lines=self.dice.randint(1, 4)), platform_id=int(name.sequence))
        self._handed_over.append((number, handed))
        self._offer(self._receiver, str(name), pivot(name, [handed], datetime.now(UTC)), Fate.FILED, number)

    def _again(self) -> None:
        """Hand an invoice over once more, in another flow."""
        if self._handed_over:
            number, handed = self.dice.choice(self._handed_over[-50:])
            name = self._name("FEN0036A", self._receiver)
            self._offer(self._receiver, str(name), pivot(name, [handed], datetime.now(UTC)), Fate.FILED, number)

    def _odd(self) -> None:
        sheet = self.dice.choice([self._receiver, *self._senders.values()])
        self._sequence += 1
        text = f"Le portail sera ferme dimanche {self._sequence}.".encode()
        self._offer(sheet, f"avis-{self._sequence:06d}.txt", text, Fate.KEPT)

    def _offer(
        self,
        sheet: Sheet,
        name: str,
        content: bytes,
        fate: Fate,
        number: str = "",
        said: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._ledger.write([Line(sheet.name, name, digest(content), fate, number, said=tuple(said))])
        self._partner.offer(sheet.out_folder, name, content)

    def _name(self, code: str, sheet: Sheet) -> FlowName:
        self._sequence += 1
        return FlowName(code, sheet.application, "CPP001", code[3:7], f"{self._sequence:015d}")


def _facts(number: str) -> Facts:
    return Facts(number=number, issue_date=DAY, seller_id=SELLER.siret, seller_name=SELLER.name, buyer_id=BUYER.siret)
