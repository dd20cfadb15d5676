"""What docs/answers.md says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from ruamel.yaml import YAML

from edid.config.answers import FIELDS, Answers, Told

TEXT = (Path(__file__).parents[4] / "docs" / "answers.md").read_text(encoding="utf-8")


def test_every_fact_and_every_event_is_described_and_nothing_else() -> None:
    cells = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", TEXT, re.MULTILINE)
    described = [name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)]
    assert sorted(described) == sorted(["event", *get_args(Told), *FIELDS])


def test_the_example_is_a_right_section() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    answers = Answers.model_validate(YAML(typ="safe").load(block)["answers"])
    assert answers.wanted
    assert answers.columns["SOCIETE"] == "=001"
