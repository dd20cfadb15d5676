"""The partners that can be broken: ours on purpose, and two real servers by real means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.transport.conftest import source
from tests.partners.faulty import FaultyPartner, faulty, faulty_of_session
from tests.partners.openssh import openssh
from tests.partners.proftpd import proftpd
from tests.unit.exchange.conftest import invoice, judges, open_corridor

__all__ = [
    "faulty",
    "faulty_of_session",
    "invoice",
    "judges",
    "open_corridor",
    "openssh",
    "proftpd",
    "source",
]


@pytest.fixture(scope="module")
def orderly_of_module() -> Iterator[FaultyPartner]:
    with FaultyPartner.started(name="OpenSSH_of_ours") as partner:
        yield partner


@pytest.fixture
def orderly(orderly_of_module: FaultyPartner) -> FaultyPartner:
    """A faulty partner that edid knows to keep the order of requests: more of them are under way at once."""
    orderly_of_module.recover()
    return orderly_of_module


@pytest.fixture
def back(tmp_path: Path) -> Path:
    """Where a fetched file is to stand."""
    return tmp_path / "back"
