"""The bytes of an answer, as picky programs want them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from edid.config.answers import FIELDS, Answers
from edid.exchange.answers.answer import Answer
from edid.exchange.answers.forms import beginning, line, whole
from edid.exchange.answers.names import file_name, marker_name

AT = datetime(2026, 11, 23, 7, 5, 9, 123000, tzinfo=UTC)
COLUMNS = {"SOC": "=001", "NUMFAC": "number", "DATFAC": "issue_date", "MT": "amount", "LIB": "label", "QUAND": "time"}
ENCODINGS = ["utf-8", "utf-8-sig", "latin-1", "cp1252"]


def answer(**facts: Any) -> Answer:
    known = {
        "event_id": "0000000012",
        "event": "status",
        "time": AT,
        "number": "F-1",
        "issue_date": date(2026, 9, 1),
        "amount": Decimal("1234.50"),
        "label": "Suspendue",
        "file": "a.xml",
        "document": 7,
        "status": "SUSPENDUE",
        "findings": ({"rule": "BR-1", "severity": "fatal", "message": "Non"}, {"rule": "BR-2", "message": "Si"}),
    }
    return Answer(12, "status", AT, known | facts)  # type: ignore[arg-type, operator]


def test_columns_stand_in_the_order_and_under_the_names_of_the_sheet() -> None:
    settings = Answers(form="csv", columns=COLUMNS)
    assert whole(answer(), settings) == (
        b"SOC;NUMFAC;DATFAC;MT;LIB;QUAND\r\n001;F-1;2026-09-01;1234.50;Suspendue;2026-11-23T07:05:09.123Z\r\n"
    )


def test_dates_decimals_lines_and_separators_are_those_of_the_sheet() -> None:
    settings = Answers(
        form="csv",
        columns=COLUMNS,
        decimal=",",
        date_format="%d/%m/%y",
        time_format="%Y%m%d %H%M%S",
        csv={"separator": "tab", "header": False, "line_end": "lf", "quoting": "all"},  # type: ignore[arg-type]
    )
    assert whole(answer(), settings) == b'"001"\t"F-1"\t"01/09/26"\t"1234,50"\t"Suspendue"\t"20261123 070509"\n'


def test_without_columns_every_fact_stands_under_its_own_name() -> None:
    rows = list(csv.reader(io.StringIO(whole(answer(), Answers(form="csv")).decode()), delimiter=";"))
    assert tuple(rows[0]) == FIELDS
    said = dict(zip(*rows, strict=True))
    assert (said["findings"], said["document"], said["flow"]) == ("BR-1: Non | BR-2: Si", "7", "")
    data = json.loads(whole(answer(), Answers(form="json")))
    assert tuple(data) == FIELDS
    assert (data["document"], data["amount"], data["flow"]) == (7, "1234.50", None)
    assert data["findings"][0] == {"rule": "BR-1", "severity": "fatal", "message": "Non"}
    root = etree.fromstring(whole(answer(), Answers(form="xml")))
    assert [element.tag for element in root] == list(FIELDS)
    assert root.findtext("findings/item/rule") == "BR-1"


@pytest.mark.parametrize("quoting", ["needed", "all", "never"])
@given(value=st.text(max_size=30))
def test_any_text_stays_one_value_on_one_line(quoting: str, value: str) -> None:
    settings = Answers(form="csv", columns={"A": "label", "B": "=x"}, csv={"quoting": quoting})  # type: ignore[arg-type]
    text = line(answer(label=value), settings).decode()
    assert text.endswith("\r\n")
    assert len(text[:-2].splitlines()) == 1
    if quoting == "never":
        assert text.count(";") == 1
        assert '"' not in text
    else:
        ((read, fixed),) = csv.reader(io.StringIO(text, newline=""), delimiter=";")
        assert fixed == "x"
        if value.isprintable():
            assert read == value


@pytest.mark.parametrize("form", ["csv", "json", "xml"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@given(value=st.text(st.characters(), max_size=20))
def test_any_text_can_be_written_in_any_encoding(form: str, encoding: str, value: str) -> None:
    settings = Answers(form=form, encoding=encoding, columns={"A": "label"})  # type: ignore[arg-type]
    content = whole(answer(label=value), settings)
    text = content.decode(encoding if encoding != "latin-1" else "iso-8859-1")
    if form == "json" and value.isprintable():
        assert json.loads(text)["A"] == value
    if form == "xml":
        assert etree.fromstring(content).tag == "answer"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "Œuvre – « 5 € » “ok” ł 漢"),
        ("cp1252", "Œuvre – « 5 € » “ok” l ?"),
        ("latin-1", 'OEuvre - « 5 EUR » "ok" l ?'),
    ],
)
def test_what_an_encoding_lacks_is_written_with_the_nearest_letters(encoding: str, written: str) -> None:
    settings = Answers(form="csv", encoding=encoding, columns={"A": "label"}, csv={"header": False})  # type: ignore[arg-type]
    content = whole(answer(label="Œuvre – « 5 € » “ok” ł 漢"), settings).decode(encoding)
    assert next(csv.reader([content], delimiter=";")) == [written]


def test_a_beginning_is_a_mark_and_a_header() -> None:
    assert beginning(Answers(form="json", encoding="utf-8-sig")) == b"\xef\xbb\xbf"
    assert beginning(Answers(form="csv", columns={"É": "number"}, encoding="latin-1")) == b"\xc9\r\n"


# --- names


def test_a_name_is_made_of_the_parts_that_the_sheet_wants() -> None:
    settings = Answers(form="csv", file_name="{day}_{time}_{file}_{number}_{state}_{event_id}.ret")
    assert file_name(answer(), settings) == "2026-11-23_070509_a.xml_F-1_SUSPENDUE_0000000012.ret"


@given(number=st.text(max_size=80), file=st.text(max_size=300), status=st.text(max_size=50))
def test_no_name_leaves_the_folder_or_loses_the_number_of_its_event(number: str, file: str, status: str) -> None:
    settings = Answers(form="json", file_name="{file}{number} {state}{day}{time}{event_id}.{form}")
    name = file_name(answer(number=number, file=file, status=status), settings)
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".")
    assert len(name.encode()) <= 255
    assert name.endswith("0000000012.json")


@given(original=st.text(min_size=1, max_size=300))
def test_no_marker_leaves_the_folder(original: str) -> None:
    name = marker_name(original)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name.encode()) + len(".rejected") <= 255


def test_a_marker_bears_the_name_that_the_erp_gave() -> None:
    assert marker_name("Facture 12é.xml") == "Facture 12é.xml"
    assert marker_name("sub/a.xml") == "a.xml"
