"""What the page on rule packs says can be typed, and is true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from edid.cli.rules_known import known_packs
from edid.config.validation import Validation
from edid.validation.added import AddedRules
from edid.validation.added.order import Use
from edid.validation.catalogue import shipped
from tests.integration.packaging.snippets import KINDS, snippets
from tests.unit.validation.added.stylesheets import GOOD


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A configuration, and the files that the page names."""
    (tmp_path / "state").mkdir()
    (tmp_path / "sheets").mkdir()
    (tmp_path / "edid.yaml").write_text("{spool: spool, state: state, language: en}")
    for name in ("EN16931-CII-validation", "EN16931-CII-next", "house-rules"):
        (tmp_path / f"{name}.xslt").write_text(GOOD)
    (tmp_path / "EN16931-UBL-next.xslt").write_text(GOOD.replace("/rsm:*", "/*"))
    return tmp_path


@pytest.mark.slow
def test_what_can_be_typed_works_as_it_stands(project: Path, house: Path):
    for snippet in snippets(project / "docs" / "rules.md"):
        if snippet.kind == "yaml":
            Validation.model_validate(YAML(typ="safe").load(snippet.text)["validation"])
            continue
        assert snippet.kind in KINDS, snippet
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", snippet.text],
            check=False,
            cwd=house,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "EDID_CONFIG": str(house / "edid.yaml"),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, (snippet, done.stdout, done.stderr)
    rules = AddedRules(house / "state" / "rules")
    left = {(each.pack.name, each.pack.version) for each in known_packs(rules, rules.catalogue()) if each.entry}
    assert left == {("EN16931-CII", "1.3.16"), ("EN16931-UBL", "1.3.17"), ("HOUSE", "1")}


def test_the_table_of_profiles_is_that_of_the_catalogue(project: Path):
    page = (project / "docs" / "rules.md").read_text().split("## Profiles")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([a-z0-9, -]+) \|", page, re.MULTILINE)
    told = {name: stages.split(", ") for name, stages in rows}
    assert told == {each.name: [str(step.stage) for step in each.steps] for each in shipped().profiles}


def test_the_table_of_packs_is_that_of_the_catalogue(project: Path):
    page = (project / "docs" / "verdicts.md").read_text()
    rows = re.findall(r"^\| ([A-Z][\w-]+) \| ([\w.-]+) \| ([a-z0-9-]+) \|", page, re.MULTILINE)
    assert rows == [(each.name, each.version, str(each.stage)) for each in shipped().packs]


def test_every_use_of_a_list_is_explained(project: Path):
    page = (project / "docs" / "rules.md").read_text()
    assert all(f"| `{use}` |" in page for use in Use)
