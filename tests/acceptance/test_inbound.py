"""From a real OpenSSH partner to where the ERP looks: every offered file is filed once, answered for, never lost.

One daemon, run twice, serves all statements: AIFE's pivots and statuses, answers to what was sent, and what is no
answer at all; partners that keep what was fetched, let it be deleted, or have it moved.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import pwd
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from edid.journal import queries
from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company, digest
from tests.acceptance.daemon import Daemon
from tests.acceptance.offers import DAY, NOON, answers, flow_name, purchases
from tests.acceptance.partner_side import offer
from tests.partners.openssh import OpenSshPartner
from tests.partners.server_journal import Operation
from tests.partners.waiting import until

SALES, PURCHASES, ARCHIVED = "ventes", "achats", "archives"
OUT = {SALES: "out", PURCHASES: "achats", ARCHIVED: "archives"}


@dataclass
class Returns:
    """What the partner offered, and what became of it."""

    company: Company
    partner: OpenSshPartner
    offered: dict[str, dict[str, bytes]] = field(default_factory=lambda: {sheet: {} for sheet in OUT})
    first: list[Any] = field(default_factory=list)
    filed_first: dict[str, list[str]] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)

    def offer(self, sheet: str, files: Mapping[str, bytes]) -> None:
        """Put files into the out folder of a sheet, each complete when it appears."""
        for name, content in files.items():
            self.offered[sheet][name] = content
            offer(self.partner, name, content, OUT[sheet])

    def flows(self, sheet: str) -> list[Any]:
        """Return the received flows of a sheet, oldest first."""
        return list(self.company.flows(sheet=sheet, direction="in"))

    def wait_until_filed(self, daemon: Daemon) -> None:
        """Wait until everything offered is in the journal and nothing of it waits, and two more polls have passed."""

        def done() -> bool:
            states = [flow.state for sheet in OUT for flow in self.flows(sheet)]
            return len(states) == sum(map(len, self.offered.values())) and set(states) <= {"filed", "kept"}

        until(done, "everything offered is filed or kept", 60)
        for sheet in OUT:
            daemon.wait_for("poll.done", count=len(daemon.events("poll.done", sheet=sheet)) + 2, sheet=sheet)

    def filed(self, sheet: str) -> list[str]:
        """Return what stands in the in folder of a sheet, below its one day."""
        [day] = {name.partition("/")[0] for name in self.company.left_in(sheet, "in")}
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", day)
        return [name.partition("/")[2] for name in self.company.left_in(sheet, "in")]

    def read(self, sheet: str, name: str) -> bytes:
        """Return a filed file by its name below the day."""
        [found] = (self.company.spool / sheet / "in").glob(f"*/{name}")
        return found.read_bytes()


@pytest.fixture(scope="module")
def returns(company_of_module: Company, started: Callable[..., OpenSshPartner], corpus: Path) -> Returns:
    """Two runs of the daemon over everything."""
    company, partner = company_of_module, started()
    _prepare(company, partner)
    done = Returns(company, partner)
    daemon = company.run()
    for number in (1, 2, 3):
        company.drop(SALES, f"fa-{number}.xml", ubl_invoice(f"FA-{number}", DAY, lines=number))
    daemon.wait_for("flow.sent", count=3)
    done.offer(SALES, answers(company, corpus))
    done.offer(PURCHASES, purchases(corpus))
    done.offer(ARCHIVED, {"FEN3036A_ARC001_CPP0013036000000000000001": ubl_invoice("RECUE-2", DAY)})
    done.wait_until_filed(daemon)
    done.exit_codes.append(daemon.stop())
    done.first = [flow for sheet in OUT for flow in done.flows(sheet)]
    done.filed_first = {sheet: company.left_in(sheet, "in") for sheet in OUT}
    daemon = company.run()
    done.wait_until_filed(daemon)
    done.exit_codes.append(daemon.stop())
    assert not daemon.unread
    done.operations = partner.operations()
    return done


def _prepare(company: Company, partner: OpenSshPartner) -> None:
    account = pwd.getpwnam(partner.user)
    for name in ("achats", "archives", "classe"):
        (partner.root / name).mkdir()
        os.chown(partner.root / name, account.pw_uid, account.pw_gid)
    poll = {"every": "500ms", "jitter": "0s"}
    company.sheet(SALES, partner.settings(), poll=poll)
    company.sheet(
        PURCHASES,
        partner.settings(out_folder="achats"),
        kind="receiver",
        application_code="ACH001",
        poll=poll,
        after_fetch={"action": "delete"},
    )
    company.sheet(
        ARCHIVED,
        partner.settings(out_folder="archives"),
        kind="receiver",
        application_code="ARC001",
        poll=poll,
        after_fetch={"action": "move", "folder": "classe"},
    )


def test_every_offered_file_is_in_the_journal_once_with_its_bytes(returns: Returns) -> None:
    for sheet, files in returns.offered.items():
        flows = returns.flows(sheet)
        assert Counter((flow.name, flow.sha256) for flow in flows) == Counter(
            (name, digest(content)) for name, content in files.items()
        )
    assert returns.exit_codes == [0, 0]


def test_a_restart_files_nothing_again(returns: Returns) -> None:
    assert [flow for sheet in OUT for flow in returns.flows(sheet)] == returns.first
    assert {sheet: returns.company.left_in(sheet, "in") for sheet in OUT} == returns.filed_first
    read = Counter(one.path for one in returns.operations if one.kind == "close" and one.read)
    assert read == Counter(f"{OUT[sheet]}/{name}" for sheet, files in returns.offered.items() for name in files)


def test_the_partner_s_folders_are_left_as_the_sheet_says(returns: Returns) -> None:
    root = returns.partner.root
    kept = {sheet: sorted(path.name for path in (root / folder).iterdir()) for sheet, folder in OUT.items()}
    assert kept == {SALES: sorted(returns.offered[SALES]), PURCHASES: [], ARCHIVED: []}
    assert {path.name: path.read_bytes() for path in (root / "classe").iterdir()} == returns.offered[ARCHIVED]
    touched = {one.path for one in returns.operations if one.kind in {"remove", "rename"}}
    assert not [path for path in touched if path.startswith("out/")]


def test_reports_reach_their_flows_and_statuses_their_invoices(returns: Returns) -> None:
    assert [flow.report for flow in returns.company.flows(direction="out")] == ["integrated", "refused", None]
    # The words about FA-1 came in the wrong order: the platform's own time decides.
    assert returns.company.statuses() == {
        "FA-1": "MISE_A_DISPOSITION",
        "FA-2": "EN_COURS_ACHEMINEMENT",
        "FA-3": "SUSPENDUE",
    }
    [suspended] = [row for row in returns.company.documents(direction="out") if row.number == "FA-3"]
    [word] = returns.company.ask(queries.statuses_of, document_id=suspended.id)
    assert (word.code, word.comment) == ("06", "Bon de livraison ?")
    assert word.status_at == NOON + timedelta(hours=2)
    refused = returns.company.flows(direction="out")[1]
    [report] = returns.company.ask(queries.statuses_of, flow_id=refused.id)
    assert "CREANCIER_ERR" in json.dumps(report.about, ensure_ascii=False)


def test_what_matches_nothing_we_sent_is_kept_and_visible(returns: Returns) -> None:
    orphans = returns.company.ask(queries.orphan_statuses)
    assert sorted((row.subject, row.code) for row in orphans) == [
        ("document", "01"),
        ("document", "07"),
        ("flow", "92"),
        ("flow", "92"),
    ]
    told = returns.company.edid("status")
    assert told.returncode == 0
    assert "needs a look: 4 status(es) that match nothing we sent" in told.stdout


@pytest.mark.parametrize(
    ("name", "kept_as", "because"),
    [
        ("lisezmoi.txt", "lisezmoi.txt", "text that is not XML"),
        (str(flow_name("FEN1200A", 8)), str(flow_name("FEN1200A", 8)), "well-formed"),
        (f"{flow_name('FEN1200A', 6)}.tar.gz", "note.txt", "text that is not XML"),
    ],
)
def test_what_is_not_understood_is_kept_with_its_reason(
    returns: Returns, name: str, kept_as: str, because: str
) -> None:
    [flow] = [flow for flow in returns.flows(SALES) if flow.name == name]
    assert flow.state == "kept"
    assert because in flow.reason
    note = json.loads(returns.read(SALES, f"unknown/{kept_as}.json"))
    assert note["origin"]["flow"] == name
    assert because in json.dumps(note["verdict"], ensure_ascii=False)
    assert returns.read(SALES, f"unknown/{kept_as}")
    assert f"needs a look: 3 flow(s) kept on {SALES}" in returns.company.edid("status").stdout


def test_a_message_is_filed_as_it_came_with_its_facts_beside_it(returns: Returns) -> None:
    name = "réponse du portail.xml"
    [filed] = [
        one for one in returns.filed(SALES) if one.startswith("returns/") and "portail" in one and one[-4:] == ".xml"
    ]
    assert returns.read(SALES, filed) == returns.offered[SALES][name]
    note = json.loads(returns.read(SALES, f"{filed}.json"))
    assert note["origin"]["flow"] == name
    assert note["flow_statuses"][0]["code"] == "92"
    assert len([one for one in returns.filed(SALES) if one.startswith("returns/")]) == 2 * 9


def test_a_pivot_is_kept_untouched_and_its_attachments_are_decoded(returns: Returns) -> None:
    pivots = {name: content for name, content in returns.offered[PURCHASES].items() if b"<CPPFacturePivot" in content}
    assert len(pivots) == 3
    kept = [one for one in returns.filed(PURCHASES) if one.startswith("flows/") and not one.endswith(".json")]
    assert sorted(digest(returns.read(PURCHASES, one)) for one in kept) == sorted(map(digest, pivots.values()))
    for name, content in pivots.items():
        [flow] = [flow for flow in returns.flows(PURCHASES) if flow.name == name]
        for invoice, row in zip(_invoices(content), _documents_of(returns, flow.id), strict=True):
            folder = returns.company.spool / PURCHASES / "in" / row.filed_as
            note = json.loads((folder / "facts.json").read_bytes())
            assert (row.number, row.state) == (invoice.findtext("DonneesFacture/Id"), "filed")
            assert note["facts"]["number"] == row.number
            ours = {"facts.json", "verdict.json", "verdict.txt"}
            filed = [path.read_bytes() for path in folder.iterdir() if path.name not in ours]
            assert Counter(map(digest, filed)) == Counter(map(digest, _attachments(invoice)))
            assert {one["name"] for one in note["attachments"]} == {path.name for path in folder.iterdir()} - ours
            assert note["faults"] == []


def _documents_of(returns: Returns, flow_id: int) -> list[Any]:
    return list(returns.company.ask(queries.documents_of, flow_id))


def _invoices(pivot: bytes) -> list[Any]:
    return etree.fromstring(pivot, etree.XMLParser(huge_tree=True)).findall(".//CPPFacturePivotUnitaire")


def _attachments(invoice: Any) -> list[bytes]:
    """Decode the PJ of an invoice another way than edid does."""
    decoded = [base64.b64decode(node.text) for node in invoice.findall("PJ/Contenu")]
    return [_unzipped(content) if content.startswith(b"PK") else content for content in decoded]


def _unzipped(packed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        [name] = archive.namelist()
        return archive.read(name)


def test_invoices_received_as_such_are_filed_in_folders_of_their_own(returns: Returns) -> None:
    by_number = {row.number: row for row in returns.company.documents(direction="in", sheet=PURCHASES)}
    for number, file in (("RECUE-1", "invoice.xml"), ("RECUE-X", "invoice.pdf")):
        folder = returns.company.spool / PURCHASES / "in" / by_number[number].filed_as
        assert (folder / file).read_bytes() in returns.offered[PURCHASES].values()
        assert json.loads((folder / "facts.json").read_bytes())["facts"]["number"] == number


def test_incoming_invoices_are_listed_for_programs(returns: Returns) -> None:
    told = returns.company.edid("documents", "list", "--direction", "in", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told.stdout)))
    assert {"RECUE-1", "RECUE-2", "RECUE-X"} < {row["number"] for row in rows}
    assert {row["state"] for row in rows} == {"filed"}
