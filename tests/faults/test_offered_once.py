"""SIGKILL while a partner serves files that it offers once: each is fetched, kept and filed once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import paramiko
import pytest

from edid.sandbox.invoices import ubl_invoice
from edid.sandbox.server import SandboxServer
from tests.acceptance.company import Company, digest
from tests.faults.killing import Kills
from tests.partners.waiting import until

DAY = date(2026, 3, 2)


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

    Kills().strike(company, 1.0, 6, offer)
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
