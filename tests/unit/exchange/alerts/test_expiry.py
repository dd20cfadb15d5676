"""Certificates and connections that end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from edid.exchange.alerts.watching import Watch, look_at
from tests.unit.exchange.alerts.conftest import Open, Watched

LAST = date(2027, 6, 30)


def look(watched: Watched, day: date):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return look_at(watched.corridor.house, watched.sheet, Watch(), at)


def days(number: int) -> date:
    return LAST - timedelta(days=number)


def test_a_certificate_is_told_a_month_before_again_a_week_before_and_when_it_ended(open_corridor: Open):
    watched = Watched(open_corridor(certificate={"ends_on": LAST.isoformat()}))
    told = {}
    for number in range(40, -5, -1):
        changes = look(watched, days(number))
        assert list(changes.cleared) == [], "it is the same matter, only nearer"
        assert len(watched.standing()) == (1 if number <= 30 else 0)
        for cause in changes.raised:
            told[number] = cause
    assert list(told) == [30, 7, -1]
    assert [cause.urgent for cause in told.values()] == [False, True, True]
    assert "expire le 30/06/2027" in told[30].fr
    assert "ends on 2027-06-30" in told[7].en
    assert "a expiré le 30/06/2027" in told[-1].fr


def test_a_connection_has_ended_on_the_day_it_is_deactivated(open_corridor: Open):
    watched = Watched(open_corridor(ends_on=LAST.isoformat()))
    (soon,) = look(watched, days(1)).raised
    assert "expire le 30/06/2027" in soon.fr
    (ended,) = look(watched, LAST).raised
    assert "the connection to the platform ended on 2027-06-30" in ended.en


def test_it_is_cleared_when_the_sheet_names_a_later_day(open_corridor: Open):
    watched = Watched(open_corridor(certificate={"ends_on": LAST.isoformat()}))
    look(watched, days(3))
    watched.reconfigure(certificate={"ends_on": "2030-01-01"})
    assert [row.kind for row in look(watched, days(2)).cleared] == ["expiry"]


def test_a_certificate_file_that_cannot_be_read_is_told_too(open_corridor: Open):
    watched = Watched(open_corridor(certificate={"file": "missing.pem"}))
    (cause,) = look(watched, LAST).raised
    assert cause.subject == "certificate unreadable"
    assert "there is no such file" in cause.en


@pytest.mark.parametrize(("delay", "first"), [("60d", 60), ("3d", 3), (None, None)])
def test_the_delay_is_the_sheet_s(open_corridor: Open, delay, first):
    watched = Watched(open_corridor(certificate={"ends_on": LAST.isoformat()}, alerts={"expiry": delay}))
    told = [number for number in range(70, -2, -1) if look(watched, days(number)).raised]
    assert (told[0] if told else None) == first
