"""What was added is written so that it is read back the same, or not at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from edid.documents.kinds import Kind
from edid.errors import ConfigError
from edid.validation.added import record
from edid.validation.added.record import AddedEntry, Record
from edid.validation.packs import Stage
from edid.validation.verdict import Severity

FILES = {"file": "files/X/1/x.xslt", "sha256": "0" * 64, "files_sha256": "1" * 64, "companions": ("codes.xml",)}
days = some.none() | some.dates(date(2020, 1, 1), date(2040, 12, 31))
words = some.text(some.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
entries = some.builds(
    AddedEntry,
    name=some.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
    version=some.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,20}", fullmatch=True)
    | some.sampled_from(["1.10", "1e5", "0x10", "0o7", "1_0", "2026-01-01", "null", "yes", "on", "1.", "1-2"]),
    stage=some.sampled_from(Stage),
    kinds=some.lists(some.sampled_from(Kind), min_size=1, max_size=3).map(tuple),
    source=words,
    stylesheet=some.just(FILES),
    guidelines=some.lists(words, max_size=2).map(tuple),
    since=days,
    until=days,
    mode=some.sampled_from(Severity),
    fallback=some.booleans(),
    active=some.booleans(),
    added=some.dates(),
    severities=some.lists(
        some.fixed_dictionaries({"rules": words, "severity": some.sampled_from([*Severity, "off"])}), max_size=2
    ).map(tuple),
)


@settings(deadline=None)
@given(some.lists(entries, max_size=3, unique_by=lambda each: (each.name, each.version)))
def test_what_is_written_is_read_back_the_same(tmp_path_factory: pytest.TempPathFactory, packs: list[AddedEntry]):
    folder = tmp_path_factory.mktemp("rules")
    record.write(folder, Record(packs=tuple(packs)))
    assert record.read(folder) == Record(packs=tuple(packs))


def test_where_nothing_was_added_there_is_nothing(tmp_path: Path):
    assert record.read(tmp_path / "never made") == Record()


ENTRY = """
- {name: X, version: '1', stage: core, kinds: [cii], source: s, added: 2026-11-23,
   stylesheet: {file: x.xslt, sha256: '%s'}}
""" % ("0" * 64)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"packs: [", "packs"),
        (b"\xff\xfe", "utf-8"),
        (b"packs: 3", "packs"),
        (b"- 1", "valid dictionary"),
        (f"packs:{ENTRY}{ENTRY}".encode(), "more than once: X 1"),
        (f"packs:{ENTRY}".replace("stylesheet: {file: x.xslt", "stylesheet: {package: p, path: x").encode(), "'file'"),
        (f"packs:{ENTRY}profiles: {{fr-ctc: []}}".encode(), "profiles"),
        (f"packs:{ENTRY}".replace("kinds: [cii]", "kinds: [fax]").encode(), "kinds"),
    ],
)
def test_a_damaged_catalogue_is_refused_and_named(tmp_path: Path, content: bytes, why: str):
    (tmp_path / record.NAME).write_bytes(content)
    with pytest.raises(ConfigError, match=r"catalogue\.yaml cannot be used") as refused:
        record.read(tmp_path)
    assert why in str(refused.value)
    assert "backup" in refused.value.remedy


def test_a_catalogue_that_is_gone_while_its_files_are_there_is_refused(tmp_path: Path):
    (tmp_path / "files" / "X").mkdir(parents=True)
    with pytest.raises(ConfigError, match="is missing, but files"):
        record.read(tmp_path)
