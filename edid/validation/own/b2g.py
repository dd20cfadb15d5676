"""BR-FR-CPRO: what Chorus Pro demands of an invoice to a public body that comes through an approved platform.

AFNOR XP Z12-012, annex A V1.3, lists these rules; no official schematron checks them, and an invoice that breaks one
comes back as status 213 (rejetée) with REJ_CONT_B2G. Left out, as the document alone does not tell: 11, 12 and 13
(what the recipient's directory entry demands), 16 and 22 (declared unverifiable), 23 (who really buys); and, as their
wording was not found: 01, 18, 21, 28, 29 and 40. Which of 04 to 08 is about which scheme is not known: one rule here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from edid.documents.particulars.model import Datum, Particulars, Party
from edid.validation.own.b2g_lengths import RULES as LENGTHS
from edid.validation.own.b2g_sources import ANNEX
from edid.validation.own.rule import Breach, Circumstances, OwnPack, Rule
from edid.validation.own.showing import short
from edid.validation.verdict import Severity

SELLER_SCHEMES = ("0009", "0223", "0226", "0227", "0228", "0229")
SIREN, SIRET = "0002", "0009"
MOST_LINES = 999_999
_FORMATS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "0223": (re.compile(r".{1,17}"), "at most 17 characters"),
    "0227": (re.compile(r".{1,17}"), "at most 17 characters"),
    "0228": (re.compile(r".{9,10}"), "9 or 10 characters"),
    "0229": (re.compile(r".{9,10}"), "9 or 10 characters"),
    "0226": (re.compile(r"[0-9]{10}.{0,70}"), "10 digits, then at most 70 characters"),
}


def _has(party: Party, scheme: str) -> bool:
    return any(each.scheme == scheme for each in party.identifiers)


def _seller_scheme(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if not any(each.scheme in SELLER_SCHEMES for each in particulars.seller.identifiers):
        expected = f"an identifier with a scheme among {', '.join(SELLER_SCHEMES)}"
        yield Breach(
            "the seller has no identifier of a scheme that Chorus Pro takes.", particulars.seller.place, None, expected
        )


def _seller_format(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    for each in particulars.seller.identifiers:
        pattern, expected = _FORMATS.get(each.scheme or "", (None, ""))
        if pattern is not None and not pattern.fullmatch(each.value):
            message = f"the seller's identifier '{short(each.value)}' has not the form of the scheme {each.scheme}."
            yield Breach(message, each, short(each.value), expected)


def _siret_beside_siren(
    who: str, select: Callable[[Particulars], Party | None]
) -> Callable[[Particulars, Circumstances], Iterator[Breach]]:
    def check(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
        party = select(particulars)
        if party is not None and _has(party, SIREN) and not _has(party, SIRET):
            yield Breach(
                f"{who} gives a SIREN (0002) but no SIRET (0009).", party.place, None, "a SIRET with scheme 0009"
            )

    return check


def _buyer_siret(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if not _has(particulars.buyer, SIRET):
        yield Breach("the buyer has no SIRET (0009).", particulars.buyer.place, None, "a SIRET with scheme 0009")


def _lines(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if particulars.line_count is not None and particulars.line_count > MOST_LINES:
        message = f"the invoice has {particulars.line_count:,} lines."
        yield Breach(message, None, f"{particulars.line_count:,}", f"<= {MOST_LINES:,}")


def _one(
    what: str, select: Callable[[Particulars], tuple[Datum, ...]]
) -> Callable[[Particulars, Circumstances], Iterator[Breach]]:
    def check(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
        data = select(particulars)
        if len(data) > 1:
            yield Breach(f"the invoice has {len(data):,} {what}; one is allowed.", data[1], f"{len(data):,}", "1")

    return check


def _one_contact(
    who: str, select: Callable[[Particulars], Party]
) -> Callable[[Particulars, Circumstances], Iterator[Breach]]:
    def check(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
        party = select(particulars)
        if party.contacts > 1:
            yield Breach(
                f"{who} has {party.contacts:,} contacts; one is allowed.", party.place, f"{party.contacts:,}", "1"
            )

    return check


def _frame(particulars: Particulars, _: Circumstances) -> Iterator[Breach]:
    if particulars.frame is not None and particulars.frame.value == "S5":
        yield Breach("the frame S5 is refused for a public body.", particulars.frame, "S5", "S3")


def _rule(number: str, check: Callable[[Particulars, Circumstances], Iterator[Breach]], *terms: str) -> Rule:
    return Rule(f"BR-FR-CPRO-{number}", Severity.FATAL, check, ANNEX, terms)


BR_FR_CPRO = OwnPack(
    "BR-FR-CPRO",
    "2026.11.23",
    (
        _rule("03", _seller_scheme, "BT-29"),
        _rule("04-08", _seller_format, "BT-29"),
        _rule("09", _siret_beside_siren("the seller", lambda it: it.seller), "BT-29", "BT-30"),
        _rule("10", _buyer_siret, "BT-46"),
        _rule("17", _siret_beside_siren("the payee", lambda it: it.payee), "BT-60", "BT-61"),
        _rule("19", _lines, "BG-25"),
        _rule("20", _one("prior invoices", lambda it: it.preceding), "BG-3"),
        _rule("24", _frame, "BT-23"),
        _rule("25", _one("texts of payment terms", lambda it: it.payment_terms), "BT-20"),
        _rule("26", _one_contact("the seller", lambda it: it.seller), "BG-6"),
        _rule("27", _one_contact("the buyer", lambda it: it.buyer), "BG-9"),
        *LENGTHS,
    ),
)
