"""Decision files as ERPs write them: forgiving in form, never in meaning."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.errors import RefusedInputError
from edid.exchange.decisions.decision import Payment
from edid.exchange.decisions.rows import KEYS, MOST, rows


def one(content: object):
    (row,) = rows(content if isinstance(content, bytes) else json.dumps(content).encode())
    return row


def test_one_object_is_a_list_of_one():
    assert one({"number": "F-1", "status": 207}).decision.status == "207"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_may_be_separated_as_the_erp_likes(separator):
    head, line = separator.join(["number", "status", "comment"]), separator.join(["F-1", "07", "vu"])
    decision = one(f"{head}\n{line}\n\n".encode()).decision
    assert (decision.number, decision.status, decision.comment) == ("F-1", "07", "vu")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_survive(encoding):
    assert one("number;status;comment\nF-1;05;dépassée".encode(encoding)).decision.comment == "dépassée"


def test_sums_are_exact_however_they_are_written():
    decision = one(
        {"number": "F", "status": "212", "payments": [{"amount": 0.1, "vat_rate": 5.5}, {"amount": "1 234,56"}]}
    )
    assert decision.decision.payments == (
        Payment(Decimal("0.1"), vat_rate=Decimal("5.5")),
        Payment(Decimal("1234.56")),
    )


def test_motives_are_a_list_or_a_text():
    assert one({"number": "F", "status": "207", "reason": ["A", "B"]}).decision.reasons == ("A", "B")
    assert one(b"number;status;reason\nF;207;A|B C").decision.reasons == ("A", "B", "C")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"number": "F"}, "'status' is missing"),
        ({"status": "07"}, "'document' or 'number' is missing"),
        ({"number": "F", "status": "07", "motif": "A"}, "unknown: motif"),
        ({"document": "one", "status": "07"}, "'document' is the number"),
        ({"number": "F", "status": "07", "issue_date": "last week"}, "'issue_date' is no date"),
        ({"number": "F", "status": "07", "at": "noon"}, "'at' is no time"),
        ({"number": "F", "status": "212", "amount": "much"}, "'amount' is no number"),
        ({"number": "F", "status": "212", "amount": "NaN"}, "'amount' is no amount"),
        ({"number": "F", "status": "212", "amount": "1e99"}, "'amount' is no amount"),
        ({"number": "F", "status": "212", "payments": [{}]}, "'amount' is missing"),
        ({"number": "F", "status": "212", "payments": "all"}, "'payments' is a list"),
        ({"number": ["F"], "status": "07"}, "'number' is one value"),
        (["F", "07"], "an object with named values"),
    ],
    ids=str,
)
def test_a_row_that_is_no_decision_says_why(data, fault):
    row = rows(json.dumps([data]).encode())[0]
    assert row.decision is None
    assert fault in row.fault.said("en")
    assert row.fault.said("fr") != row.fault.said("en")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"number;status\n", b"[" * 100_000])
def test_what_is_no_decision_file_is_refused_as_a_whole(content):
    with pytest.raises(RefusedInputError, match="no decision file"):
        rows(content)


def test_a_file_has_a_most():
    line = b'{"number":"F","status":"07"}'
    with pytest.raises(RefusedInputError, match="more than"):
        rows(b"[" + b",".join([line] * (MOST + 1)) + b"]")


@given(st.binary(max_size=300))
def test_no_bytes_are_too_strange(content):
    with suppress(RefusedInputError):
        assert rows(content)


@given(
    st.dictionaries(st.sampled_from(KEYS), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
)
def test_no_values_are_too_strange(data):
    for row in rows(json.dumps(data).encode()):
        assert (row.decision is None) == (row.fault is not None)
