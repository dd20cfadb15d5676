"""A partner that offers a name again: other bytes are another flow, the same bytes are not filed twice."""

from __future__ import annotations

import math
import time

import pytest

from edid.sandbox.invoices import ubl_invoice
from tests.acceptance.company import Company
from tests.acceptance.offers import DAY, flow_name
from tests.acceptance.partner_side import offer
from tests.partners.openssh import OpenSshPartner
from tests.partners.waiting import until

PURCHASES = "achats"


@pytest.mark.parametrize("action", ["none", "delete", "move"])
def test_a_name_offered_again_with_other_bytes_is_another_flow(
    company: Company, partner: OpenSshPartner, action: str
) -> None:
    company.sheet(
        PURCHASES,
        partner.settings(),
        kind="receiver",
        poll={"every": "500ms", "jitter": "0s"},
        after_fetch={"action": action, "folder": "tmp"},
    )
    name = str(flow_name("FEN3036A", 1))
    first, second = ubl_invoice("AVANT-1", DAY), ubl_invoice("APRES-1", DAY)
    assert len(first) == len(second)
    daemon = company.run()
    offer(partner, name, first)
    daemon.wait_for("flow.filed")
    fetched_at = time.time()
    # The times that SFTP tells are whole seconds: within one of them a change of the same size could not be seen.
    until(lambda: time.time() > math.ceil(fetched_at), "the second of the fetch is over")
    offer(partner, name, second)
    daemon.wait_for("flow.filed", count=2)
    assert daemon.stop() == 0
    assert [row.number for row in company.documents()] == ["AVANT-1", "APRES-1"]
    assert [path.name for path in (partner.root / "out").iterdir()] == ([name] if action == "none" else [])


def test_the_same_bytes_offered_again_are_tidied_up_and_not_filed_again(
    company: Company, partner: OpenSshPartner
) -> None:
    company.sheet(
        PURCHASES,
        partner.settings(),
        kind="receiver",
        poll={"every": "500ms", "jitter": "0s"},
        after_fetch={"action": "delete"},
    )
    daemon = company.run()
    for _ in range(2):
        offer(partner, str(flow_name("FEN3036A", 1)), ubl_invoice("ENCORE-1", DAY))
        until(lambda: not list((partner.root / "out").iterdir()), "the offered file is removed")
    daemon.wait_for("poll.done", count=len(daemon.events("poll.done")) + 1)
    assert daemon.stop() == 0
    assert [row.number for row in company.documents()] == ["ENCORE-1"]
    assert len(company.flows()) == 1
