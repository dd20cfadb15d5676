"""sd_notify against a real socket: what systemd would receive."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from edid.service.notify import notify, reloading, watchdog_interval


@pytest.fixture
def systemd() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5)
        yield listener


@pytest.fixture
def listening(systemd: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    address = str(tmp_path / "notify")
    systemd.bind(address)
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    return systemd


def received(systemd: socket.socket) -> list[str]:
    return systemd.recv(4096).decode().split("\n")


def test_ready_arrives_with_its_status_line_in_one_message(listening: socket.socket):
    assert notify("READY=1", "STATUS=2 sheet(s) open")
    assert received(listening) == ["READY=1", "STATUS=2 sheet(s) open"]


def test_pings_and_the_end_arrive_one_by_one(listening: socket.socket):
    assert notify("WATCHDOG=1")
    assert notify("STOPPING=1")
    assert received(listening) == ["WATCHDOG=1"]
    assert received(listening) == ["STOPPING=1"]


def test_a_reload_carries_the_monotonic_time_that_systemd_asks_for(listening: socket.socket):
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert reloading()
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    first, second = received(listening)
    assert first == "RELOADING=1"
    name, _, usec = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(usec) <= after


def test_an_abstract_address_is_reached(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch):
    name = f"edid-test-{uuid.uuid4()}"
    systemd.bind(f"\0{name}")
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    assert notify("READY=1")
    assert received(systemd) == ["READY=1"]


def test_without_systemd_nothing_is_sent_and_nothing_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
    assert not reloading()


def test_a_socket_that_is_gone_does_not_stop_the_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("WATCHDOG=1")


@pytest.mark.parametrize(
    ("usec", "pid", "interval"),
    [
        ("30000000", None, 15.0),
        ("30000000", "ours", 15.0),
        ("3000000", "ours", 1.5),
        ("30000000", "another", None),
        (None, None, None),
        (None, "ours", None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_asked_and_only_when_it_watches_us(
    monkeypatch: pytest.MonkeyPatch, usec: str | None, pid: str | None, interval: float | None
):
    pids = {"ours": str(os.getpid()), "another": str(os.getpid() + 1)}
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pids.get(pid or ""))):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert watchdog_interval() == interval
