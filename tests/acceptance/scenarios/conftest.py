"""One company for every scenario: one daemon, a sheet and a simulated platform for each conversation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from edid.sandbox.scenarios import Scenario
from tests.acceptance.company import Company
from tests.acceptance.scenarios.world import PA, World

GIVES = {"decide": True}
AGENCIES = {"agencies": [{"name": "Agence Alpha", "service_codes": ["AGENCE-ALPHA"], "folder": "alpha"}]}


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The company and its partners, all running."""
    folder = tmp_path_factory.mktemp("scenarios")
    world = World(Company(folder / "company"), folder)
    world.company.configure(schedules={"scan": "500ms"})
    try:
        world.sheet("ventes", Scenario.AS_NUMBERED)
        world.sheet("lots", Scenario.AS_NUMBERED, batch={"max_documents": 3, "wait": "5s"})
        world.sheet("desordre", Scenario.OUT_OF_ORDER)
        world.sheet("deux-fois", Scenario.DOUBLED)
        world.sheet("pa", Scenario.AS_NUMBERED, **PA, lifecycle=GIVES)
        world.sheet("pa-sourde", Scenario.REFUSED_STATUSES, **PA, lifecycle=GIVES)
        world.sheet("rejeu", Scenario.SILENCE, **PA)
        world.sheet(
            "achats",
            Scenario.ALL_INTEGRATED,
            partner={"suppliers": world.platforms["ventes"]},
            kind="receiver",
            interfaces={"reception": ["FEN0036A"], "emission": ["FSO1301A", "FSO1300A"]},
            lifecycle={**GIVES, "acknowledgement": {"send": True}},
            routing=AGENCIES,
        )
        world.sheet(
            "achats-pa",
            Scenario.ALL_INTEGRATED,
            kind="receiver",
            platform="pa",
            interfaces={"reception": ["FEN3036A", "FEN4001A"], "emission": ["FSO3301A"]},
            lifecycle=GIVES,
        )
        world.start()
        yield world
    finally:
        world.close()
