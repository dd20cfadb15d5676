"""A sheet that batches: five hundred documents a flow, in packages whose bytes depend on the documents alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.archives import members
from tests.acceptance.company import Company, contents
from tests.partners.openssh import OpenSshPartner

DAY = date(2026, 3, 2)
INVOICES = {f"facture-{number:04d}.xml": ubl_invoice(f"LOT-{number}", DAY, lines=1) for number in range(503)}
FULL = "FSO1100A_BAT001_BAT0011100000000000000001"
REST = "FSO1100A_BAT001_BAT0011100000000000000502"


@dataclass
class Batches:
    company: Company
    remote: dict[str, bytes]
    elsewhere: dict[str, bytes]


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory, partner_of_module: OpenSshPartner) -> Batches:
    """The same files dropped at two companies that know nothing of each other, before their daemons start."""
    companies = {folder: Company(tmp_path_factory.mktemp(folder) / "company") for folder in ("in", "tmp")}
    daemons = []
    for folder, company in companies.items():
        transport = partner_of_module.settings(in_folder=folder)
        company.sheet("lots", transport, application_code="BAT001", batch={"max_documents": 500})
        for name, content in INVOICES.items():
            company.drop("lots", name, content)
        daemons.append(company.launch())
    for company, daemon in zip(companies.values(), daemons, strict=True):
        daemon.wait_for("flow.sent", count=2)
        assert daemon.stop() == 0
        company.kill_all()
    root: Path = partner_of_module.root
    return Batches(companies["in"], contents(root / "in"), contents(root / "tmp"))


def test_full_flows_hold_five_hundred_documents_and_the_rest_follows(batches: Batches) -> None:
    assert {name: len(members(packed)) for name, packed in batches.remote.items()} == {FULL: 500, REST: 3}
    assert [flow.document_count for flow in batches.company.flows()] == [500, 3]


def test_members_are_the_dropped_bytes_under_names_with_xml(batches: Batches) -> None:
    packed = {name: content for flow in batches.remote.values() for name, content in members(flow).items()}
    assert sorted(packed.values()) == sorted(INVOICES.values())
    assert len(packed) == len(INVOICES)
    numbers = [number for number in range(1, 506) if number not in {1, 502}]
    assert sorted(packed) == [f"FSO1100A_BAT001_BAT0011100{number:015d}.xml" for number in numbers]
    assert {row.wire_member for row in batches.company.documents(state="sent")} == set(packed)


def test_the_same_documents_give_the_same_bytes_anywhere(batches: Batches) -> None:
    assert batches.elsewhere == batches.remote


def test_nothing_else_is_left_behind(batches: Batches) -> None:
    company = batches.company
    assert {folder: company.left_in("lots", folder) for folder in ("out", "claimed", "rejected", "duplicates")} == {
        "out": [],
        "claimed": [],
        "rejected": [],
        "duplicates": [],
    }
    assert company.temporary() == []
