from __future__ import annotations

import pytest

from edid.documents.kinds import Kind
from edid.errors import ConfigError
from edid.flows.interfaces import Direction, catalogue, interface, known, reply_code


def test_every_code_that_an_entry_names_is_in_the_catalogue_itself():
    for entry in catalogue().values():
        named = {*entry.secondaries, entry.reply, entry.receipt, entry.replaces, entry.successor}
        assert named - {None, "none"} <= set(catalogue()), entry.code


def test_no_code_stands_twice_in_the_data_file():
    from ruamel.yaml import YAML

    from edid import resources

    rows = YAML(typ="safe").load(resources.folder("schemas") / "interfaces.yaml")["interfaces"]
    codes = [row["code"] for row in rows]
    assert len(codes) == len(set(codes)) == len(catalogue())


def test_every_entry_names_its_source_and_every_unsourced_kind_has_a_note():
    for entry in catalogue().values():
        assert entry.source
        assert not entry.accepts_unsourced or entry.note


@pytest.mark.parametrize(
    ("code", "direction"),
    [
        ("FSO1100A", Direction.EMISSION),
        ("CEN0036A", Direction.EMISSION),
        ("CEI3036A", Direction.EMISSION),
        ("FEN0036A", Direction.RECEPTION),
        ("CSO1100A", Direction.RECEPTION),
        ("CSI3110A", Direction.RECEPTION),
    ],
)
def test_the_prefix_tells_the_direction_seen_from_the_partner(code, direction):
    assert interface(code).direction is direction


@pytest.mark.parametrize(
    ("code", "reply"),
    [
        ("FSO1301A", "CSO1301A"),
        ("FSO1110A", "CSO1110A"),
        ("FEN1204A", "CEN1204A"),
        ("FEN0036A", "CEN0036A"),
        ("FFE0111A", "CFE0111A"),  # not listed: the rule alone
        ("FSO6000A", "CSI6000A"),  # listed exceptions
        ("FSO3302A", "CSI3302A"),
        ("FEN4000A", "CEI4000A"),
        ("FEN1200A", None),
        ("CSO1100A", None),
        ("F", None),
    ],
)
def test_the_reply_to_a_flow_has_c_for_f_unless_the_catalogue_says_otherwise(code, reply):
    assert reply_code(code) == reply


def test_the_reply_of_every_deposit_follows_it_as_a_secondary_code():
    for entry in catalogue().values():
        if entry.code.startswith("FSO") and not entry.retired:
            assert reply_code(entry.code) in entry.secondaries


def test_a_received_pivot_is_acknowledged_at_flow_level_under_another_code_than_its_reply():
    assert interface("FEN0036A").receipt == "FSO1300A"


def test_an_unknown_code_is_refused_with_near_ones():
    with pytest.raises(ConfigError) as refused:
        interface("FSO1100B")
    assert "FSO1100A" in refused.value.remedy
    assert known("FSO1100B") is None


def test_a_code_that_resembles_nothing_is_refused_with_the_shape_of_a_code():
    with pytest.raises(ConfigError, match="three letters"):
        interface("?")


def test_credit_notes_travel_under_historical_ubl_codes_but_marked_as_unsourced():
    assert Kind.UBL_CREDIT_NOTE in interface("FSO1100A").kinds
    assert Kind.UBL_CREDIT_NOTE not in interface("FSO1100A").accepts
    assert Kind.UBL_CREDIT_NOTE in interface("FSO1150A").accepts
