"""docs/limits.md names every limit with its default."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from edid.config.settings import Limits
from edid.config.values import write_duration, write_size

TEXT = (Path(__file__).parents[3] / "docs" / "limits.md").read_text(encoding="utf-8")


def _written(name: str, value: object) -> str:
    if isinstance(value, timedelta):
        return re.sub(r"m$", "min", write_duration(value))
    assert isinstance(value, int)
    if name == "flow_documents":
        return str(value)
    return "1.5GB" if write_size(value) == "1500MB" else write_size(value)


def test_every_limit_is_described_with_its_default() -> None:
    described = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", TEXT, re.MULTILINE))
    assert {name: text.replace(" ", "") for name, text in described.items()} == {
        name: _written(name, value) for name, value in Limits() if name in Limits.model_fields
    }
