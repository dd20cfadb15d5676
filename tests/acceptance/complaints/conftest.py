"""A house whose steps the test takes itself, as the unit tests of the exchange have it."""

from __future__ import annotations

from tests.unit.exchange.conftest import corridor, invoice, judges, open_corridor, receiver

__all__ = ["corridor", "invoice", "judges", "open_corridor", "receiver"]
