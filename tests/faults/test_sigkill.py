"""SIGKILL in the middle of the work, again and again at random moments: nothing is lost, nothing is sent twice."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import paramiko
import pytest

from edid.sandbox.invoices import ubl_invoice
from edid.sandbox.server import SandboxServer
from tests.acceptance.archives import members
from tests.acceptance.company import Company, contents, digest
from tests.acceptance.partner_side import arrived
from tests.faults.killing import PowerCuts
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

    PowerCuts().strike(company, within, len(dropped), drop)
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


@pytest.fixture
def once(tmp_path: Path) -> Iterator[tuple[SandboxServer, dict[str, Any]]]:
    """A partner that offers each file once, and the `transport` section of a sheet for it."""
    key = paramiko.RSAKey.generate(2048)
    file = tmp_path / "id_rsa"
    key.write_private_key_file(str(file))
    public = f"{key.get_name()} {key.get_base64()}"
    with SandboxServer(tmp_path / "platform", user="bac", authorized_keys=[public], fetch_once=True) as server:
        reached = {"host": server.host, "port": server.port, "user": "bac", "key": {"file": str(file)}}
        yield server, {"protocol": "sftp", **reached, "host_keys": [server.host_key_line]}


def test_what_a_partner_offers_once_is_never_lost(
    company: Company, once: tuple[SandboxServer, dict[str, Any]], tmp_path: Path
) -> None:
    server, transport = once
    poll = {"every": "500ms", "jitter": "0s"}
    company.sheet("achats", transport, kind="receiver", application_code="ACH001", poll=poll)
    out = tmp_path / "platform" / "out"
    offered: dict[str, bytes] = {}

    def offer(turn: int) -> None:
        for number in range(turn * 12 + 1, turn * 12 + 13):
            name = f"FEN3036A_ACH001_CPP0013036{number:015d}"
            padding = b"<!--" + b"x" * 40_000 * (number % 12) + b"-->"
            offered[name] = ubl_invoice(f"RECUE-{number}", DAY, lines=1) + padding
            (out / f".{name}").write_bytes(offered[name])
            (out / f".{name}").rename(out / name)

    PowerCuts().strike(company, 1.0, 6, offer)
    daemon = company.run()
    until(lambda: Counter(flow.state for flow in company.flows()) == {"filed": len(offered)}, "everything is filed", 60)
    assert daemon.stop() == 0
    assert daemon.events("loop.fault") == []
    assert {flow.name: flow.sha256 for flow in company.flows()} == {
        name: digest(content) for name, content in offered.items()
    }
    # A file whose last byte was stored just before a kill is not asked for again, so the partner still offers it.
    still_offered = {path.name for path in out.iterdir()}
    served = Counter(operation.path for operation in server.operations("served once"))
    assert served == Counter(f"/out/{name}" for name in offered if name not in still_offered)
    filed = company.documents(direction="in")
    assert Counter(row.number for row in filed) == Counter(f"RECUE-{number}" for number in range(1, len(offered) + 1))
    root = company.spool / "achats" / "in"
    assert sorted(str(path.parent.relative_to(root)) for path in root.rglob("facts.json")) == sorted(
        row.filed_as for row in filed
    )
    for row in filed:
        folder = root / row.filed_as
        assert (folder / "invoice.xml").read_bytes() == offered[
            json.loads((folder / "facts.json").read_bytes())["received_as"]
        ]
    assert company.temporary() == []
    assert not list(root.glob(".filing-*"))


def test_a_note_that_a_kill_cut_off_before_it_had_its_name_is_removed(
    company: Company, once: tuple[SandboxServer, dict[str, Any]]
) -> None:
    _, transport = once
    company.sheet("achats", transport, kind="receiver", application_code="ACH001")
    incoming = company.state / "incoming" / "achats"
    incoming.mkdir(parents=True)
    (incoming / ".0123456789abcdef0123456789abcdef.json.01234567.tmp").write_bytes(b'{"na')
    daemon = company.run()
    daemon.wait_for("poll.done")
    assert daemon.stop() == 0
    assert list(incoming.iterdir()) == []
