"""What docs/alerts.md says; and that every kind has its delay."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from edid.config.alerts import AlertDelays
from edid.config.values import write_duration
from edid.exchange.alerts.cause import AlertKind
from edid.exchange.alerts.rows import DISMISSABLE

TEXT = (Path(__file__).parents[4] / "docs" / "alerts.md").read_text(encoding="utf-8")


def test_every_kind_has_a_delay_and_every_delay_a_kind() -> None:
    assert set(AlertDelays.model_fields) == set(map(str, AlertKind)) - {AlertKind.SPACE}


def test_every_kind_is_described_with_its_default() -> None:
    described = dict(re.findall(r"^\| `([a-z]+)` \| ([^|]+) \|", TEXT, re.MULTILINE))
    assert described.pop(AlertKind.SPACE) == "at once"
    defaults = {kind: getattr(AlertDelays(), kind) for kind in AlertKind if kind != AlertKind.SPACE}
    assert described == {
        kind: "off" if delay is None else re.sub(r"(?<=\d)(?=\D)", " ", write_duration(delay))
        for kind, delay in defaults.items()
    }


def test_the_example_is_a_right_section() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    delays = AlertDelays.model_validate(YAML(typ="safe").load(block)["alerts"])
    assert (delays.report, delays.gap, delays.todo) == (timedelta(days=3), None, timedelta(days=7))


def test_what_can_be_dismissed_is_told() -> None:
    (told,) = re.findall(r"Only (.*) can be dismissed", TEXT)
    assert set(re.findall("`([a-z]+)`", told)) == set(map(str, DISMISSABLE))


@pytest.mark.parametrize("wrong", [0, "soon", "0s", "-1d", "99999d", True])
def test_a_wrong_delay_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        AlertDelays.model_validate({"report": wrong})
