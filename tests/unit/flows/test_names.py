from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edid.errors import RefusedInputError
from edid.flows.names import (
    LONGEST_SEQUENCE,
    FlowName,
    build,
    flow_identifier,
    parse_lenient,
    parse_strict,
)

DIGITS = string.digits
CAPITALS = string.ascii_uppercase
interface_codes = st.from_regex(r"[A-Z]{3}[0-9]{4}[A-Z]", fullmatch=True)
application_codes = st.text(CAPITALS + DIGITS, min_size=6, max_size=6)
sequences = st.integers(1, LONGEST_SEQUENCE)

PUBLISHED = [
    "FSO1110A_CPP001_CPP0011110000000000001557",
    "FSO1113A_CPP001_CPP0011113000000000044750",
    "FSO3110A_XXX999_XXX9993110000000000000001",
    "FFE0111A_AAA123_AAA1230111000000000000001",
]


@given(interface_codes, application_codes, sequences)
def test_what_is_built_is_strict_and_reads_back(interface_code, application_code, sequence):
    name = build(interface_code, application_code, sequence)
    assert len(name) == 41
    parts = parse_strict(name)
    assert parts == FlowName(
        interface_code, application_code, application_code, interface_code[3:7], f"{sequence:015d}"
    )
    assert str(parts) == name
    assert len(flow_identifier(name)) == 25
    assert name.endswith(flow_identifier(name))


@given(interface_codes, application_codes, sequences, sequences)
def test_two_sequences_never_give_one_name(interface_code, application_code, first, second):
    same = build(interface_code, application_code, first) == build(interface_code, application_code, second)
    assert same == (first == second)


@given(
    interface_codes,
    application_codes,
    application_codes,
    st.text(CAPITALS + DIGITS, min_size=9, max_size=19),
    st.sampled_from(["", ".tar.gz", ".xml", ".TAR.GZ", ".XML", ".pdf", ".zip"]),
)
def test_a_received_name_reads_back_unchanged(interface_code, application, sender, tail, extension):
    name = f"{interface_code}_{application}_{sender}{tail}{extension}"
    parts = parse_lenient(name)
    assert parts is not None
    assert str(parts) == name
    assert parts.extension == extension


@given(st.text(max_size=60))
def test_no_text_at_all_makes_the_parsers_crash(text):
    parts = parse_lenient(text)
    assert parts is None or str(parts) == text
    with suppress(RefusedInputError):
        assert str(parse_strict(text)) == text


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_names_are_strict(name):
    assert str(parse_strict(name)) == name
    assert parse_lenient(name) == parse_strict(name)
    assert not parse_strict(name).deviant


def test_a_published_sample_with_a_short_sequence_is_read_as_deviant():
    parts = parse_lenient("FSO1116A_JMRPOR_JMRPOR1116000000179.xml")
    assert parts == FlowName("FSO1116A", "JMRPOR", "JMRPOR", "1116", "000000179", ".xml")
    assert parts.deviant
    with pytest.raises(RefusedInputError):
        parse_strict("FSO1116A_JMRPOR_JMRPOR1116000000179")


def test_a_flow_of_the_platform_names_the_recipient_first_and_the_emitter_in_the_identifier():
    parts = parse_lenient("FEN0036A_SEI001_CPP0020036000000000000004.tar.gz")
    assert parts is not None
    assert (parts.application, parts.sender) == ("SEI001", "CPP002")
    assert parts.identifier == "CPP0020036000000000000004"
    assert not parts.deviant


@pytest.mark.parametrize(
    ("name", "deviant"),
    [
        ("FFE0111A_AAA123_AAA12301110000000000000A1", True),  # capitals in the sequence
        ("FSO1110A_AAA123_AAA1231100000000000000001", True),  # digits of another interface
        ("FSO1110A_AAA123_AAA1231110000000000000001", False),
    ],
)
def test_an_identifier_that_breaks_the_rule_is_told_apart(name, deviant):
    parts = parse_lenient(name)
    assert parts is not None
    assert parts.deviant is deviant


@pytest.mark.parametrize(
    "name",
    [
        "",
        "FSO1100A_XXX999_ XXX9991101000000000000001",  # a published misprint, with its blank
        "FSO1110AXXX999_XXX9991110000000000000001",
        "fso1110a_xxx999_xxx9991110000000000000001",
        "FSO1110A_XXX999_XXX9991110000000000000001\n",
        "FSO1110A_XXX999_XXX999１１１0000000000000001",  # full-width digits
        "FSO1110A_XXX999_XXX9991110000000000000001.exe",
        "../FSO1110A_XXX999_XXX9991110000000000000001",
        "FSO1110A_XXX999_XXX99911100000000000000010",
        "ubl_chorus_facture_1.xml",
    ],
)
def test_what_is_no_name_of_a_flow_is_not_read_as_one(name):
    assert parse_lenient(name) is None
    with pytest.raises(RefusedInputError):
        parse_strict(name)


@pytest.mark.parametrize(
    "name",
    [
        "FSO1110A_XXX999_YYY9991110000000000000001",  # two application codes
        "FSO1110A_XXX999_XXX9991100000000000000001",  # digits of another interface
        "FSO1110A_XXX999_XXX9991110000000000000000",  # sequence zero
        "FSO1110A_XXX999_XXX9991110000000000000001.xml",
        "FSO1110A_XXX999_XXX999111000000000000000A",
    ],
)
def test_we_never_send_a_name_that_is_only_nearly_right(name):
    with pytest.raises(RefusedInputError):
        parse_strict(name)


@pytest.mark.parametrize(
    ("interface_code", "application_code", "sequence"),
    [
        ("FSO1110", "ABC123", 1),
        ("FSO1110A\n", "ABC123", 1),
        ("FSO1110A", "abc123", 1),
        ("FSO1110A", "ABC1234", 1),
        ("FSO1110A", "ABC123", 0),
        ("FSO1110A", "ABC123", -1),
        ("FSO1110A", "ABC123", 10**15),
    ],
)
def test_a_part_that_does_not_fit_is_refused(interface_code, application_code, sequence):
    with pytest.raises(RefusedInputError) as refused:
        build(interface_code, application_code, sequence)
    assert refused.value.code == "IRR_FORM"
    assert "41 characters" in refused.value.remedy
