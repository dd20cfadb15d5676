"""One partner that is down, cut off or not the one it was never harms another; what waits leaves when it is back."""

from __future__ import annotations

import json
import re
import signal
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest

from edid.journal import queries
from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company, contents, digest
from tests.acceptance.partner_side import arrived, emptied
from tests.partners.openssh import OpenSshPartner
from tests.partners.waiting import until

DAY = date(2026, 3, 2)
GOOD, BAD = "bonne", "autre"
LINE_TO_ADD = re.compile(r'host_keys:\n  - "((?:ssh|ecdsa)-\S+ \S+)"')


def invoices(prefix: str, count: int = 3) -> dict[str, bytes]:
    """Return made-up invoices by file name."""
    return {
        f"{prefix.lower()}-{number}.xml": ubl_invoice(f"{prefix}-{number}", DAY, lines=1) for number in range(count)
    }


def drop_all(company: Company, sheet: str, files: dict[str, bytes]) -> Counter[str]:
    """Drop files; return the sha256 of each, to be found at the partner once."""
    for name, content in files.items():
        company.drop(sheet, name, content)
    return Counter(map(digest, files.values()))


@pytest.fixture(scope="module")
def second_of_module(started: Callable[..., OpenSshPartner]) -> OpenSshPartner:
    """A partner of this module alone, which its tests stop and start."""
    return started()


@pytest.fixture
def second(second_of_module: OpenSshPartner) -> OpenSshPartner:
    """The same with empty folders."""
    return emptied(second_of_module)


@pytest.mark.parametrize("pinned", ["nothing", "another key"])
def test_an_unproven_host_key_pauses_its_sheet_alone_until_the_line_is_added(
    company: Company, partner: OpenSshPartner, second: OpenSshPartner, pinned: str
) -> None:
    transport = second.settings()
    keys = [] if pinned == "nothing" else [partner.host_key("ed25519"), partner.host_key("rsa")]
    company.sheet(GOOD, partner.settings(), application_code="BON001")
    company.sheet(BAD, {**transport, "host_keys": keys}, application_code="AUT001")
    daemon = company.run()
    sent, waiting = drop_all(company, GOOD, invoices("B")), drop_all(company, BAD, invoices("A"))
    daemon.wait_for("flow.sent", count=3, sheet=GOOD)
    paused = daemon.wait_for("partner.paused", sheet=BAD, direction="out")
    assert arrived(partner) == sent
    until(lambda: len(company.flows(sheet=BAD)) == 3, "the other invoices are named")
    assert [operation for operation in second.operations() if operation.kind == "open"] == []
    refused = [flow for flow in company.flows(sheet=BAD, state="ready") if flow.reason]
    assert len(refused) in {1, 2}  # each of the two sessions may have met the key at the same time
    assert all(("HAS CHANGED" in flow.reason) == (pinned == "another key") for flow in refused)
    assert paused["error"] in {flow.reason for flow in refused}
    line = LINE_TO_ADD.search(refused[0].reason)
    assert line is not None, refused[0].reason
    assert line[1] in transport["host_keys"]
    assert "needs a look: sending pauses on autre" in company.edid("status").stdout
    company.sheet(BAD, {**transport, "host_keys": [line[1]]}, application_code="AUT001")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("flow.sent", count=3, sheet=BAD)
    assert arrived(second) == waiting
    assert daemon.stop() == 0
    names = [flow.name[-15:] for flow in company.flows(sheet=BAD)]
    assert names == ["000000000000001", "000000000000002", "000000000000003"]


def test_what_a_dead_partner_did_not_get_is_tried_again_later_and_later_across_a_restart(
    company: Company, partner: OpenSshPartner, second: OpenSshPartner
) -> None:
    company.sheet(GOOD, partner.settings(), application_code="BON001")
    company.sheet(
        BAD,
        second.settings(sessions=1),
        application_code="AUT001",
        retry={"first": "100ms", "factor": 2, "longest": "10s", "jitter": 0},
    )
    second.stop()
    daemon = company.run()
    waiting = drop_all(company, BAD, invoices("M", 1))
    daemon.wait_for("flow.transient", count=4, sheet=BAD)
    sent = drop_all(company, GOOD, invoices("N"))
    daemon.wait_for("flow.sent", count=3, sheet=GOOD)
    assert arrived(partner) == sent
    assert daemon.stop() == 0
    [flow] = company.flows(sheet=BAD)
    tries = company.ask(queries.attempts_of, flow.id)
    assert {one.outcome for one in tries} == {"transient"}
    assert "cannot be reached" in flow.reason
    pauses = [(later.started_at - earlier.ended_at).total_seconds() for earlier, later in pairwise(tries)]
    assert all(pause >= wanted for pause, wanted in zip(pauses, (0.1, 0.2, 0.4, 0.8), strict=False)), pauses
    daemon = company.run()
    daemon.wait_for("flow.transient", sheet=BAD)
    second.start()
    daemon.wait_for("flow.sent", sheet=BAD)
    assert arrived(second) == waiting
    assert daemon.stop() == 0
    [after] = company.flows(sheet=BAD)
    assert (after.name, after.sha256, after.state) == (flow.name, flow.sha256, "sent")
    outcomes = [one.outcome for one in company.ask(queries.attempts_of, flow.id)]
    assert outcomes == ["transient"] * (len(outcomes) - 1) + ["delivered"]
    assert len(outcomes) > len(tries) + 1


def test_a_refusal_heals_by_itself_once_the_partner_lets_us_in(
    company: Company, partner: OpenSshPartner, second: OpenSshPartner
) -> None:
    company.sheet(GOOD, partner.settings(), application_code="BON001")
    company.sheet(
        BAD, second.settings(), application_code="AUT001", retry={"first": "100ms", "refused": "200ms", "jitter": 0}
    )
    folder = second.root / "in"
    folder.rename(second.root / "elsewhere")
    daemon = company.run()
    waiting, sent = drop_all(company, BAD, invoices("A")), drop_all(company, GOOD, invoices("B"))
    daemon.wait_for("partner.paused", sheet=BAD, direction="out")
    daemon.wait_for("flow.sent", count=3, sheet=GOOD)
    daemon.wait_for("flow.operator", count=3, sheet=BAD)
    (second.root / "elsewhere").rename(folder)
    daemon.wait_for("flow.sent", count=3, sheet=BAD)
    assert (arrived(partner), arrived(second)) == (sent, waiting)
    daemon.wait_for("partner.healed", sheet=BAD, direction="out")
    assert daemon.stop() == 0
    tries = [row for row in json.loads(company.edid("partners", "--format", "json").stdout) if row["sheet"] == BAD]
    assert {row["state"] for row in tries} == {"closed"}


def test_a_session_that_was_cut_while_idle_is_replaced(company: Company, partner: OpenSshPartner) -> None:
    company.sheet(GOOD, partner.settings(), application_code="BON001")
    daemon = company.run()
    sent = drop_all(company, GOOD, invoices("C", 1))
    daemon.wait_for("flow.sent")
    partner.cut()
    sent += drop_all(company, GOOD, invoices("D", 4))
    daemon.wait_for("flow.sent", count=5)
    assert arrived(partner) == sent
    assert daemon.stop() == 0


def test_an_upload_that_was_cut_is_repeated_under_the_same_name_with_the_same_bytes(
    company: Company, partner: OpenSshPartner
) -> None:
    company.configure(limits={"judge_time": "1m"})
    company.sheet(GOOD, partner.settings(), application_code="BON001")
    daemon = company.run()
    large = ubl_invoice("G-1", DAY) + b"<!--" + b"x" * 60_000_000 + b"-->"
    sent = drop_all(company, GOOD, {"grosse.xml": large})
    until(lambda: any(operation.kind == "open" for operation in partner.operations()), "the upload has begun", 60)
    partner.cut()
    daemon.wait_for("flow.transient")
    daemon.wait_for("flow.sent")
    assert daemon.stop() == 0
    assert arrived(partner) == sent
    [flow] = company.flows()
    assert list(contents(partner.root / "in")) == [flow.name]
    assert [one.outcome for one in company.ask(queries.attempts_of, flow.id)] == ["transient", "delivered"]
    renames = [operation for operation in partner.operations() if operation.kind == "rename"]
    assert [(one.path, one.target) for one in renames] == [(f"in/{flow.name}.part", f"in/{flow.name}")]
