"""Samples, reference page and JSON Schema come from the models, and are what is shipped."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.config.base import Section
from edid.config.key import Key, keys
from edid.config.loader import load
from edid.config.reference import reference
from edid.config.sample import SAMPLES, sample, write
from edid.config.schema import json_schema
from edid.config.settings import Settings
from edid.config.sheet import ReceiverSheet, SenderSheet
from edid.config.values import siret_is_plausible

PROJECT = Path(__file__).resolve().parents[3]
ANEW = "run: python -m edid.config.sample"


def _all_keys(section: type[Section]) -> Iterator[Key]:
    for key in keys(section).values():
        yield key
        for inner in key.sections:
            yield from _all_keys(inner)


EVERY_KEY = [key for model in (Settings, SenderSheet, ReceiverSheet) for key in _all_keys(model)]


def test_every_key_is_documented_because_it_exists():
    assert [key.name for key in EVERY_KEY if not key.description or not key.allowed] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_the_shipped_sample_is_the_generated_one(name: str):
    assert (PROJECT / "config" / name).read_text(encoding="utf-8") == sample(name), ANEW


def test_the_shipped_reference_is_the_generated_one():
    assert (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8") == reference(), ANEW


def test_nothing_else_is_shipped_in_config():
    shipped = {str(path.relative_to(PROJECT / "config")) for path in (PROJECT / "config").rglob("*.yaml")}
    assert shipped == set(SAMPLES)


def test_the_shipped_samples_load_without_problem_or_warning(tmp_path: Path):
    shutil.copytree(PROJECT / "config", tmp_path / "edid")
    configuration = load(tmp_path / "edid" / "edid.yaml")
    assert configuration.warnings == ()
    assert list(configuration.sheets) == ["chorus-qualif-emetteur", "chorus-qualif-recepteur"]
    assert not any(sheet.enabled for sheet in configuration.sheets.values())
    assert all(siret_is_plausible(sheet.structure.siret) for sheet in configuration.sheets.values())


def test_a_sample_says_the_defaults_of_the_models(tmp_path: Path):
    write(tmp_path)
    settings = load(tmp_path / "config" / "edid.yaml").settings
    bare = Settings(spool=settings.spool, state=settings.state, sheets=settings.sheets)
    assert settings == bare


@pytest.mark.parametrize(
    ("name", "model"), [("edid.yaml", Settings), ("sheets/chorus-qualif-emetteur.yaml", SenderSheet)]
)
def test_every_key_stands_in_the_sample_below_its_comment(name: str, model: type[Section]):
    lines = sample(name).splitlines()
    for key in keys(model).values():
        (place,) = [i for i, line in enumerate(lines) if line.startswith(f"{key.name}:")]
        assert lines[place - 1].startswith("# ")


def test_every_key_stands_in_the_reference():
    named = set(re.findall(r"^\| `([^`]+)` \|", reference(), re.MULTILINE))
    assert {name.rpartition(".")[2] for name in named} == {key.name for key in EVERY_KEY}


def test_the_schema_says_defaults_as_one_writes_them():
    limits = json_schema("settings")["$defs"]["Limits"]["properties"]
    assert limits["judge_time"]["default"] == "2m"
    assert limits["flow_size"]["default"] == "1GB"
    assert json_schema("settings")["properties"]["limits"]["default"]["document_size"] == "100MB"
    assert json_schema("sheet")["$defs"]["Poll"]["properties"]["every"]["default"] == "5m"


@pytest.mark.parametrize("kind", ["settings", "sheet"])
def test_the_schema_describes_every_property_and_allows_no_other(kind):
    schema = json_schema(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in schema
    assert schema["title"]
    objects = [one for one in [schema, *schema["$defs"].values()] if one.get("type") == "object"]
    assert objects
    for one in objects:
        assert one["additionalProperties"] is False
        assert one["description"]
        for name, described in one["properties"].items():
            assert described.get("description") or "$ref" in described or "oneOf" in described, name


def test_every_default_matches_the_pattern_that_the_schema_gives():
    checked = 0
    for schema in (json_schema("settings"), json_schema("sheet")):
        for one in schema["$defs"].values():
            for described in one["properties"].values():
                if "pattern" in described and described.get("default") is not None:
                    assert re.search(described["pattern"], described["default"])
                    checked += 1
    assert checked > 15
