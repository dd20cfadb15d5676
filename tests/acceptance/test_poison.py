"""What always fails is held with its cause, in one list, and never keeps back the rest; a person decides about it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company
from tests.partners.waiting import until

DAY = date(2026, 3, 2)
SHEET = "emetteur"


@pytest.fixture
def partner(tmp_path: Path) -> Path:
    for name in ("in", "out"):
        (tmp_path / "partner" / name).mkdir(parents=True)
    return tmp_path / "partner"


def held(company: Company) -> dict[str, dict[str, Any]]:
    """Return what `edid held list` says, by what it is."""
    return {row["what"]: row for row in json.loads(company.edid("held", "list", "--format", "json").stdout)}


def test_a_flow_and_a_return_that_always_fail_are_held_while_all_others_pass(company: Company, partner: Path) -> None:
    company.sheet(
        SHEET,
        {"protocol": "folder", "root": str(partner), "sessions": 1},
        poll={"every": "300ms", "jitter": "0s"},
        retry={"first": "50ms", "longest": "100ms", "refused": "100ms", "jitter": 0, "tries": 3},
    )
    poisoned = "FSO1100A_ABC123_ABC1231100000000000000001"
    (partner / "in" / f"{poisoned}.part").mkdir()  # no file can ever be written under this name
    (partner / "out" / "STRANGE").write_bytes(b"what is this?")
    daemon = company.run()
    company.drop(SHEET, "poison.xml", ubl_invoice("POISON", DAY, lines=1))
    daemon.wait_for("flow.operator", flow=poisoned)
    passed = 0
    while not daemon.events("flow.held"):
        passed += 1
        company.drop(SHEET, f"{passed}.xml", ubl_invoice(f"GOOD-{passed}", DAY, lines=1))
        daemon.wait_for("flow.sent", count=passed)
        assert passed < 100, "it is never held"
    assert {row.state for row in company.flows(direction="out") if row.name != poisoned} == {"sent"}
    daemon.wait_for("flow.kept", flow="STRANGE")
    listed = held(company)
    assert set(listed) == {"flow to send", "received flow"}
    assert "It failed 3 times while others got through." in listed["flow to send"]["because"]

    (partner / "in" / f"{poisoned}.part").rmdir()
    released = company.edid("held", "release", str(listed["flow to send"]["id"]), "--flow")
    assert released.returncode == 0, released.stderr
    daemon.wait_for("flow.sent", flow=poisoned)
    dropped = company.edid("held", "drop", str(listed["received flow"]["id"]), "--flow", "--reason", "not for us")
    assert dropped.returncode == 0, dropped.stderr
    until(lambda: held(company) == {}, "nothing is held any more")
    assert daemon.stop() == 0
    assert len(list((partner / "in").iterdir())) == passed + 1
