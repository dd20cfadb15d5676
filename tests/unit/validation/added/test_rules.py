"""Documents are judged by what was added, from the next batch on; by nothing when that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.errors import ConfigError
from edid.validation import catalogue
from edid.validation.added import AddedRules, record, switching
from tests.unit.validation.added.conftest import Add


def versions(rules: AddedRules, name: str = "EN16931-CII") -> list[str]:
    return [pack.version for pack in rules.catalogue().named(name)]


def test_without_a_state_folder_there_are_the_shipped_packs(tmp_path: Path):
    assert AddedRules(None).catalogue() == catalogue.shipped()
    assert AddedRules(tmp_path / "state" / "rules").catalogue() == catalogue.shipped()
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_an_added_pack_comes_before_the_shipped_one_of_its_name(rules: AddedRules, add: Add):
    add(version="9.1")
    assert versions(rules) == ["9.1", "FX-1.09"]
    add(version="9.2")
    assert versions(rules) == ["9.2", "FX-1.09", "9.1"]


def test_it_stays_behind_the_more_special_packs_that_the_shipped_one_is_behind(rules: AddedRules, add: Add):
    add(version="9.1")
    names = [pack.name for pack in rules.catalogue().packs]
    assert names.index("FACTUR-X-BASIC") < names.index("EN16931-CII")


def test_a_running_reader_sees_a_change_at_its_next_look(rules: AddedRules, add: Add):
    reader = AddedRules(rules.folder)
    assert versions(reader) == ["FX-1.09"]
    add(version="9.1")
    assert versions(reader) == ["9.1", "FX-1.09"]
    switching.off(rules, "EN16931-CII", "9.1")
    assert versions(reader) == ["FX-1.09", "9.1"]


def test_nothing_is_read_again_while_nothing_changed(rules: AddedRules, add: Add, monkeypatch: pytest.MonkeyPatch):
    add()
    first = rules.catalogue()
    monkeypatch.setattr(record, "read", lambda _: pytest.fail("it was read again"))
    assert rules.catalogue() is first


def test_damage_is_never_answered_with_other_rules(rules: AddedRules, add: Add):
    add()
    rules.catalogue()
    path = rules.folder / record.NAME
    path.write_text("packs: [")
    for _ in range(2):
        with pytest.raises(ConfigError, match="cannot be used"):
            rules.catalogue()
    path.unlink()
    with pytest.raises(ConfigError, match="is missing"):
        rules.catalogue()


def test_a_folder_that_cannot_be_entered_is_told(tmp_path: Path):
    folder = tmp_path / "rules"
    folder.symlink_to(folder)
    with pytest.raises(ConfigError, match="cannot be read: Too many levels of symbolic links"):
        AddedRules(folder).catalogue()
