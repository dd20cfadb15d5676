"""Which partners are left alone, until when and why; and how a person has them tried now."""

from __future__ import annotations

from pathlib import Path

import pytest

from edid.config.loader import load
from edid.errors import OperatorError
from edid.exchange.breaker import Breaker
from edid.journal.database import default_url, open_journal
from edid.journal.states import Direction
from tests.unit.cli.conftest import Edid


@pytest.fixture
def refused(busy: Path) -> Path:
    """The partner of the sender sheet refused our key when something was sent."""
    configuration = load(busy)
    journal = open_journal(default_url(configuration.settings.state))
    breaker = Breaker(journal, configuration.sheets["emetteur"], Direction.OUT)
    breaker.begin()
    breaker.end(spoke=False, error=OperatorError("it refuses our key.", remedy="Ask the partner."))
    journal.close()
    return busy


def test_every_sheet_is_listed_in_both_directions(edid: Edid, refused: Path) -> None:
    rows = edid("-c", refused, "partners", "-f", "json").json
    assert [(row["sheet"], row["direction"], row["state"]) for row in rows] == [
        ("emetteur", "out", "open"),
        ("emetteur", "in", "closed"),
        ("recepteur", "out", "closed"),
        ("recepteur", "in", "closed"),
    ]
    assert rows[0]["error"] == "it refuses our key. Ask the partner."
    assert rows[0]["next_try_at"] > rows[0]["since"]
    assert edid("-c", refused, "partners", "--sheet", "recepteur", "-f", "csv").out.count("closed") == 2


def test_the_status_names_a_partner_that_is_left_alone(edid: Edid, refused: Path) -> None:
    assert "sending pauses on emetteur: it refuses our key." in edid("-c", refused, "status").out


def test_a_person_has_a_partner_tried_now(edid: Edid, refused: Path) -> None:
    said = edid("-c", refused, "partners", "retry", "emetteur")
    assert said.code == 0
    requests = load(refused).settings.state / "requests"
    assert sorted(path.name for path in requests.iterdir()) == ["emetteur.poll", "emetteur.retry"]
    assert edid("-c", refused, "partners", "retry", "nobody").code != 0
