"""What is tried: one delivery, one reception, one rejection, and what stands beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from edid.documents.kinds import Facts
from edid.flows.names import FlowName
from edid.sandbox.answers import StatusLine, invoice_statuses
from edid.sandbox.invoices import broken_invoice, ubl_invoice
from tests.faults.world import Scenario

DAY = date(2026, 3, 2)
INVOICE = ubl_invoice("FA-1", DAY, lines=1)
SECOND, THIRD = ubl_invoice("FA-2", DAY, lines=2), ubl_invoice("FA-3", DAY, lines=1)
BROKEN = broken_invoice("missing-number")
RECEIVED = ubl_invoice("RECUE-1", DAY, lines=1)
_STATUS_NAME = FlowName("FEN1200A", "ABC123", "CPP001", "1200", f"{1:015d}")
STATUS = invoice_statuses(_STATUS_NAME, [StatusLine("03", Facts(number="FA-0"))], datetime(2026, 3, 3, tzinfo=UTC))

_SENDER: dict[str, Any] = {"intake": {"settle": "0s"}}
_RECEIVER: dict[str, Any] = {"kind": "receiver", "after_fetch": {"action": "delete"}}
_ONE = {"documents": {"sent": 1}, "flows": {"sent": 1}, "files": {"read": 1}, "delivered": (INVOICE,)}
_IN = {"documents": {"filed": 1}, "flows": {"filed": 2}, "filed": (RECEIVED, STATUS)}
_OFFERED = {str(_STATUS_NAME): STATUS, f"FEN3036A_ABC123_CPP0013036{1:015d}": RECEIVED}

DELIVERY = Scenario("delivery", _SENDER, {"a.xml": INVOICE}, **_ONE)
RECEPTION = Scenario("reception", _RECEIVER, offered=_OFFERED, **_IN)
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
FIRST_START = Scenario("first start", _SENDER, {"a.xml": INVOICE}, migrates=True, **_ONE)
OVER_SFTP = Scenario("delivery (sftp)", _SENDER, {"a.xml": INVOICE}, **_ONE)
FROM_SFTP = Scenario("reception (sftp)", _RECEIVER, offered=_OFFERED, **_IN)

LOCAL = (DELIVERY, RECEPTION, REJECTION, BATCH, ANSWERS, FIRST_START)
REMOTE = (OVER_SFTP, FROM_SFTP)
