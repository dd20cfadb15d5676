"""Versions are switched by name, there and back; what is needed is not removed."""

from __future__ import annotations

from datetime import date

import pytest

from edid.config.settings import Limits
from edid.errors import PermanentError
from edid.validation.added import AddedRules, switching
from edid.validation.added.copies import RefusedPackError
from edid.validation.files import place
from tests.unit.validation.added.conftest import Add
from tests.unit.validation.added.stylesheets import GOOD, UNSAFE

LIMITS = Limits()
NAME = "EN16931-CII"


def order(rules: AddedRules, name: str = NAME) -> list[str]:
    return [pack.version for pack in rules.catalogue().named(name)]


def active(rules: AddedRules) -> set[str]:
    return {entry.version for entry in rules.record().packs if entry.active}


def test_there_and_back(rules: AddedRules, add: Add):
    add(version="9.1")
    add(version="9.2")
    assert (order(rules), active(rules)) == (["9.2", "FX-1.09", "9.1"], {"9.2"})
    switching.use(rules, NAME, "9.1", LIMITS)
    assert (order(rules)[0], active(rules)) == ("9.1", {"9.1"})
    switching.use(rules, NAME, "FX-1.09", LIMITS)
    assert (order(rules)[0], active(rules)) == ("FX-1.09", set())
    assert set(order(rules)) == {"FX-1.09", "9.1", "9.2"}, "all can still be pinned"
    switching.use(rules, NAME, "9.2", LIMITS)
    assert (order(rules)[0], active(rules)) == ("9.2", {"9.2"})


def test_what_is_used_is_not_replaced_by_what_is_kept_off(rules: AddedRules, add: Add):
    add(version="9.1", active=False)
    assert (order(rules), active(rules)) == (["FX-1.09", "9.1"], set())


def test_going_back_switches_off_the_version_that_would_come_into_force_later(rules: AddedRules, add: Add):
    add(version="9.1")
    add(version="9.2", since=date(2100, 1, 1))
    assert (order(rules), active(rules)) == (["9.2", "9.1", "FX-1.09"], {"9.1", "9.2"})
    switching.use(rules, NAME, "9.1", LIMITS)
    assert active(rules) == {"9.1"}


def test_a_pack_that_rests_leaves_its_place_to_what_stood_behind_it(rules: AddedRules, add: Add):
    add(version="9.1")
    add(version="9.2", since=date(2100, 1, 1))
    switching.off(rules, NAME, "9.1")
    assert active(rules) == {"9.2"}
    switching.off(rules, NAME, "9.2")
    assert order(rules)[0] == "FX-1.09"


def test_other_packs_are_left_alone(rules: AddedRules, add: Add):
    add(name="EN16931-UBL", version="9.0")
    add(version="9.1")
    switching.use(rules, NAME, "FX-1.09", LIMITS)
    assert order(rules, "EN16931-UBL") == ["9.0", "1.3.16"]


def test_schemas_for_other_versions_of_a_format_are_left_alone(rules: AddedRules, add: Add):
    schema = place(rules.shipped().named("CPPStatut")[0]).with_name("CPPTypes.xsd").read_bytes()
    add(schema, name="CPPStatut", version="V1_20", called="a.xsd")
    add(schema, name="CPPStatut", version="V1_19.1", versions=("V1_19",), called="b.xsd")
    switching.use(rules, "CPPStatut", "V1_19", LIMITS)
    assert active(rules) == {"V1_20"}
    switching.use(rules, "CPPStatut", "V1_20", LIMITS)
    assert active(rules) == {"V1_20"}


def test_nothing_is_switched_to_files_that_cannot_be_trusted(rules: AddedRules, add: Add):
    add(version="9.1")
    switching.use(rules, NAME, "FX-1.09", LIMITS)
    copy = rules.folder / "files" / NAME / "9.1" / "rules.xslt"
    copy.write_text(GOOD + " ")
    with pytest.raises(RefusedPackError, match=r"nothing was switched: .*cannot be trusted"):
        switching.use(rules, NAME, "9.1", LIMITS)
    assert active(rules) == set()


def test_nothing_is_switched_to_rules_that_do_not_compile(rules: AddedRules, add: Add):
    add(UNSAFE["document()"], version="9.1", active=False)
    with pytest.raises(RefusedPackError, match=r"nothing was switched: .*document\(\)"):
        switching.use(rules, NAME, "9.1", LIMITS)


def test_only_what_rests_and_is_not_pinned_is_removed(rules: AddedRules, add: Add):
    add(version="9.1")
    with pytest.raises(RefusedPackError, match=r"in use.*edid rules off EN16931-CII 9\.1"):
        switching.remove(rules, NAME, "9.1")
    switching.off(rules, NAME, "9.1")
    with pytest.raises(RefusedPackError, match="pinned by emetteur, other"):
        switching.remove(rules, NAME, "9.1", ["emetteur", "other"])
    switching.remove(rules, NAME, "9.1")
    assert rules.catalogue() == rules.shipped()
    assert not list((rules.folder / "files").iterdir())


def test_another_version_is_left_when_one_is_removed(rules: AddedRules, add: Add):
    add(version="9.1")
    add(version="9.2")
    switching.remove(rules, NAME, "9.1")
    assert [path.name for path in (rules.folder / "files" / NAME).iterdir()] == ["9.2"]


@pytest.mark.parametrize("change", [switching.off, switching.remove])
def test_what_edid_has_itself_is_not_taken_out(rules: AddedRules, change):
    with pytest.raises(RefusedPackError, match="is part of edid"):
        change(rules, NAME, "FX-1.09")
    with pytest.raises(PermanentError, match="no rule pack EN16931-CII 0"):
        change(rules, NAME, "0")


def test_an_unknown_version_is_not_switched_to(rules: AddedRules):
    with pytest.raises(PermanentError, match="no rule pack EN16931-CII 0"):
        switching.use(rules, NAME, "0", LIMITS)


def test_a_version_that_edid_came_to_have_later_is_its_own(rules: AddedRules, add: Add):
    add(version="9.1")
    shipped = rules.catalogue()
    upgraded = AddedRules(rules.folder, shipped=lambda: shipped)
    switching.use(upgraded, NAME, "9.1", LIMITS)
    assert active(upgraded) == set()
    switching.remove(upgraded, NAME, "9.1")
    assert upgraded.catalogue() == shipped
