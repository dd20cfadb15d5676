"""Steps out with a broken partner: wherever the line ends, the flow is there once, whole, under one name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edid.transport.sftp import SftpTransport
from tests.integration.transport.conftest import sftp
from tests.partners.faulty import FaultyPartner
from tests.partners.faulty_faults import DENIED, DISK_FULL, FAILURE, Ask
from tests.partners.waiting import until
from tests.unit.exchange.corridor import Corridor

Open = Callable[..., Corridor]
QUICK = {"first": "1ms", "longest": "2ms", "refused": "1ms", "jitter": 0}
OF_A_DELIVERY = [Ask.OPEN, Ask.WRITE, Ask.CLOSE, Ask.STAT, Ask.POSIX_RENAME]


class House:
    """A house with one flow ready for a faulty partner."""

    def __init__(self, open_corridor: Open, partner: FaultyPartner, content: bytes, **transport: Any) -> None:
        self.partner = partner
        patience = {"timeouts": {"connect": "5s", "banner": "5s", "auth": "5s", "channel": "5s"}}
        settings = partner.settings(sessions=1, **{**patience, **transport})
        self.corridor = open_corridor(transport=settings, retry=QUICK)
        self.transport = SftpTransport(sftp(partner, **transport))
        self.corridor.drop("a.xml", content)
        self.corridor.take()
        self.corridor.judge()
        self.corridor.pack()

    def send(self) -> None:
        """One round."""
        self.corridor.send(transport=self.transport)

    def send_until_sent(self) -> None:
        """Rounds until the journal says that the flow is sent."""

        def sent() -> bool:
            self.send()
            return self.state == "sent"

        until(sent, "the flow is sent")

    @property
    def state(self) -> str:
        [flow] = self.corridor.flows()
        return str(flow.state)

    def arrived_once(self) -> None:
        """The partner holds the bytes once, under the name of the flow, and was never shown another name."""
        [flow] = self.corridor.flows()
        stands = {path.name: path.read_bytes() for path in (self.partner.root / "in").iterdir()}
        assert stands == {flow.name: self.corridor.house.store.require(flow.sha256).read_bytes()}
        renamed = [path for what, path in self.partner.done if what == "rename"]
        assert renamed == [f"in/{flow.name}"]


@pytest.fixture
def open_house(open_corridor: Open, invoice: Callable[..., bytes]) -> Any:
    houses: list[House] = []

    def make(partner: FaultyPartner, **transport: Any) -> House:
        houses.append(House(open_corridor, partner, invoice("F-1"), **transport))
        return houses[-1]

    yield make
    for house in houses:
        house.transport.close()


@pytest.mark.parametrize("server", ["faulty", "orderly"])
@pytest.mark.parametrize("when", ["drops_before", "drops_after"])
@pytest.mark.parametrize("asked", OF_A_DELIVERY, ids=lambda asked: asked.name)
def test_wherever_the_line_ends_the_flow_arrives_once(
    request: pytest.FixtureRequest, open_house: Any, asked: Ask, when: str, server: str
) -> None:
    partner = request.getfixturevalue(server)
    house = open_house(partner)
    setattr(partner.faults, when, {asked})
    house.send()
    assert house.state == "ready"
    [flow] = house.corridor.flows()
    assert "lost" in flow.reason
    assert flow.next_attempt_at is not None
    partner.faults.calm()
    house.send_until_sent()
    house.arrived_once()


def test_a_line_that_always_ends_after_the_rename_is_no_reason_to_send_again(
    faulty: FaultyPartner, open_house: Any
) -> None:
    house = open_house(faulty)
    faulty.faults.drops_after = {Ask.POSIX_RENAME}
    house.send_until_sent()
    house.arrived_once()
    assert [what for what, _ in faulty.done].count("open for writing") == 1


REFUSALS = {
    "rename fails": {"refuses": dict.fromkeys((Ask.RENAME, Ask.POSIX_RENAME), (FAILURE, ""))},
    "rename denied": {"refuses": dict.fromkeys((Ask.RENAME, Ask.POSIX_RENAME), (DENIED, ""))},
    "folder forbidden": {"refuses": {Ask.OPEN: (DENIED, "")}},
    "disk full": {"room": 100, "full_code": DISK_FULL},
    "size too small": {"lie": lambda size: size - 1},
    "key refused": {"refuses_key": True},
    "password expired": {"password_expired": True},
    "busy": {"no_sessions": 4},
}


@pytest.mark.parametrize("faults", REFUSALS.values(), ids=REFUSALS.keys())
def test_nothing_is_shown_while_the_partner_is_sick_and_one_flow_once_it_is_well(
    faulty: FaultyPartner, open_house: Any, faults: dict[str, Any]
) -> None:
    house = open_house(faulty)
    for name, value in faults.items():
        setattr(faulty.faults, name, value)
    for _ in range(3):
        house.send()
        [flow] = house.corridor.flows()
        assert flow.reason
        assert not (faulty.root / "in" / flow.name).exists()
    faulty.faults.calm()
    house.send_until_sent()
    house.arrived_once()


def test_a_partner_that_denies_the_size_afterwards_gets_one_flow(faulty: FaultyPartner, open_house: Any) -> None:
    house = open_house(faulty)
    faulty.faults.refuses = {Ask.STAT: (DENIED, "")}
    house.send_until_sent()
    house.arrived_once()


@pytest.mark.parametrize("strategy", ["suffix-rename", "directory-rename", "direct", "marker"])
def test_a_cut_in_the_middle_of_the_bytes_is_repaired_in_every_strategy(
    faulty: FaultyPartner, open_house: Any, strategy: str
) -> None:
    house = open_house(faulty, upload={"strategy": strategy})
    faulty.faults.drops_written_at = 1000
    house.send()
    faulty.faults.calm()
    house.send_until_sent()
    [flow] = house.corridor.flows()
    names = {flow.name, f"{flow.name}.ok"} if strategy == "marker" else {flow.name}
    assert {path.name for path in (faulty.root / "in").iterdir()} == names
    content = house.corridor.house.store.require(flow.sha256).read_bytes()
    assert (faulty.root / "in" / flow.name).read_bytes() == content
