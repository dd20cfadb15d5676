"""The simulated platform as a partner: what each scenario makes of the invoices, as the journal tells it afterwards.

One daemon talks to one simulated platform for each scenario at the same time, a sheet each.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import paramiko
import pytest

from edid.journal import queries
from edid.sandbox.invoices import ubl_invoice
from edid.sandbox.offers import Offers
from edid.sandbox.platform import SandboxPlatform
from edid.sandbox.receiver import deposit_pivot
from edid.sandbox.scenarios import SCRIPTS, Scenario
from edid.sandbox.server import SandboxServer
from tests.acceptance.company import Company
from tests.partners.waiting import free_port, until

DAY = date(2026, 3, 2)
FAST = timedelta(milliseconds=20)

GONE_AS_FAR = ["MISE_A_DISPOSITION", "MISE_A_DISPOSITION"]
TOUR_ENDS = [
    ("integrated", "MISE_A_DISPOSITION"),
    ("integrated", "MISE_EN_PAIEMENT"),
    ("integrated", "SUSPENDUE"),
    ("integrated", "MISE_A_DISPOSITION"),
    ("integrated", "A_RECYCLER"),
    ("integrated", "MISE_A_DISPOSITION"),
    ("integrated", "REJETEE"),
    ("integrated", "MISE_EN_PAIEMENT"),
    ("refused", None),
]
# By scenario: what is said of each flow, and of the invoices in their order.
EXPECTED: dict[Scenario, tuple[list[str | None], list[str | None]]] = {
    Scenario.ALL_INTEGRATED: (["integrated"], GONE_AS_FAR),
    Scenario.PAID: (["integrated"], ["MISE_EN_PAIEMENT", "MISE_EN_PAIEMENT"]),
    Scenario.PARTIAL: (["partly-integrated"], ["MISE_A_DISPOSITION", None]),
    Scenario.RECYCLED: (["integrated"], ["A_RECYCLER", "A_RECYCLER"]),
    Scenario.SUSPENDED: (["integrated"], ["SUSPENDUE", "SUSPENDUE"]),
    Scenario.SUSPENDED_THEN_COMPLETED: (["integrated"], ["SUSPENDUE", "SUSPENDUE"]),
    Scenario.DISPUTED: (["integrated"], ["SUSPENDUE", "SUSPENDUE"]),
    Scenario.REJECTED: (["integrated"], ["REJETEE", "REJETEE"]),
    Scenario.SILENCE: ([None], [None, None]),
    Scenario.OUT_OF_ORDER: (["integrated"], GONE_AS_FAR),
    Scenario.DOUBLED: (["integrated"], GONE_AS_FAR),
    Scenario.DOUBLE_DELIVERY: (["integrated"], GONE_AS_FAR),
    Scenario.PLACEHOLDERS: (["integrated"], [None, None]),
    Scenario.DUPLICATE_FLOW: (["refused"], [None, None]),
    Scenario.REFUSED: (["refused"], [None, None]),
    Scenario.REFUSED_STATUSES: (["integrated"], GONE_AS_FAR),
    Scenario.AS_NUMBERED: (["integrated"], GONE_AS_FAR),
    Scenario.SLOW: (["integrated"], GONE_AS_FAR),
    Scenario.TOUR: ([report for report, _ in TOUR_ENDS], [status for _, status in TOUR_ENDS]),
}
# How many flows come back: a report for each flow sent, then one for each status.
ANSWERS = {
    Scenario.ALL_INTEGRATED: 4,
    Scenario.PAID: 9,
    Scenario.PARTIAL: 4,
    Scenario.RECYCLED: 4,
    Scenario.SUSPENDED: 5,
    Scenario.SUSPENDED_THEN_COMPLETED: 5,
    Scenario.DISPUTED: 5,
    Scenario.REJECTED: 5,
    Scenario.SILENCE: 0,
    Scenario.OUT_OF_ORDER: 4,
    Scenario.DOUBLED: 8,
    Scenario.DOUBLE_DELIVERY: 5,
    Scenario.PLACEHOLDERS: 2,
    Scenario.REFUSED_STATUSES: 4,
    Scenario.AS_NUMBERED: 4,
    Scenario.DUPLICATE_FLOW: 1,
    Scenario.REFUSED: 1,
    Scenario.SLOW: 4,
    Scenario.TOUR: 9 + 3 + 8 + 4 + 3 + 3 + 3 + 4 + 8,
}


@dataclass
class Key:
    """Our key pair: the private part in a file, the public part as a line."""

    file: Path
    line: str


@dataclass
class Platforms:
    """All simulated platforms, and the company that has dealt with them."""

    company: Company
    servers: dict[str, SandboxServer] = field(default_factory=dict)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    pair = paramiko.RSAKey.generate(2048)
    file = tmp_path_factory.mktemp("key") / "id_rsa"
    pair.write_private_key_file(str(file))
    return Key(file, f"{pair.get_name()} {pair.get_base64()}")


@pytest.fixture(scope="module")
def serve(key: Key, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., SandboxServer]]:
    """Start simulated servers; they share a host key, because making one takes long."""
    host_key = tmp_path_factory.mktemp("host") / "host_key"
    with ExitStack() as stack:

        def start(root: Path, **options: Any) -> SandboxServer:
            server = SandboxServer(root, user="bac", authorized_keys=[key.line], host_key=host_key, **options)
            return stack.enter_context(server)

        yield start


def transport(server: SandboxServer, key: Key, **changes: Any) -> dict[str, Any]:
    """Return the `transport` section of a sheet for a simulated server."""
    return {
        "protocol": "sftp",
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "key": {"file": str(key.file)},
        "host_keys": [server.host_key_line],
        "sessions": 1,
        **changes,
    }


@pytest.fixture(scope="module")
def platforms(
    company_of_module: Company, serve: Callable[..., SandboxServer], key: Key, tmp_path_factory: pytest.TempPathFactory
) -> Platforms:
    """Every scenario played to its end."""
    done = Platforms(company_of_module)
    with ExitStack() as stack:
        for place, scenario in enumerate(Scenario):
            root = tmp_path_factory.mktemp(scenario.value)
            server = done.servers[scenario.value] = serve(root)
            platform = SandboxPlatform(root, scenario, delay=FAST, settle=FAST, being_written=server.being_written)
            stack.enter_context(platform)
            done.company.sheet(
                scenario.value,
                transport(server, key),
                application_code=f"BAC{place:03d}",
                poll={"every": "500ms", "jitter": "0s"},
                batch={"max_documents": 1 if scenario is Scenario.TOUR else 2, "wait": "10s"},
            )
            for number in range(_count(scenario)):
                name = f"{scenario.value}-{number}"
                done.company.drop(scenario.value, f"{name}.xml", ubl_invoice(name.upper(), DAY, lines=1))
        daemon = done.company.run()
        daemon.wait_for("flow.sent", count=sum(len(reports) for reports, _ in EXPECTED.values()))
        for scenario, answers in ANSWERS.items():
            if answers:
                daemon.wait_for("flow.filed", count=answers, sheet=scenario.value)
        daemon.wait_for(
            "poll.done",
            sheet=Scenario.SILENCE.value,
            count=len(daemon.events("poll.done", sheet=Scenario.SILENCE.value)) + 2,
        )
        assert daemon.stop() == 0
        assert not daemon.unread
    return done


def _count(scenario: Scenario) -> int:
    return len(EXPECTED[scenario][1])


def test_every_scenario_is_tried() -> None:
    assert set(EXPECTED) == set(ANSWERS) == set(SCRIPTS)


@pytest.mark.parametrize("scenario", Scenario)
def test_the_journal_tells_what_the_platform_decided(platforms: Platforms, scenario: Scenario) -> None:
    reports, statuses = EXPECTED[scenario]
    company = platforms.company
    assert [flow.report for flow in company.flows(sheet=scenario.value, direction="out")] == reports
    assert [row.status for row in company.documents(sheet=scenario.value, direction="out")] == statuses


def test_a_refusal_says_why(platforms: Platforms) -> None:
    for scenario, code in ((Scenario.DUPLICATE_FLOW, "IRR_UNCITE"), (Scenario.REFUSED, "IRR_SYNTAX")):
        [flow] = platforms.company.flows(sheet=scenario.value, direction="out")
        [report] = platforms.company.ask(queries.statuses_of, flow_id=flow.id)
        assert report.code == "93"
        assert [error[1] for error in report.about["errors"]] == [code]


def test_statuses_that_came_backwards_stand_in_the_order_in_which_they_happened(platforms: Platforms) -> None:
    for row in platforms.company.documents(sheet=Scenario.OUT_OF_ORDER.value, direction="out"):
        words = platforms.company.ask(queries.statuses_of, document_id=row.id)
        assert [word.code for word in words] == ["01", "02", "03"]
        assert [word.id for word in words] == sorted((word.id for word in words), reverse=True)


def test_each_answer_is_fetched_once_and_gone_at_the_platform(platforms: Platforms) -> None:
    for name, server in platforms.servers.items():
        fetched = Counter(operation.path for operation in server.operations("get"))
        assert fetched == Counter(operation.path for operation in server.operations("served once"))
        assert set(fetched.values()) <= {1}
        assert len(fetched) == ANSWERS[Scenario(name)]
        flows = platforms.company.flows(sheet=name, direction="in")
        assert sorted(f"/out/{flow.name}" for flow in flows) == sorted(fetched)
        assert {flow.state for flow in flows} <= {"filed"}


def test_the_platform_saw_no_forbidden_operation(platforms: Platforms) -> None:
    assert [one for server in platforms.servers.values() for one in server.operations("refused")] == []


def test_a_partner_that_speaks_cbc_only_is_reached_with_the_ciphers_of_the_sheet(
    company: Company, serve: Callable[..., SandboxServer], key: Key, tmp_path: Path
) -> None:
    server = serve(tmp_path / "platform", cbc_only=True)
    company.sheet("aife", transport(server, key, algorithms={"ciphers": ["aes256-ctr"]}))
    daemon = company.run()
    company.drop("aife", "cbc.xml", ubl_invoice("CBC-1", DAY))
    refused = daemon.wait_for("flow.operator")
    assert "no SSH algorithm in common" in refused["error"]
    assert "transport.algorithms" in refused["error"]
    company.sheet("aife", transport(server, key, algorithms={"ciphers": ["aes256-cbc"]}))
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("flow.sent")
    assert daemon.stop() == 0
    assert [path.name for path in (tmp_path / "platform" / "in").iterdir()] == [company.flows()[0].name]


def test_the_sandbox_command_is_a_partner_like_any_other(company: Company, key: Key, tmp_path: Path) -> None:
    keys = tmp_path / "authorized_keys"
    keys.write_text(f"{key.line}\n")
    root, port = tmp_path / "platform", free_port()
    command = [sys.executable, "-m", "edid", "sandbox", str(root), "--authorized-keys", str(keys)]
    options = ["--port", str(port), "--scenario", "suspendue", "--incoming", "DST001=2", "--cbc"]
    sandbox = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert sandbox.stdout is not None
        lines = iter(sandbox.stdout.readline, "")
        host_key = next(line for line in lines if "ssh-rsa" in line).strip().removeprefix("- ").strip('"')
        reached = {"host": "127.0.0.1", "port": port, "user": "sandbox", "key": {"file": str(key.file)}}
        settings = {"protocol": "sftp", **reached, "host_keys": [host_key], "algorithms": {"ciphers": ["aes128-cbc"]}}
        company.sheet("essai", settings, poll={"every": "500ms", "jitter": "0s"}, application_code="DST001")
        daemon = company.run()
        company.drop("essai", "essai.xml", ubl_invoice("ESSAI-1", DAY))
        until(lambda: company.statuses() == {"ESSAI-1": "SUSPENDUE"}, "the invoice is suspended", 60)
        assert len(company.documents(direction="in")) == 2
        assert daemon.stop() == 0
    finally:
        sandbox.send_signal(signal.SIGTERM)
        assert sandbox.wait(15) == 0
        sandbox.stdout.close()


def test_incoming_pivots_of_a_platform_that_offers_once_are_filed(
    company: Company, serve: Callable[..., SandboxServer], key: Key, tmp_path: Path
) -> None:
    root = tmp_path / "platform"
    server = serve(root)
    name = deposit_pivot(Offers(root), "DST001", 5)
    company.sheet("achats", transport(server, key), kind="receiver", application_code="DST001")
    daemon = company.run()
    daemon.wait_for("flow.filed")
    assert daemon.stop() == 0
    assert [flow.name for flow in company.flows()] == [name]
    assert [row.state for row in company.documents()] == ["filed"] * 5
    assert list((root / "out").iterdir()) == []
    for row in company.documents():
        filed = sorted(path.suffix for path in (company.spool / "achats" / "in" / row.filed_as).iterdir())
        assert filed == [".json", ".json", ".pdf", ".xml"]
