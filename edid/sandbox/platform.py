"""The simulated platform: takes what is deposited in `in`, checks it, remembers it, answers in `out`."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edid.clock import now
from edid.config.settings import Limits
from edid.documents.kinds import FlowStatus, InvoiceStatus
from edid.errors import EdidError
from edid.flows.names import parse_lenient
from edid.sandbox.accounts import Accounts
from edid.sandbox.checks import Document, Examination, Examiner, Judge, refusal
from edid.sandbox.deposits import Deposits
from edid.sandbox.fates import Fate
from edid.sandbox.ledger import ACCEPTED, LEDGER, PURGED, RECEIVED, REFUSED, Ledger
from edid.sandbox.memory import Memory
from edid.sandbox.offers import WORK, Offers
from edid.sandbox.passing_on import passed_on
from edid.sandbox.plan import Answer, answers, refusal_answers
from edid.sandbox.scenarios import SCRIPTS, Scenario, Script
from edid.validation.judging import judge_file

_TAKEN_AT_A_TIME = 50
"""Deposits after which answers are offered, however many more deposits wait."""

log = logging.getLogger(__name__)


class SandboxPlatform:
    """Plays `scenario` on the folders `in` and `out` of `root`; `start` it, or call `step` oneself.

    `purge_after`: age at which an offered file is dropped, None for never. `accounts`: application codes and the
    principal interface codes of each (see `Accounts`). `being_written`: tells whether a client still writes the
    deposit of that name (`SandboxServer.being_written`). `delay`: between two answers. `settle`: how long a deposit
    stays untouched before it is taken, so that a client can still ask for its size. `extension`: put at the end of
    the names of offered files, such as `.xml`. `suppliers`: the platform on the folders of another connection, by which
    invoices are deposited; statuses that are given here about one of them are offered there.

    What it has done is in `root/.sandbox/ledger.jsonl`, every deposit in `root/.sandbox/accepted` or `refused`.
    Raises ConfigError for accounts with unknown interface codes.
    """

    def __init__(
        self,
        root: Path,
        scenario: Scenario = Scenario.ALL_INTEGRATED,
        *,
        purge_after: timedelta | None = timedelta(days=7),
        accounts: Mapping[str, Iterable[str] | None] | None = None,
        being_written: Callable[[str], bool] = lambda _name: False,
        delay: timedelta = timedelta(milliseconds=200),
        settle: timedelta = timedelta(milliseconds=200),
        poll: timedelta = timedelta(milliseconds=50),
        extension: str = "",
        suppliers: SandboxPlatform | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        limits = limits or Limits()
        self._out = root / "out"
        self._script: Script = SCRIPTS[scenario]
        self._purge_after = purge_after
        self._delay, self._poll = delay, poll
        self._clock = clock
        self.ledger = Ledger(root / WORK / LEDGER)
        self.offers = Offers(root, extension=extension)
        self._received = {event["flow"] for event in self.ledger.events(RECEIVED) if "flow" in event}
        self._memory = Memory(self.ledger)
        self._suppliers = suppliers
        self._deposits = Deposits(root, being_written=being_written, settle=settle, received=self._received)
        self._examiner = Examiner(Accounts(accounts), limits, _judge_with(limits), known=self._received.__contains__)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take deposits and offer answers from a thread of its own."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="sandbox-platform", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the step in hand and end the thread; does nothing when not started."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def step(self) -> int:
        """Take what is complete, offer what is due, purge what is old; return how many flows that were."""
        with self._lock:
            self._recover()
            at = self._clock()
            complete = self._deposits.complete(at)
            offered = 0
            for place, deposit in enumerate(complete, start=1):
                self._take(deposit)
                if place % _TAKEN_AT_A_TIME == 0:
                    offered += self.offers.release(self._clock())
            return len(complete) + offered + self.offers.release(self._clock()) + self._purge(at)

    def tell(self, statuses: Iterable[InvoiceStatus | FlowStatus], at: datetime) -> None:
        """Offer what a recipient said of invoices that were deposited here, after one delay."""
        for about, word in passed_on(self._memory, statuses):
            answer = Answer(word, about, at, at + self._delay)
            self.offers.prepare(word.interface, about.application, answer.write, due=answer.due)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopping.wait(self._poll.total_seconds()):
            try:
                self.step()
            except (OSError, EdidError):
                log.exception("sandbox.step_failed")  # the next step tries again

    def _recover(self) -> None:
        """Settle what an interrupted step left: the ledger says whether it was examined to its end."""
        for taken in self._deposits.interrupted():
            flow = parse_lenient(taken.name)
            if flow is None or flow.identifier not in self._received:
                self._deposits.put_back(taken)
                continue
            refused = {event["name"] for event in self.ledger.events(REFUSED)}
            self._deposits.keep(taken, REFUSED if taken.name in refused else ACCEPTED, self._clock())

    def _take(self, deposit: Path) -> None:
        name = deposit.name
        taken = self._deposits.take(deposit)
        at = self._clock()
        examined = self._examiner.examine(taken, name, self._deposits.unpacking)
        if self._script.refuses_with is not None and not examined.faults:
            examined = Examination(examined.flow, faults=(refusal(self._script.refuses_with, "Scenario."),))
        events, told = self._decide(name, examined, at)
        self.ledger.append(at, _received(name, taken, examined), *events)
        if examined.flow is not None:
            self._received.add(examined.flow.identifier)
        for answer in told:
            self.offers.prepare(
                answer.word.interface, answer.about.application, answer.write, due=answer.due, about=name
            )
        self._deposits.keep(taken, REFUSED if examined.faults else ACCEPTED, at)

    def _decide(self, name: str, examined: Examination, at: datetime) -> tuple[list[dict[str, Any]], list[Answer]]:
        flow, documents = examined.flow, examined.documents
        if flow is None or examined.faults:
            faults = [{"code": fault.code, "description": fault.description} for fault in examined.faults]
            told = refusal_answers(flow, examined.faults, at, self._delay) if flow and self._script.answers else []
            return [{"event": REFUSED, "name": name, "faults": faults}], told
        fates = self._memory.fates(documents, self._script)
        self._memory.remember(flow, documents, fates)
        if self._suppliers is not None and not self._script.refuses_statuses:
            self._suppliers.tell([status for document in documents for status in document.statuses], at)
        told = answers(flow, documents, fates, self._script, at, self._delay)
        return [_accepted(name, examined, fates)], told

    def _purge(self, at: datetime) -> int:
        if self._purge_after is None:
            return 0
        old = [path for path in _files(self._out) if at - _modified(path) >= self._purge_after]
        for path in old:
            path.unlink(missing_ok=True)
            self.ledger.append(at, {"event": PURGED, "name": path.name})
        return len(old)


def _judge_with(limits: Limits) -> Judge:
    return lambda path, work: judge_file(path, work, limits)


def _received(name: str, taken: Path, examined: Examination) -> dict[str, Any]:
    with taken.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    event = {"event": RECEIVED, "name": name, "size": taken.stat().st_size, "sha256": digest}
    flow = examined.flow
    if flow is None:
        return event
    return {**event, "flow": flow.identifier, "interface": flow.interface, "application": flow.application}


def _accepted(name: str, examined: Examination, fates: list[Fate]) -> dict[str, Any]:
    documents = [
        {
            "kind": document.kind,
            "number": document.facts.number if document.facts else None,
            "seller": document.facts.seller_key if document.facts else None,
            "buyer": document.facts.buyer_id if document.facts else None,
            "issued": _issued(document),
            "fate": fate,
        }
        for document, fate in zip(examined.documents, fates, strict=True)
    ]
    return {"event": ACCEPTED, "name": name, "documents": documents}


def _issued(document: Document) -> str | None:
    issued = document.facts.issue_date if document.facts else None
    return issued.isoformat() if issued is not None else None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
