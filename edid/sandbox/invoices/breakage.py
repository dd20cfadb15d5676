"""Invoices that must be refused, one fault each: to see what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from edid.sandbox.invoices.ubl import ubl_invoice


class Breakage(StrEnum):
    """What is wrong with a broken invoice."""

    EMPTY = "empty"
    TRUNCATED = "truncated"
    DOCTYPE = "doctype"
    UNKNOWN_ROOT = "unknown-root"
    MISSING_NUMBER = "missing-number"
    BAD_DATE = "bad-date"
    BAD_AMOUNT = "bad-amount"
    MISPLACED = "misplaced"


def broken_invoice(kind: Breakage | str, number: str = "KO-2026-0001", issue_date: date = date(2026, 9, 1)) -> bytes:
    """Return a UBL invoice with one fault. Raises ValueError when `kind` is not a Breakage."""
    return _BREAKERS[Breakage(kind)](ubl_invoice(number, issue_date))


def _without_number(invoice: bytes) -> bytes:
    start = invoice.index(b"<cbc:ID>")
    return invoice[:start] + invoice[invoice.index(b"</cbc:ID>") + len(b"</cbc:ID>") :]


def _with_doctype(invoice: bytes) -> bytes:
    return invoice.replace(b"<Invoice", b'<!DOCTYPE Invoice [<!ENTITY who "nobody">]>\n<Invoice', 1)


def _with_bad_date(invoice: bytes) -> bytes:
    start = invoice.index(b"<cbc:IssueDate>") + len(b"<cbc:IssueDate>")
    return invoice[:start] + b"31/08/2026" + invoice[start + 10 :]


def _with_bad_amount(invoice: bytes) -> bytes:
    start = invoice.index(b"<cbc:PayableAmount")
    start = invoice.index(b">", start) + 1
    return invoice[:start] + b"1 234,56" + invoice[invoice.index(b"<", start) :]


def _misplaced(invoice: bytes) -> bytes:
    currency = b"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
    return invoice.replace(currency, b"", 1).replace(b"</Invoice>", currency + b"</Invoice>", 1)


_BREAKERS: dict[Breakage, Callable[[bytes], bytes]] = {
    Breakage.EMPTY: lambda _: b"",
    Breakage.TRUNCATED: lambda invoice: invoice[: len(invoice) // 2],
    Breakage.DOCTYPE: _with_doctype,
    Breakage.UNKNOWN_ROOT: lambda _: b'<?xml version="1.0" encoding="UTF-8"?>\n<Commande numero="42"/>\n',
    Breakage.MISSING_NUMBER: _without_number,
    Breakage.BAD_DATE: _with_bad_date,
    Breakage.BAD_AMOUNT: _with_bad_amount,
    Breakage.MISPLACED: _misplaced,
}
