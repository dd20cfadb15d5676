"""How partners are broken by real means: sessions killed or frozen, rights taken, folders moved, disks filled."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.partners.faulty import FaultyPartner
from tests.partners.openssh import OpenSshPartner
from tests.partners.processes import descendants, send
from tests.partners.proftpd import ProFtpdPartner

Partner = FaultyPartner | OpenSshPartner | ProFtpdPartner
STRANGER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINWxzxfCni4ykstONvSh25fNbBkVv5qb0HeJhtuazF6S"
"""A host key that no partner here has."""


@dataclass
class Broken:
    """What a test needs to know of a partner that is broken now."""

    changes: dict[str, Any] = field(default_factory=dict)
    """What the sheet says otherwise."""
    midway: Callable[[], None] | None = None
    """To be called when the first bytes have moved."""


Way = Callable[[Any], Any]
"""From a partner to a context manager that gives a `Broken`; at its end the partner is well."""


IMPATIENT = {"connect": "5s", "banner": "1s", "auth": "300ms", "channel": "300ms"}


def switched(*, changes: dict[str, Any] | None = None, **faults: Any) -> Way:
    """Switch on faults of our own partner; `changes`: what the sheet says otherwise meanwhile."""

    @contextmanager
    def way(partner: FaultyPartner) -> Iterator[Broken]:
        for name, value in faults.items():
            assert hasattr(partner.faults, name), name
            setattr(partner.faults, name, value)
        yield Broken(changes or {})
        partner.faults.calm()

    return way


def silent(**faults: Any) -> Way:
    """The same, with short time-outs in the sheet."""
    return switched(changes={"timeouts": IMPATIENT}, **faults)


@contextmanager
def killed_midway(partner: Partner) -> Iterator[Broken]:
    """Kill the processes of the session."""
    yield Broken(midway=lambda: _signal_sessions(partner, signal.SIGKILL))


@contextmanager
def frozen_midway(partner: Partner) -> Iterator[Broken]:
    """Stop the processes of the session; the connection stays."""
    yield Broken({"timeouts": {**IMPATIENT, "auth": "5s"}}, lambda: _signal_sessions(partner, signal.SIGSTOP))
    _signal_sessions(partner, signal.SIGKILL)


@contextmanager
def growing_midway(partner: Partner) -> Iterator[Broken]:
    """Let the offered file get more bytes while it is fetched."""

    def grow() -> None:
        with (partner.root / "out" / "flow").open("ab") as file:
            file.write(b"more")

    yield Broken(midway=grow)


@contextmanager
def stopped(partner: FaultyPartner | OpenSshPartner) -> Iterator[Broken]:
    """Nobody listens on the port."""
    partner.stop()
    yield Broken()
    partner.start()


@contextmanager
def of_another_key(partner: Partner) -> Iterator[Broken]:
    """The sheet pins a key that is not the partner's."""
    yield Broken({"host_keys": [STRANGER]})


@contextmanager
def showing_another_key(partner: FaultyPartner) -> Iterator[Broken]:
    """The partner shows a key that the sheet does not pin."""
    partner.show_host_key(1)
    yield Broken()
    partner.show_host_key(0)


@contextmanager
def without_our_key(partner: OpenSshPartner | ProFtpdPartner) -> Iterator[Broken]:
    """The partner has forgotten our key."""
    openssh = isinstance(partner, OpenSshPartner)
    file = partner.home / ("etc/authorized_keys" if openssh else "authorized")
    known = file.read_bytes()
    file.write_bytes(b"")
    yield Broken()
    file.write_bytes(known)


@contextmanager
def account_expired(partner: OpenSshPartner) -> Iterator[Broken]:
    """The account has ended at the partner's system."""
    subprocess.run(["chage", "-E", "1", partner.user], check=True)
    yield Broken()
    subprocess.run(["chage", "-E", "-1", partner.user], check=True)


def without(folder: str) -> Way:
    """Take a folder away."""

    @contextmanager
    def way(partner: Partner) -> Iterator[Broken]:
        moved = (partner.root / folder).rename(partner.root / "elsewhere")
        yield Broken()
        moved.rename(partner.root / folder)

    return way


def of_mode(path: str, mode: int) -> Way:
    """Take rights away."""

    @contextmanager
    def way(partner: OpenSshPartner | ProFtpdPartner) -> Iterator[Broken]:
        place = partner.root / path
        before = place.stat().st_mode & 0o7777
        place.chmod(mode)
        yield Broken()
        place.chmod(before)

    return way


@contextmanager
def of_a_small_disk(partner: OpenSshPartner | ProFtpdPartner) -> Iterator[Broken]:
    """Mount a disk with room for 64 kB over the in folder; at the end it has room for everything."""
    folder = partner.root / "in"
    if not _mount(folder, "-t", "tmpfs", "-o", "size=64k,mode=777", "edid"):
        pytest.skip("may not mount a small disk here")
    yield Broken()
    assert _mount(folder, "-o", "remount,size=64m")


def unmount(partner: Partner) -> None:
    """Take away what `of_a_small_disk` mounted, if anything."""
    folder = partner.root / "in"
    if os.path.ismount(folder):
        _signal_sessions(partner, signal.SIGKILL)
        subprocess.run(["umount", folder], check=True)


def _mount(folder: Path, *options: str) -> bool:
    return subprocess.run(["mount", *options, folder], check=False, capture_output=True).returncode == 0


def _signal_sessions(partner: Partner, number: signal.Signals) -> None:
    if isinstance(partner, FaultyPartner):
        partner.cut()
        return
    assert partner._server is not None
    send(descendants(partner._server.pid), number)
