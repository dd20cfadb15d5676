"""What is tried: one delivery, one reception, one rejection, and what stands beside them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from edid.documents.kinds import Facts
from edid.flows.names import FlowName
from edid.sandbox.answers import StatusLine, invoice_statuses
from edid.sandbox.invoices import broken_invoice, ubl_invoice
from tests.faults.scenario import Scenario

DAY = date(2026, 3, 2)
INVOICE = ubl_invoice("FA-1", DAY, lines=1)
SECOND, THIRD = ubl_invoice("FA-2", DAY, lines=2), ubl_invoice("FA-3", DAY, lines=1)
BROKEN = broken_invoice("missing-number")
RECEIVED = ubl_invoice("RECUE-1", DAY, lines=1)
_STATUS_NAME = FlowName("FEN1200A", "ABC123", "CPP001", "1200", f"{1:015d}")
STATUS = invoice_statuses(_STATUS_NAME, [StatusLine("03", Facts(number="FA-0"))], datetime(2026, 3, 3, tzinfo=UTC))

_SENDER: dict[str, Any] = {"intake": {"settle": "0s"}}
_RECEIVER: dict[str, Any] = {"kind": "receiver", "after_fetch": {"action": "delete"}}
_ONE: dict[str, Any] = {
    "documents": {"sent": 1},
    "flows": {"sent": 1},
    "files": {"read": 1},
    "delivered": (INVOICE,),
}
_INVOICE_NAME = f"FEN3036A_ABC123_CPP0013036{1:015d}"
_IN: dict[str, Any] = {
    "offered": {str(_STATUS_NAME): STATUS, _INVOICE_NAME: RECEIVED},
    "documents": {"filed": 1},
    "flows": {"filed": 2},
    "filed": (RECEIVED, STATUS),
}

DELIVERY = Scenario("delivery", _SENDER, {"a.xml": INVOICE}, **_ONE)
RECEPTION = Scenario("reception", _RECEIVER, **_IN)
REJECTION = Scenario(
    "rejection",
    _SENDER,
    {"bad.xml": BROKEN, "empty.xml": b""},
    documents={"rejected": 1},
    files={"read": 1, "rejected": 1},
    kept=(BROKEN, b""),
)
BATCH = Scenario(
    "batch",
    {**_SENDER, "batch": {"max_documents": 3, "wait": "1h"}},
    {"1.xml": INVOICE, "2.xml": SECOND, "3.xml": THIRD},
    documents={"sent": 3},
    flows={"sent": 1},
    files={"read": 3},
    delivered=(INVOICE, SECOND, THIRD),
)
ANSWERS = Scenario(
    "answers",
    {**_SENDER, "answers": {"form": "json", "markers": {"accepted_when": "sent"}}},
    {"a.xml": INVOICE, "bad.xml": BROKEN},
    documents={"sent": 1, "rejected": 1},
    flows={"sent": 1},
    files={"read": 2},
    delivered=(INVOICE,),
    kept=(BROKEN,),
    answers={"sent": 1, "rejected": 1},
)
DECISION = Scenario(
    "decision",
    {
        **_RECEIVER,
        "intake": {"settle": "0s"},
        "interfaces": {"reception": ["FEN0036A"], "emission": ["FSO1301A"]},
        "lifecycle": {"decide": True},
    },
    decided={"d.json": json.dumps([{"number": "RECUE-1", "status": "07"}]).encode()},
    documents={"filed": 1, "sent": 1},
    flows={"filed": 1, "sent": 1},
    files={"read": 1},
    messages=1,
    after=Scenario("before the decision", {}, offered={_INVOICE_NAME: RECEIVED}, filed=(RECEIVED,)),
)
TWO_SHEETS = Scenario(
    "two sheets",
    _SENDER,
    {"a.xml": INVOICE, "bad.xml": BROKEN},
    documents={"sent": 1, "rejected": 1},
    flows={"sent": 1},
    files={"read": 2},
    delivered=(INVOICE,),
    kept=(BROKEN,),
    beside={**_RECEIVER, "application_code": "ACH001"},
)
FIRST_START = Scenario("first start", _SENDER, {"a.xml": INVOICE}, migrates=True, anchored=True, **_ONE)
OVER_SFTP = Scenario("delivery (sftp)", _SENDER, {"a.xml": INVOICE}, **_ONE)
FROM_SFTP = Scenario("reception (sftp)", _RECEIVER, **_IN)

LOCAL = (DELIVERY, RECEPTION, REJECTION, BATCH, ANSWERS, DECISION, TWO_SHEETS, FIRST_START)
REMOTE = (OVER_SFTP, FROM_SFTP)
WARMING = (ANSWERS, RECEPTION, FIRST_START)
"""Together they come to everything that is loaded once."""
