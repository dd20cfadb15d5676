"""What the daemon says of its configuration when it starts and reloads."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from edid.config.settings import Limits
from edid.service.daemon import Daemon
from edid.validation.worker import JudgePool
from tests.unit.cli.conftest import write_configuration
from tests.unit.exchange.corridor import Corridor


@pytest.fixture
def told(tmp_path):
    """Return what is logged of a company whose sheet has this `validation`."""

    def of(**validation: Any) -> list[tuple[str, str]]:
        with JudgePool(Limits()) as judges:
            corridor = Corridor(tmp_path, judges)
            path = write_configuration(tmp_path, corridor.sender(validation=validation))
            corridor.close()
        with capture_logs() as logs:
            Daemon(path)._tell_warnings()
        return [(log["event"], log.get("error") or log["warning"]) for log in logs]

    return of


def test_nothing_is_said_of_a_right_configuration(told):
    assert told(pins=["EN16931-UBL@1.3.16"]) == []


def test_a_pin_of_a_pack_that_does_not_exist_is_an_error(told):
    ((event, text),) = told(pins=["EN16931-UBL@9.9.9"])
    assert event == "config.error"
    assert "'EN16931-UBL@9.9.9'" in text


def test_the_name_of_a_pack_that_does_not_exist_is_a_warning(told):
    ((event, text),) = told(tolerated=["EN16931-UBX"])
    assert event == "config.warning"
    assert "'EN16931-UBX'" in text


def test_added_packs_that_cannot_be_read_are_told(told, tmp_path):
    (tmp_path / "state" / "rules").mkdir(parents=True)
    (tmp_path / "state" / "rules" / "catalogue.yaml").write_text('"damaged"')
    assert [event for event, _ in told()] == ["rules.unreadable"]
