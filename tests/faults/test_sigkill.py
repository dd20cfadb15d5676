"""SIGKILL in the middle of the work, again and again at random moments: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.archives import members
from tests.acceptance.company import Company, contents, digest
from tests.acceptance.partner_side import arrived
from tests.faults.killing import Kills
from tests.partners.openssh import OpenSshPartner
from tests.partners.waiting import until

DAY = date(2026, 3, 2)
SHEET = "ventes"
PER_TURN = 20


def invoices(turns: int = 10) -> list[dict[str, bytes]]:
    """Return different invoices for each of the turns, two hundred for ten."""
    return [
        {
            f"facture-{turn}-{number}.xml": ubl_invoice(f"FA-{turn}-{number}", DAY, lines=1 + number % 3)
            for number in range(PER_TURN)
        }
        for turn in range(turns)
    ]


def run_through_power_cuts(company: Company, dropped: list[dict[str, bytes]], within: float = 0.7) -> Counter[str]:
    """Drop the invoices of each turn before its start, kill each run, and let a last one finish."""

    def drop(turn: int) -> None:
        for name, content in dropped[turn].items():
            company.drop(SHEET, name, content)

    Kills().strike(company, within, len(dropped), drop)
    daemon = company.run()
    company.wait_until_settled(sum(map(len, dropped)))
    assert daemon.stop() == 0
    assert daemon.events("loop.fault") == []
    return Counter(digest(content) for files in dropped for content in files.values())


def assert_nothing_left_behind(company: Company) -> None:
    """Every dropped file left the spool, and no temporary file of edid is left anywhere."""
    assert company.left_in(SHEET, "") == []
    assert company.temporary() == []


def assert_journal_is_whole(company: Company, count: int) -> None:
    """All documents and flows are sent, and no number was used twice."""
    documents, flows = company.documents(), company.flows()
    assert Counter(row.state for row in documents) == {"sent": count}
    assert {flow.state for flow in flows} == {"sent"}
    assert len({row.number for row in documents}) == count
    names = [flow.name for flow in flows] + [row.wire_member for row in documents if row.wire_member]
    numbers = Counter(name.removesuffix(".xml")[-15:] for name in names)
    assert set(numbers.values()) == {1}


def test_every_invoice_is_delivered_exactly_once(company: Company, partner: OpenSshPartner) -> None:
    company.sheet(SHEET, partner.settings())
    dropped = run_through_power_cuts(company, invoices())
    assert arrived(partner) == dropped
    assert sorted(contents(partner.root / "in")) == sorted(flow.name for flow in company.flows())
    renames = Counter(operation.target for operation in partner.operations() if operation.kind == "rename")
    assert renames == Counter(f"in/{flow.name}" for flow in company.flows())
    assert_journal_is_whole(company, sum(dropped.values()))
    assert_nothing_left_behind(company)


def test_every_invoice_is_in_exactly_one_batch(company: Company, partner: OpenSshPartner) -> None:
    company.sheet(SHEET, partner.settings(), batch={"max_documents": 8, "wait": "200ms"})
    dropped = run_through_power_cuts(company, invoices(turns=5))
    batches = contents(partner.root / "in")
    assert sorted(batches) == sorted(flow.name for flow in company.flows())
    held = [content for packed in batches.values() for content in unpacked(packed).values()]
    assert Counter(map(digest, held)) == dropped
    assert_journal_is_whole(company, sum(dropped.values()))
    assert_nothing_left_behind(company)


def unpacked(packed: bytes) -> Mapping[str, bytes]:
    """Return the documents of a flow: one alone travels as it is."""
    return {"": packed} if packed.startswith(b"<") else members(packed)


def test_a_partner_that_takes_files_away_at_once_gets_at_most_a_repeat_of_the_same(
    company: Company, partner: OpenSshPartner
) -> None:
    company.sheet(SHEET, partner.settings())
    with taking_away(partner) as taken:
        dropped = run_through_power_cuts(company, invoices())
        until(lambda: not list((partner.root / "in").iterdir()), "the partner has taken everything")
    assert {digest(content) for _, content in taken} == set(dropped)
    names: dict[str, set[str]] = {}
    contents_by_name: dict[str, set[str]] = {}
    for name, content in taken:
        names.setdefault(digest(content), set()).add(name)
        contents_by_name.setdefault(name, set()).add(digest(content))
    assert {len(one) for one in names.values()} == {1}
    assert {len(one) for one in contents_by_name.values()} == {1}
    assert set(contents_by_name) == {flow.name for flow in company.flows()}
    print(f"{len(taken) - len(names)} repeats")
    assert_journal_is_whole(company, sum(dropped.values()))
    assert_nothing_left_behind(company)


@contextmanager
def taking_away(partner: OpenSshPartner) -> Iterator[list[tuple[str, bytes]]]:
    """Consume what is complete in the in folder, as a platform does; yields what was taken, in order."""
    taken: list[tuple[str, bytes]] = []
    stop = threading.Event()

    def take() -> None:
        while not stop.wait(0.002):
            for path in (partner.root / "in").iterdir():
                if path.suffix != ".part":
                    away = path.rename(partner.root / "tmp" / "away")
                    taken.append((path.name, away.read_bytes()))

    thread = threading.Thread(target=take)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()
