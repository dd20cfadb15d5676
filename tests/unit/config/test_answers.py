from __future__ import annotations

import pytest

from edid.config.answers import FIELDS, Answers, constant

from .conftest import RECEIVER, SENDER, Etc


def test_nothing_is_dropped_unless_the_sheet_asks(etc: Etc):
    etc.sheet(SENDER)
    assert etc.load().sheets["chorus"].answers == Answers()
    assert not Answers().wanted


@pytest.mark.parametrize("text", ["answers: {form: csv}", "answers: {markers: {accepted_when: sent}}"])
@pytest.mark.parametrize("sheet", [SENDER, RECEIVER])
def test_both_kinds_of_sheet_may_want_answers_or_markers(etc: Etc, sheet: str, text: str):
    etc.sheet(f"{sheet}{text}\n", "inbox.yaml" if sheet is RECEIVER else "chorus.yaml")
    (read,) = etc.load().sheets.values()
    assert read.answers.wanted


def test_columns_keep_the_order_of_the_file(etc: Etc):
    etc.sheet(SENDER + "answers:\n  form: csv\n  columns: {Z: number, A: '=001', M: amount}\n")
    columns = etc.load().sheets["chorus"].answers.columns
    assert list(columns.items()) == [("Z", "number"), ("A", "=001"), ("M", "amount")]
    assert [constant(column) for column in columns.values()] == [None, "001", None]


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("form: excel", "answers.form", "none, json, csv or xml"),
        ("events: [gone]", "answers.events[0]", "taken"),
        ("columns: {A: numero}", "answers.columns.A", "event_id, event, time"),
        ("csv: {separator: '#'}", "answers.csv.separator", "tab"),
        ("encoding: ebcdic", "answers.encoding", "cp1252"),
        ("date_format: '%Q'", "answers.date_format", "%d/%m/%Y"),
        ("date_format: '%H'", "answers.date_format", "%d/%m/%Y"),
        ("date_format: '%'", "answers.date_format", "%d/%m/%Y"),
        ("time_format: '%c'", "answers.time_format", "%H"),
        ("file_name: '{number}.csv'", "answers.file_name", "{event_id}"),
        ("file_name: '../{event_id}'", "answers.file_name", "{event_id}"),
        ("file_name: '{event_id}/x'", "answers.file_name", "{event_id}"),
        ("file_name: '.{event_id}'", "answers.file_name", "{event_id}"),
        ("file_name: '{event_id!r}'", "answers.file_name", "{event_id}"),
        ("file_name: '{event_id:>99999999}'", "answers.file_name", "{event_id}"),
        ("file_name: '{event_id.real}'", "answers.file_name", "{event_id}"),
        ("file_name: '{event_id}{event_id}'", "answers.file_name", "{event_id}"),
        ("file_name: '{event_id'", "answers.file_name", "{event_id}"),
        ("daily_name: all.csv", "answers.daily_name", "{day}"),
        ("daily_name: '{day}{number}.csv'", "answers.daily_name", "{day}"),
        ("markers: {accepted_when: read}", "answers.markers.accepted_when", "never, sent or integrated"),
        ("markers: {rejected_by: [rejetee]}", "answers.markers.rejected_by[0]", "capital letters"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_what_is_allowed(etc: Etc, text: str, key: str, allowed: str):
    etc.sheet(f"{SENDER}answers: {{{text}}}\n")
    problem = etc.problem()
    assert problem.key == key
    assert allowed in str(problem)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("form: xml, files: daily", "cannot grow"),
        ("form: xml, columns: {1a: number}", "XML element"),
        ("form: csv, columns: {' ': number}", "printable name"),
        ("form: csv, file_name: '{event_id}.err', markers: {accepted_when: sent}", "marker"),
    ],
)
def test_values_that_do_not_go_together_are_refused(etc: Etc, text: str, said: str):
    etc.sheet(f"{SENDER}answers: {{{text}}}\n")
    assert said in str(etc.problem())


def test_no_fact_is_named_twice():
    assert len(FIELDS) == len(set(FIELDS))
