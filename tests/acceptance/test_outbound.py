"""From the drop folder to a real OpenSSH partner: every file arrives once, unchanged, or is set aside with its reason.

One run of the daemon serves all statements: CEN's and AIFE's own examples, and one of everything that must not leave.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from edid.exchange.forcing import force
from edid.journal.database import default_url, open_journal
from edid.sandbox.invoices import broken_invoice, factur_x, ubl_invoice
from edid.sandbox.invoices.breakage import Breakage
from tests.acceptance.archives import members, tar_gz
from tests.acceptance.company import Company, contents, digest
from tests.partners.openssh import OpenSshPartner
from tests.partners.server_journal import Operation

CEN, CHORUS = "cen", "chorus"
APPLICATIONS = {CEN: "CEN001", CHORUS: "JMRPOR"}
# AIFE's own sample without ApplicableHeaderTradeDelivery, which the schema of CII demands.
NOT_VALID_IN_THE_CORPUS = {"FSO1116A_P01.xml"}
DAY = date(2026, 3, 2)
GOOD = ubl_invoice("BON-1", DAY)
LIMIT = 6_000_000
FLOW_NAME = re.compile(r"(FSO[0-9]{4}A)_([A-Z0-9]{6})_\2([0-9]{4})([0-9]{15})")
# Root without the right to read what its owner may not: the service's own user has no such right either.
AS_ORDINARY_USER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")

REFUSED = {
    "vide.xml": (b"", "IRR_VIDE_F", "vide"),
    "trop-gros.xml": (b"x" * (LIMIT + 1), "IRR_TAILLE_F", "trop gros"),
    "document-trop-gros.xml": (ubl_invoice("GROS-1", DAY, lines=6000), "IRR_TAILLE_F", "trop gros"),
    "texte.xml": (b"Bonjour, ceci est une facture.", "IRR_TYPE_F", "type"),
    "inconnu.xml": (b"<Bordereau><Numero>1</Numero></Bordereau>", "IRR_TYPE_F", "type"),
    "tronque.xml": (GOOD[:-200], "IRR_SYNTAX", "illisible"),
    "doctype.xml": (GOOD.replace(b"?>", b'?><!DOCTYPE i [<!ENTITY e "x">]>', 1), "IRR_SYNTAX", "illisible"),
    "mal-rangee.xml": (broken_invoice(Breakage.MISPLACED, "KO-1", DAY), "XSD", "schéma"),
    "illisible.xml": (GOOD, "EDID_UNREADABLE", "droit"),
}


@dataclass
class Exchange:
    """What was dropped, and what became of it."""

    company: Company
    partner: OpenSshPartner
    dropped: dict[str, dict[str, bytes]] = field(default_factory=lambda: {CEN: {}, CHORUS: {}})
    remote: dict[str, bytes] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    forced_by_hand: int = 0
    exit_code: int = -1

    def drop(self, sheet: str, name: str, content: bytes) -> None:
        """Drop a file and remember it."""
        self.dropped[sheet][name] = content
        self.company.drop(sheet, name, content)

    def all_done(self) -> None:
        """Wait until everything dropped so far, and the odd things besides, has its place."""
        self.company.wait_until_settled(sum(map(len, self.dropped.values())) + 2)


@pytest.fixture(scope="module")
def exchange(company_of_module: Company, partner_of_module: OpenSshPartner, corpus: Path) -> Exchange:
    """One run over everything."""
    company, partner = company_of_module, partner_of_module
    company.configure(limits={"flow_size": "6MB", "document_size": "4MB"})
    company.sheet(CEN, partner.settings(), application_code=APPLICATIONS[CEN])
    company.sheet(
        CHORUS,
        partner.settings(),
        application_code=APPLICATIONS[CHORUS],
        interfaces={"emission": ["FSO1116A"]},
    )
    done = Exchange(company, partner)
    daemon = company.run(before=AS_ORDINARY_USER)
    _drop_corpus(done, corpus)
    _drop_odd_things(done)
    done.all_done()
    done.drop(CEN, "bonne-encore.xml", GOOD)
    done.drop(CEN, "meme-numero.xml", ubl_invoice("BON-1", DAY, lines=7))
    done.all_done()
    _force_duplicates(done)
    done.all_done()
    done.exit_code = daemon.stop()
    assert not daemon.unread
    done.remote = contents(partner.root / "in")
    done.operations = partner.operations()
    return done


def _drop_corpus(done: Exchange, corpus: Path) -> None:
    for folder in ("ubl-examples", "cii-examples"):
        for path in sorted((corpus / "cen" / folder).glob("*.xml")):
            done.drop(CEN, path.name, path.read_bytes())
    for path in sorted((corpus / "chorus" / "cii").iterdir()):
        done.drop(CHORUS, path.name, path.read_bytes())


def _drop_odd_things(done: Exchange) -> None:
    company = done.company
    done.drop(CEN, "bonne.xml", GOOD)
    done.drop(CEN, "facture-x.pdf", factur_x("FX-1", DAY))
    done.drop(CHORUS, "ubl-sur-une-fiche-cii.xml", ubl_invoice("AUTRE-1", DAY))
    done.drop(CEN, "lot.tar.gz", tar_gz({"bonne.xml": ubl_invoice("LOT-1", DAY), "autre.xml": b"<autre/>"}))
    for name, (content, _, _) in REFUSED.items():
        if name == "illisible.xml":
            hidden = company.out(CEN) / f".{name}.tmp"
            hidden.write_bytes(content)
            hidden.chmod(0)
            hidden.rename(company.out(CEN) / name)
            done.dropped[CEN][name] = content
        else:
            done.drop(CEN, name, content)
    (company.folder / "secret").write_text("personal")
    (company.out(CEN) / "lien.xml").symlink_to(company.folder / "secret")
    os.mkfifo(company.out(CEN) / "tube.xml")


def _force_duplicates(done: Exchange) -> None:
    """Send every set-aside document whose bytes have not left yet: one by hand, the others as the command does."""
    left = {row.sha256 for row in done.company.documents(state="sent")}
    waiting = [row for row in done.company.documents(state="duplicate") if row.sha256 not in left]
    waiting = list({row.sha256: row for row in waiting}.values())
    by_hand = next(row for row in waiting if row.file_name == "meme-numero.xml")
    told = done.company.edid("documents", "force", str(by_hand.id))
    assert told.returncode == 0, told.stderr
    done.forced_by_hand = by_hand.id
    journal = open_journal(default_url(done.company.state))
    for row in waiting:
        if row is not by_hand:
            force(journal, done.company.spool, row.id)
    journal.close()


def must_leave(done: Exchange) -> Counter[str]:
    """Return the sha256 of every document that has to reach the partner, once each."""
    leaving: set[str] = set()
    for sheet, files in done.dropped.items():
        for name, content in files.items():
            if name in REFUSED or name in NOT_VALID_IN_THE_CORPUS or (sheet == CHORUS and name.startswith("ubl")):
                continue
            documents = members(content) if name.endswith(".tar.gz") else {name: content}
            leaving |= {digest(document) for document in documents.values() if document != b"<autre/>"}
    return Counter(leaving)


def test_every_valid_document_reaches_the_partner_once_and_unchanged(exchange: Exchange) -> None:
    assert Counter(map(digest, exchange.remote.values())) == must_leave(exchange)


def test_the_daemon_ends_well(exchange: Exchange) -> None:
    assert exchange.exit_code == 0


def test_names_follow_the_rule_and_numbers_never_repeat(exchange: Exchange) -> None:
    numbers: dict[tuple[str, str], list[int]] = {}
    flows = exchange.company.flows(direction="out")
    for flow in flows:
        match = FLOW_NAME.fullmatch(flow.name)
        assert match is not None, flow.name
        code, application, digits, sequence = match.groups()
        assert (code, application, digits) == (flow.interface_code, APPLICATIONS[flow.sheet], code[3:7])
        assert flow.identifier == f"{application}{digits}{sequence}"
        numbers.setdefault((application, digits), []).append(int(sequence))
    assert sorted(exchange.remote) == sorted(flow.name for flow in flows)
    assert set(numbers) == {("CEN001", "1100"), ("CEN001", "1106"), ("CEN001", "1117"), ("JMRPOR", "1116")}
    for used in numbers.values():
        assert used == sorted(set(used))
        assert used[0] == 1


def test_the_server_saw_each_flow_written_once_under_a_temporary_name_then_renamed(exchange: Exchange) -> None:
    writes = Counter(one.path for one in exchange.operations if one.kind == "open" and "WRITE" in one.flags)
    renames = Counter((one.path, one.target) for one in exchange.operations if one.kind == "rename")
    assert writes == Counter(f"in/{name}.part" for name in exchange.remote)
    assert renames == Counter((f"in/{name}.part", f"in/{name}") for name in exchange.remote)
    written = {one.path: one.written for one in exchange.operations if one.kind == "close" and one.written}
    assert written == {f"in/{name}.part": len(content) for name, content in exchange.remote.items()}
    refused = [one.path for one in exchange.operations if one.kind == "failed"]
    assert set(refused) <= {"No such file"}, "only the look whether a name is free"
    assert not [one for one in exchange.operations if one.kind in {"remove", "forced-close"}]


def test_every_dropped_file_is_in_exactly_one_place(exchange: Exchange) -> None:
    company = exchange.company
    remote = Counter(map(digest, exchange.remote.values()))
    for sheet, files in exchange.dropped.items():
        for name, content in files.items():
            if name == "lot.tar.gz":
                continue  # its documents have fates of their own
            arrived = _arrived(company, sheet, name)
            assert all(remote[sha256] == 1 for sha256 in arrived)
            places = {
                "partner": bool(arrived),
                "rejected": name in company.left_in(sheet, "rejected"),
                "duplicates": name in company.left_in(sheet, "duplicates"),
                "drop folder": name in company.left_in(sheet, "out"),
            }
            assert list(places.values()).count(True) == 1, (name, places)
            for place in ("rejected", "duplicates"):
                if places[place]:
                    assert (company.spool / sheet / place / name).read_bytes() == content
    for sheet in exchange.dropped:
        assert company.left_in(sheet, "out") == company.left_in(sheet, "claimed") == []
    assert company.temporary() == []


def _arrived(company: Company, sheet: str, name: str) -> list[str]:
    return [row.sha256 for row in company.documents(sheet=sheet, state="sent") if row.file_name == name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_leave_is_kept_with_its_reason_in_plain_french(exchange: Exchange, name: str) -> None:
    _, rule, plain = REFUSED[name]
    rejected = exchange.company.spool / CEN / "rejected"
    text = (rejected / f"{name}.verdict.txt").read_text()
    assert text.startswith("REFUSÉ : ce fichier n'est pas parti.")
    assert f"Fichier : {name}" in text
    heading = next(line for line in text.splitlines() if line.startswith("1. "))
    assert heading.startswith(f"1. [bloquant] {rule} : ")
    assert plain in heading
    assert "Que faire : " in text
    facts = json.loads((rejected / f"{name}.verdict.json").read_bytes())
    assert facts["file"] == name
    assert facts["sheet"] == CEN
    assert facts["verdict"]["outcome"] == "invalid"
    assert facts["verdict"]["findings"][0]["rule"] == rule
    assert plain in facts["meanings"][rule]["meaning"]


@pytest.mark.parametrize("name", ["lien.xml", "tube.xml"])
def test_what_is_no_file_is_refused_and_never_followed(exchange: Exchange, name: str) -> None:
    kept = exchange.company.spool / CEN / "rejected" / name
    assert kept.is_symlink() if name == "lien.xml" else kept.is_fifo()
    assert "EDID_NOT_A_FILE : Ce n'est pas un fichier ordinaire" in kept.with_name(f"{name}.verdict.txt").read_text()
    assert (exchange.company.folder / "secret").read_text() == "personal"


def test_a_syntax_that_the_sheet_does_not_send_is_refused(exchange: Exchange) -> None:
    text = (exchange.company.spool / CHORUS / "rejected" / "ubl-sur-une-fiche-cii.xml.verdict.txt").read_text()
    assert "IRR_TYPE : " in text
    assert "FSO1116A" in text


def test_a_member_of_an_archive_is_judged_by_itself(exchange: Exchange) -> None:
    kept = exchange.company.left_in(CEN, "rejected")
    assert "lot.tar.gz__autre.xml" in kept
    assert "lot.tar.gz" not in kept
    assert len(_arrived(exchange.company, CEN, "lot.tar.gz")) == 1


def test_a_file_dropped_again_is_set_aside_and_says_what_it_duplicates(exchange: Exchange) -> None:
    duplicates = exchange.company.spool / CEN / "duplicates"
    text = (duplicates / "bonne-encore.xml.verdict.txt").read_text()
    [original] = [row for row in exchange.company.documents(sheet=CEN) if row.file_name == "bonne.xml"]
    assert text.startswith("DOUBLON : ")
    assert "les mêmes octets" in text
    assert f"(document {original.id})" in text
    assert "edid documents force" in text
    assert (duplicates / "bonne-encore.xml").read_bytes() == GOOD


def test_the_same_number_with_other_bytes_leaves_only_when_a_person_forces_it(exchange: Exchange) -> None:
    [forced] = [row for row in exchange.company.documents(sheet=CEN) if row.file_name == "meme-numero.xml"]
    assert forced.id == exchange.forced_by_hand
    assert forced.state == "sent"
    assert exchange.remote[forced.flow_name] == exchange.dropped[CEN]["meme-numero.xml"]
    assert not [name for name in exchange.company.left_in(CEN, "duplicates") if name.startswith("meme-numero")]
