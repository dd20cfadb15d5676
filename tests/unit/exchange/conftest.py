from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edid.config.settings import Limits
from edid.config.sheet import ReceiverSheet
from edid.sandbox.invoices import ubl_invoice
from edid.validation.worker import JudgePool
from tests.unit.exchange.corridor import Corridor


@pytest.fixture(scope="session")
def judges() -> Iterator[JudgePool]:
    with JudgePool(Limits(), 2) as pool:
        yield pool


@pytest.fixture
def open_corridor(tmp_path: Path, judges: JudgePool) -> Iterator[Callable[..., Corridor]]:
    opened: list[Corridor] = []

    def make(**changes: Any) -> Corridor:
        opened.append(Corridor(tmp_path, judges, **changes))
        return opened[-1]

    yield make
    for corridor in opened:
        corridor.close()


@pytest.fixture
def corridor(open_corridor: Callable[..., Corridor]) -> Corridor:
    return open_corridor()


@pytest.fixture(scope="session")
def invoice() -> Callable[..., bytes]:
    """A valid UBL invoice by its number."""

    def make(number: str = "F-1", day: date = date(2026, 9, 1), **choices: Any) -> bytes:
        return ubl_invoice(number, day, lines=1, **choices)

    return make


@pytest.fixture
def sent(corridor: Corridor, invoice: Callable[..., bytes]) -> Corridor:
    """One invoice F-1 that the partner has."""
    corridor.outbound(("a.xml", invoice("F-1")))
    return corridor


@pytest.fixture
def receiver(corridor: Corridor) -> ReceiverSheet:
    return corridor.receiver()


@pytest.fixture
def ready(corridor: Corridor, invoice: Callable[..., bytes]) -> Corridor:
    """Three flows that wait for delivery."""
    for number in (1, 2, 3):
        corridor.drop(f"{number}.xml", invoice(f"F-{number}"))
    corridor.take()
    corridor.judge()
    corridor.pack()
    return corridor
