"""The rules BR-FR-CPRO about how long a text may be."""

from __future__ import annotations

from edid.validation.own.b2g_sources import ANNEX
from edid.validation.own.lengths import Select, longer_than
from edid.validation.own.rule import Rule
from edid.validation.verdict import Severity


def _rule(number: str, limit: int, what: str, select: Select, *terms: str) -> Rule:
    return Rule(f"BR-FR-CPRO-{number}", Severity.FATAL, longer_than(limit, what, select), ANNEX, terms)


RULES = (
    _rule(
        "02",
        20,
        "the number of an invoice",
        lambda it: (it.number, *it.preceding, *it.line_preceding_too_long),
        *("BT-1", "BT-25", "EXT-FR-FE-136"),
    ),
    _rule("14", 50, "the contract reference", lambda it: (it.contract,), "BT-12"),
    _rule("15", 50, "the engagement number", lambda it: (it.engagement,), "BT-13"),
    _rule(
        "30", 50, "the reference of a supporting document", lambda it: (s.reference for s in it.supplements), "BT-122"
    ),
    _rule("31", 1024, "the description of an item", lambda it: it.item_descriptions_too_long, "BT-154"),
    _rule("32", 400, "the seller's street", lambda it: (it.seller.street,), "BT-35"),
    _rule("33", 400, "the seller's city", lambda it: (it.seller.city,), "BT-37"),
    _rule("34", 99, "the buyer's trade name", lambda it: (it.buyer.trade_name,), "BT-45"),
    _rule("35", 1024, "the text of payment terms", lambda it: it.payment_terms, "BT-20"),
    _rule("36", 99, "the seller's trade name", lambda it: (it.seller.trade_name,), "BT-28"),
    _rule("37", 99, "the payee's name", lambda it: (it.payee.name if it.payee else None,), "BT-59"),
    _rule("38", 20, "the identifier of the delivery location", lambda it: (it.delivery_location,), "BT-71"),
    _rule("39", 27, "the payment account", lambda it: it.payment_accounts, "BT-84"),
    _rule("41", 50, "the file name of an attachment", lambda it: (s.filename for s in it.supplements), "BT-125"),
    _rule("42", 1024, "a note", lambda it: it.notes, "BT-22"),
    _rule("43", 99, "the seller's name", lambda it: (it.seller.name,), "BT-27"),
    _rule("44", 99, "the buyer's name", lambda it: (it.buyer.name,), "BT-44"),
)
